// The standard library's bitcode, for late links of profiles that ask for LTO.
//
// cargo's own LTO takes std in, from the bitcode that its released libraries
// carry beside their code; a linker sees the code alone. Without it a late
// program calls what cargo's has inlined: fd-find ran 1.05x the instructions
// for that (runtime/DESIGN.md). So what is worth inlining of `alloc` and `std`
// goes, as bitcode, into an archive of its own, which late links get in front
// of the libraries (llvm-pass/tools/StdBitcode.cpp). The other fourteen brought
// nothing.
//
// The archive is objects/std/<key>/libdfe_std_bitcode.a of the cache folder,
// the key a hash of the compiler's identity, of path, size and time of the
// libraries and of the program that makes the archive. It is used only if a
// late link with it was tried and its hash is that of the file which was tried:
// both are kept as a probe in the index.
#ifndef DFE_BUILD_STD_BITCODE_H_
#define DFE_BUILD_STD_BITCODE_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "dfe/build/toolchain.h"
#include "dfe/dispatch/plan.h"
#include "dfe/store/store.h"

namespace dfe {

// Gives the plan the archive for the target and the linker that these words of
// rustc choose, made and tried in a late link unless that is known. Returns why
// there is none, in one line, or "". `store` may be null. Takes a second or two
// the first time, a few milliseconds later.
std::string AddStdBitcode(store::Store* store, const RustToolchain& toolchain,
                          const std::vector<std::string>& words,
                          absl::FunctionRef<bool()> interrupted,
                          dispatch::Plan* plan);

}  // namespace dfe

#endif  // DFE_BUILD_STD_BITCODE_H_
