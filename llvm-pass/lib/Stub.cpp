//===- Stub.cpp - dfe-stub: dead bodies become a trap that names itself ---===//
//
//   opt -load-pass-plugin=DeadFnElim.so -passes='dfe-stub<seeds=FILE>'
//
// Opt-in, because it is the one mode in which a wrong seed set changes what a
// program does: a stub calls __dfe_stub_hit with the function's name. The
// module holds a weak trapping definition of it, so that programs link without
// the runtime; weak and not linkonce_odr, because an ODR definition could be
// inlined before the linker prefers the runtime's.
//
// Variables, aliases and ifuncs cannot be stubs: they stay, with what they
// refer to.
//
//===----------------------------------------------------------------------===//

#include "DeadFnElim/Erase.h"
#include "DeadFnElim/Passes.h"
#include "DeadFnElim/Prediction.h"
#include "llvm/ADT/Statistic.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Support/TimeProfiler.h"

#define DEBUG_TYPE "dfe-stub"

using namespace llvm;

STATISTIC(NumStubs, "Number of functions replaced by a stub");

static constexpr StringRef HandlerName = "__dfe_stub_hit";

namespace deadfn {

// The weak fallback: stops where a debugger can see it.
static Function *stubHandler(Module &M) {
  if (Function *Known = M.getFunction(HandlerName))
    return Known;
  LLVMContext &Ctx = M.getContext();
  auto *Type = FunctionType::get(Type::getVoidTy(Ctx),
                                 {PointerType::getUnqual(Ctx)}, false);
  Function *F =
      Function::Create(Type, GlobalValue::WeakAnyLinkage, HandlerName, M);
  F->setDoesNotReturn();
  F->addFnAttr(Attribute::NoInline);
  F->addFnAttr(Attribute::Cold);
  IRBuilder<> Builder(BasicBlock::Create(Ctx, "", F));
  Builder.CreateIntrinsic(Intrinsic::trap, {});
  Builder.CreateUnreachable();
  return F;
}

static void replaceBody(Function &F, Function &Handler) {
  auto Linkage = F.getLinkage();
  F.deleteBody();
  F.setLinkage(Linkage);
  F.setPersonalityFn(nullptr);
  F.setPrefixData(nullptr);
  F.setPrologueData(nullptr);
  // Promises about the old body that a trap does not keep.
  for (Attribute::AttrKind Kind :
       {Attribute::AlwaysInline, Attribute::Memory, Attribute::MustProgress,
        Attribute::Naked, Attribute::Speculatable, Attribute::WillReturn,
        Attribute::InlineHint, Attribute::NoSync, Attribute::NoFree})
    F.removeFnAttr(Kind);
  if (!F.hasFnAttribute(Attribute::OptimizeNone))
    F.addFnAttr(Attribute::Cold);
  F.addFnAttr(Attribute::NoInline);
  F.setSubprogram(nullptr);
  IRBuilder<> Builder(BasicBlock::Create(F.getContext(), "", &F));
  Builder.CreateCall(&Handler, {Builder.CreateGlobalString(F.getName())})
      ->setDoesNotReturn();
  Builder.CreateUnreachable();
}

PreservedAnalyses StubPass::run(Module &M, ModuleAnalysisManager &) {
  TimeTraceScope Timer("dfe-stub", M.getModuleIdentifier());
  Report Report(M, Options, DEBUG_TYPE);
  auto Predicted =
      Prediction::make(M, Options, Liveness::Purpose::ReplaceBodies, Report);
  if (!Predicted)
    return PreservedAnalyses::all();
  ModuleGraph &Graph = Predicted->Graph;
  Liveness &Live = Predicted->Live;
  Report.remarks(Graph, Live, "replaced by a stub");

  // 1. What others may call gets a stub; what only stubs called goes.
  BitVector Unneeded(Graph.numGlobals());
  SmallVector<Function *, 0> Stubs;
  for (NodeId N = 0; N < Graph.numGlobals(); ++N) {
    if (!Live.isDead(N))
      continue;
    auto *F = dyn_cast<Function>(&Graph.global(N));
    // The ties of a function are its comdat group: that stays whole.
    if (F && !F->hasAvailableExternallyLinkage() &&
        (!F->isDiscardableIfUnused() || !Graph.ties(N).empty()))
      Stubs.push_back(F);
    else
      Unneeded.set(N);
  }
  if (Stubs.empty() && Unneeded.none())
    return PreservedAnalyses::all();
  // 2. Stub bodies refer to nothing but the handler, so the rest is unused.
  if (!Stubs.empty()) {
    Function *Handler = stubHandler(M);
    for (Function *F : Stubs)
      replaceBody(*F, *Handler);
  }
  EraseCounts Counts = eraseDefinitions(Graph, Unneeded);
  NumStubs += Stubs.size();
  Report.log("replaced " + Twine(Stubs.size()) + " functions, removed " +
             Twine(Counts.Functions));
  Report.verify(M);
  return PreservedAnalyses::none();
}

} // namespace deadfn
