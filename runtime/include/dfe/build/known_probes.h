// What was found out about compilers and linkers by trying, once for each.
#ifndef DFE_BUILD_KNOWN_PROBES_H_
#define DFE_BUILD_KNOWN_PROBES_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "dfe/build/toolchain.h"
#include "dfe/store/store.h"

namespace dfe {

// A folder that can be written to, for probes and sessions: the store's, or one
// among the temporary files.
std::string Scratch(const store::Store* store);
// Removes the latter, if nothing is in it.
void RemoveScratchWithoutStore();

// The store's answer for this toolchain and key, or that of `try_it`, which is
// kept if it is conclusive and nobody interrupted it. `store` may be null.
LinkerProbe KnownOrProbed(store::Store* store, const RustToolchain& toolchain,
                          const std::string& key,
                          absl::FunctionRef<bool()> interrupted,
                          absl::FunctionRef<LinkerProbe()> try_it);

// The same, for whether late links work with the linker that these words of
// rustc choose.
LinkerProbe KnownOrProbedLinker(store::Store* store,
                                const RustToolchain& toolchain,
                                const std::vector<std::string>& words,
                                absl::FunctionRef<bool()> interrupted);

}  // namespace dfe

#endif  // DFE_BUILD_KNOWN_PROBES_H_
