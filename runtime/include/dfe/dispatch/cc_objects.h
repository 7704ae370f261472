// Objects of C and C++ that cargo's build scripts compile, kept by their
// content.
//
// A build script (the crates cc and cmake) compiles the same library with the
// same words in each clean build: 45 of bat's 190 CPU seconds. `dfe build`
// puts dfe-cc in the place of the compilers, as for a makefile (cc_shim.h), and
// writes the folder of kept objects into
//
//   cc/objects        of the session folder, one line
//   cc/compilers/KEY  what is known of one compiler: made by the first call
//
// The words that decide what is made, the source, and the identity of compiler
// and assembler name the object; with it is kept what else its compile read
// (cc_reads.h), and it is taken if a compile would read the same now. So a hit
// is what the compile would have made; a miss costs 4 to 7 % of the compile of
// a file of libgit2, which has some hundred headers. What is kept:
//
//   KEY (2 digits)/KEY   an envelope (dfe/format/envelope.h) with a KeptObject
//                        (dfe/format/kept_unit.h): the last one of that key
//
// Rejected: naming it by what the preprocessor makes of the source, as before.
// That outlives edits of comments, and objects whose words have another target
// folder; but for libgit2's 199 files it is a fifth of their compile, to be
// paid on hits and misses.
//
// Only silent compiles are kept, so nothing that a compiler says is lost.
// Rejected: leaving out what the last link did not need. A library without it
// stays in the target folder, where cargo finds it in a build without dfe, and
// that build fails once its program needs more; and of libgit2 and oniguruma
// it leaves 24 of 45 CPU seconds, where a hit leaves 9 ms a file, 2 in all.
#ifndef DFE_DISPATCH_CC_OBJECTS_H_
#define DFE_DISPATCH_CC_OBJECTS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dfe/dispatch/cc_invocation.h"

namespace dfe::dispatch {

// Why the object of a call is not kept, or "": words that say more of the
// object than its key holds, or that have more written than the object and a
// dependency file.
std::string WordRefusal(const CcInvocation& call);

// How many words from words[at] on are for the linker alone: 0, 1, or 2 if a
// value follows. A compile reads nothing for them; Clang warns that it does not
// use most of them.
size_t LinkerWords(const std::vector<std::string>& words, size_t at);

// WordRefusal where the dependency file is kept, too, and has to tell all.
std::string ObjectRefusal(const CcInvocation& call);

// Why what is kept cannot be put where the compiler would write, or "": a
// variable has it write more, or a file is there that is no plain one.
std::string OutputRefusal(const CcInvocation& call);

struct ObjectResult {
  int exit_code = 0;
  int64_t cpu_us = 0;
  // "none" if it was taken from what an earlier build made, else why it was
  // compiled.
  std::string reason;
};

// One compile, or what it made the last time. Never runs without writing the
// object or saying what the compiler says.
ObjectResult CompileOrTake(const CcInvocation& call, const std::string& folder,
                           const std::string& session,
                           const std::string& objects);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_CC_OBJECTS_H_
