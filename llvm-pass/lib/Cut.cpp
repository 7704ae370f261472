//===- Cut.cpp - dfe-cut: remove what no seed needs ----------------------===//
//
//   opt -load-pass-plugin=DeadFnElim.so -passes='dfe-cut<seeds=FILE>'
//
// 1. Roots and reachability. 2. Remarks. 3. Erase. 4. With `internalize`, live
// strong definitions that are no seeds become internal, which lets the
// optimiser inline them away.
//
// A cut cannot be undone by a linker: a wrong seed set ends in an undefined
// symbol. dfe-defer is the form that recovers.
//
//===----------------------------------------------------------------------===//

#include "DeadFnElim/Erase.h"
#include "DeadFnElim/Passes.h"
#include "DeadFnElim/Prediction.h"
#include "llvm/ADT/Statistic.h"
#include "llvm/Support/TimeProfiler.h"

#define DEBUG_TYPE "dfe-cut"

using namespace llvm;

STATISTIC(NumFunctionsCut, "Number of functions removed before optimisation");
STATISTIC(NumInstructionsCut, "Number of instructions removed with them");
STATISTIC(NumInternalized, "Number of live definitions made internal");

namespace deadfn {

// Only what no other module can mean: strong, outside of comdats, reached by
// references alone. Returns how many changed.
static unsigned internalizeReached(const ModuleGraph &Graph,
                                   const Liveness &Live) {
  unsigned Count = 0;
  for (NodeId N = 0; N < Graph.numGlobals(); ++N) {
    GlobalValue &GV = Graph.global(N);
    if (Live.reason(N) != KeepReason::Reached || GV.isDeclaration() ||
        !GV.hasExternalLinkage() || GV.hasComdat())
      continue;
    GV.setVisibility(GlobalValue::DefaultVisibility);
    GV.setLinkage(GlobalValue::InternalLinkage);
    GV.setDSOLocal(true);
    ++Count;
  }
  return Count;
}

PreservedAnalyses CutPass::run(Module &M, ModuleAnalysisManager &) {
  TimeTraceScope Timer("dfe-cut", M.getModuleIdentifier());
  Report Report(M, Options, DEBUG_TYPE);
  auto Predicted =
      Prediction::make(M, Options, Liveness::Purpose::Remove, Report);
  if (!Predicted)
    return PreservedAnalyses::all();
  ModuleGraph &Graph = Predicted->Graph;
  Liveness &Live = Predicted->Live;
  Report.remarks(Graph, Live, "removed");

  unsigned Internalized =
      Options.Internalize ? internalizeReached(Graph, Live) : 0;
  BitVector Dead(Graph.numGlobals());
  for (NodeId N = 0; N < Graph.numGlobals(); ++N)
    if (Live.isDead(N))
      Dead.set(N);
  // From here on the graph is stale.
  EraseCounts Counts = eraseDefinitions(Graph, Dead);

  NumFunctionsCut += Counts.Functions;
  NumInstructionsCut += Counts.Instructions;
  NumInternalized += Internalized;
  Report.log("removed " + Twine(Counts.Functions) + " functions, " +
             Twine(Counts.Others) + " other symbols, " +
             Twine(Counts.Instructions) + " instructions; internalized " +
             Twine(Internalized));
  Report.verify(M);
  return Dead.none() && !Internalized ? PreservedAnalyses::all()
                                      : PreservedAnalyses::none();
}

} // namespace deadfn
