// The compilers and linkers that a build will use, and what works with them.
#ifndef DFE_BUILD_TOOLCHAIN_H_
#define DFE_BUILD_TOOLCHAIN_H_

#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dfe {

struct RustToolchain {
  std::string rustc;  // program: $RUSTC, "rustc", or that of +name
  // The key of what was learned: all of `rustc -vV`, then `files: ` and the
  // hash of CompilerFiles.
  std::string identity;
  std::string release;       // three numbers, dots between
  std::string host;          // "x86_64-unknown-linux-gnu"
  std::string llvm_version;  // likewise
  std::string sysroot;
  bool tested = false;  // listed in ci/versions.env
};

// Asks rustc. `toolchain` is cargo's "+name" or empty; $RUSTC is honoured. Once
// it is known that there is one, `meanwhile` is called, if it can be, while
// rustc says where it lies.
absl::StatusOr<RustToolchain> FindRustToolchain(
    absl::string_view toolchain, const std::string& directory,
    const std::function<void()>& meanwhile = {});

// Path, size and time of the files that a compiler is made of, a line each: the
// program named `rustc` if it is a path, and of its sysroot bin/rustc, and
// librustc_driver* and libLLVM* of lib/ and lib64/. A compiler that was built
// anew may say of itself what the old one said, but its files differ.
std::string CompilerFiles(const std::string& rustc, const std::string& sysroot);

// What `rustc --print cfg` says for a target ("" for the host); "" on failure.
std::string PrintCfg(const RustToolchain& toolchain, const std::string& target,
                     const std::string& directory);

// Path, size and time of these files, a line each; what is absent has none.
std::string FileStates(const std::vector<std::string>& paths);

struct LinkerProbe {  // of a linker, or of a compiler's flag
  bool works = false;
  std::string detail;  // why not, in one line
  // False: it failed before a linker was asked (a full disk, no memory), so
  // the answer is good for this build only.
  bool conclusive = true;
};

// Links a small program of two crates as a late build would, with the words of
// `rustc_words` that choose the linker (RustcInvocation::LinkerKey), and runs
// it if it is for the host. Takes about 0.5 s; callers keep the answer.
// `scratch` is a writable folder; what is made there is removed. The link is
// one of a profile with LTO; it takes `std_bitcode` in, if that is not empty.
LinkerProbe ProbeLateLink(const std::vector<std::string>& rustc_words,
                          const std::string& host, const std::string& scratch,
                          const std::string& std_bitcode = "");

// Whether rustc has the -Z dead-fn-elimination of rustc-patches/. Stable
// compilers refuse every -Z and are not asked; others compile an empty library
// with a value that only this flag understands (upstream once had a proposal of
// the same name). Takes about 0.1 s; callers keep the answer.
LinkerProbe ProbeDeferral(const RustToolchain& toolchain,
                          const std::string& scratch);
// True for releases that are named without a channel: 1.2.3, not 1.2.3-nightly.
bool IsStable(absl::string_view release);

// Where the parts of dfe are: beside the running program (build tree) or in
// ../lib/dfe (installed). Empty if absent.
std::string FindDispatchProgram();
std::string FindPassPlugin();
// The first of these places, relative to the running program's folder, where
// something is; "" if there is none.
std::string FindBeside(std::initializer_list<const char*> places);
// The running program's own path.
std::string OwnPath();

}  // namespace dfe

#endif  // DFE_BUILD_TOOLCHAIN_H_
