//===- PrintGraph.cpp - print<dfe-graph> ---------------------------------===//
//
//   opt -load-pass-plugin=DeadFnElim.so -passes='print<dfe-graph>'
//       -disable-output
//
// The same text as `dfe-graph dump` gives for the recorded file.
//
//===----------------------------------------------------------------------===//

#include "DeadFnElim/Passes.h"
#include "DeadFnElim/Recording.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace deadfn {

PreservedAnalyses PrintGraphPass::run(Module &M, ModuleAnalysisManager &) {
  errs() << recordGraph(ModuleGraph(M)).Dump();
  return PreservedAnalyses::all();
}

} // namespace deadfn
