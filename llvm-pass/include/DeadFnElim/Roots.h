//===- Roots.h - what stays whatever the seeds say -------------*- C++ -*-===//

#ifndef DEADFNELIM_ROOTS_H
#define DEADFNELIM_ROOTS_H

#include "DeadFnElim/ModuleGraph.h"
#include "dfe/format/seed_set.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringSet.h"

namespace deadfn {

/// Why a symbol stays. None means that nothing needs it.
enum class KeepReason : uint8_t {
  None,
  Seed,
  Reached,
  Reserved,
  Used,
  CompilerUsed,
  AsmNamed,
  DefinesAsmSymbol,
  EntryPoint,
  RuntimeLibrary,
  RustRuntime,
  ThreadInit,
  RetainedSection,
  UnknownSection,
  Interposable,
  DllStorage,
  NotAFunction,
  SharesUnmovable,
};

/// The name of a reason in remarks and logs, such as "asm-named".
llvm::StringRef keepReasonName(KeepReason Reason);

/// Decides for single symbols. Everything here is about the symbol itself; what
/// follows from references is Liveness.h.
class Roots {
public:
  /// \p Seeds may be null: then only unconditional roots are found.
  Roots(const ModuleGraph &Graph, const dfe::SeedSet *Seeds);

  /// Why the definition \p N stays by itself, or None.
  KeepReason reasonOf(NodeId N) const;

private:
  KeepReason reasonOfExternal(const llvm::GlobalValue &GV) const;

  const ModuleGraph &Graph;
  const dfe::SeedSet *Seeds;
  llvm::DenseSet<const llvm::GlobalValue *> Used, CompilerUsed;
  llvm::StringSet<> LibraryNames;
};

} // namespace deadfn

#endif // DEADFNELIM_ROOTS_H
