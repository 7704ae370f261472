// One large file, optimised in parts by several processes.
//
// The compiler runs once, with the pass plugin (llvm-pass/lib/Parts.cpp): after
// its front end it asks, through a socket, how many parts there should be;
// keeps the first, and writes the others as bitcode, for which dfe-cc starts
// compilers with the very words of the first. The linker joins the objects, and
// what was local to the file becomes local again.
//
// `dfe build` writes, into the session folder, for each file that may be
// compiled so (CcInvocation::Key):
//
//   cc/parts/KEY   three lines: the number of parts, `always` or `idle` (only
//                  as many as cores have nothing to do), the plugin's path
//
// What cannot be done so, or fails on the way, is compiled plainly, and the
// reason is kept. Standard library only.
#ifndef DFE_DISPATCH_CC_PARTS_H_
#define DFE_DISPATCH_CC_PARTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dfe::dispatch {

// More parts copy more, and what is serial does not shrink.
inline constexpr int kMostParts = 8;

struct PartsOrder {
  int parts = 0;
  bool always = false;
  std::string plugin;
};
// Nothing if the text is none.
std::optional<PartsOrder> ParsePartsOrder(std::string_view text);
std::string PartsOrderText(const PartsOrder& order);

// The words of the one job that `clang -###` printed, which compiles to an
// object; or, in *refusal, why there is none.
std::vector<std::string> CompilerJob(std::string_view printed,
                                     std::string* refusal);

// Why a compiler's job cannot be done in parts, or "".
std::string PartsRefusal(const std::vector<std::string>& job);

// The words that compile a part: those of the job, but for what concerns its
// source.
std::vector<std::string> PartWords(const std::vector<std::string>& job,
                                   const std::string& bitcode,
                                   const std::string& object);

// Cores with nothing to do, by a line of /proc/loadavg that was read while one
// process of the reader's was running.
int IdleCores(std::string_view loadavg, int cores);

struct PartsResult {
  // False: nothing was made, and the plain compile has to be run.
  bool done = false;
  int parts = 1;
  std::string reason;  // why not in parts, or "none"
  int exit_code = 0;
  int64_t cpu_us = 0;
  std::string text;    // what the compiler said on standard error
  std::string object;  // what was made, as the compiler was told to name it
};
// `words`: the call, the compiler first. `scratch`: a folder that does not
// exist yet.
PartsResult CompileInParts(const PartsOrder& order,
                           const std::vector<std::string>& words,
                           const std::string& scratch);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_CC_PARTS_H_
