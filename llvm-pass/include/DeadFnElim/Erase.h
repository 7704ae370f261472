//===- Erase.h - take definitions out of a module --------------*- C++ -*-===//

#ifndef DEADFNELIM_ERASE_H
#define DEADFNELIM_ERASE_H

#include "DeadFnElim/ModuleGraph.h"

namespace deadfn {

/// What eraseDefinitions() did.
struct EraseCounts {
  unsigned Functions = 0;
  unsigned Others = 0;
  uint64_t Instructions = 0;
};

/// Removes the definitions in \p Dead, and declarations that only they used.
/// One that is still referred to becomes a declaration. The graph is stale
/// afterwards.
EraseCounts eraseDefinitions(const ModuleGraph &Graph,
                             const llvm::BitVector &Dead);

/// Cleans what CloneModule() made of a part of a module: removes declarations
/// that nothing refers to (it declares all that it does not define, and in
/// bitcode these are undefined symbols), and what the others copied although
/// it still points into the whole module.
void eraseUnusedDeclarations(llvm::Module &Clone);

} // namespace deadfn

#endif // DEADFNELIM_ERASE_H
