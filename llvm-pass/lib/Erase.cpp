//===- Erase.cpp - take definitions out of a module ----------------------===//
//
// As in LLVM's GlobalDCE all bodies are dropped first, so that dead symbols may
// refer to each other in circles, and symbols are erased second. Declarations
// that nobody uses any more must go too: in bitcode they are undefined symbols
// and would pull archive members.
//
//===----------------------------------------------------------------------===//

#include "DeadFnElim/Erase.h"
#include "llvm/IR/GlobalAlias.h"
#include "llvm/IR/GlobalIFunc.h"

using namespace llvm;

namespace deadfn {

// Leaves a declaration without anything that only a definition may have.
static void dropDefinition(GlobalValue &GV) {
  if (auto *F = dyn_cast<Function>(&GV)) {
    F->deleteBody();
    F->setComdat(nullptr);
    F->clearMetadata();
  } else if (auto *V = dyn_cast<GlobalVariable>(&GV)) {
    V->setInitializer(nullptr);
    V->setComdat(nullptr);
    V->clearMetadata();
    V->setLinkage(GlobalValue::ExternalLinkage);
  } else if (auto *A = dyn_cast<GlobalAlias>(&GV)) {
    A->setAliasee(nullptr);
  } else if (auto *I = dyn_cast<GlobalIFunc>(&GV)) {
    I->setResolver(nullptr);
  }
}

static bool eraseIfUnused(GlobalValue &GV) {
  GV.removeDeadConstantUsers();
  if (!GV.use_empty())
    return false;
  GV.eraseFromParent();
  return true;
}

EraseCounts eraseDefinitions(const ModuleGraph &Graph, const BitVector &Dead) {
  EraseCounts Counts;
  // 1. Declarations that are in use now: those among them that end unused were
  // ours to remove; others were unused on purpose.
  SmallVector<NodeId, 0> UsedDeclarations;
  for (NodeId N = 0; N < Graph.numGlobals(); ++N)
    if (const GlobalValue &GV = Graph.global(N);
        GV.isDeclaration() && !GV.use_empty() && !Graph.isAsmNamed(N))
      UsedDeclarations.push_back(N);

  // 2. Bodies.
  for (unsigned N : Dead.set_bits()) {
    GlobalValue &GV = Graph.global(N);
    isa<Function>(GV) ? ++Counts.Functions : ++Counts.Others;
    if (isa<Function>(GV))
      Counts.Instructions += Graph.sizeOf(N);
    dropDefinition(GV);
  }

  // 3. Symbols. What is left in use here is a function or a variable: an alias
  // is always as live as what refers to it.
  for (unsigned N : Dead.set_bits())
    eraseIfUnused(Graph.global(N));
  for (NodeId N : UsedDeclarations)
    eraseIfUnused(Graph.global(N));
  return Counts;
}

void eraseUnusedDeclarations(Module &Clone) {
  for (GlobalValue &GV : make_early_inc_range(Clone.global_values())) {
    if (!GV.isDeclaration())
      continue;
    if (auto *F = dyn_cast<Function>(&GV)) {
      // Copied attributes that still point into the whole module.
      F->setPrefixData(nullptr);
      F->setPrologueData(nullptr);
      F->setPersonalityFn(nullptr);
    }
    eraseIfUnused(GV);
  }
}

} // namespace deadfn
