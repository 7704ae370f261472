//===- Output.h - names and files of what the passes write -----*- C++ -*-===//

#ifndef DEADFNELIM_OUTPUT_H
#define DEADFNELIM_OUTPUT_H

#include "DeadFnElim/PassOptions.h"
#include "dfe/format/seed_set.h"
#include "llvm/IR/Module.h"
#include <variant>

namespace deadfn {

/// Sixteen hexadecimal digits that tell modules of one program apart: a hash of
/// the unit, the module's and source file's names, and all strong definitions.
std::string moduleKey(const llvm::Module &M, const PassOptions &Options);

/// `out` if set, otherwise DIR/<module name, made safe>.<key><suffix>.
std::string outputPath(const llvm::Module &M, const PassOptions &Options,
                       llvm::StringRef Dir, llvm::StringRef Suffix);

/// The seed set that \p Options name, or why there is none.
std::variant<dfe::SeedSet, std::string> loadSeeds(const PassOptions &Options);

} // namespace deadfn

#endif // DEADFNELIM_OUTPUT_H
