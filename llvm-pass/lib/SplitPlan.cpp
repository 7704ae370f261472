//===- SplitPlan.cpp - which half of a module gets what ------------------===//
//
// The live half must be as good as if the dead half had never existed, because
// most programs never link the dead half. So the plan prefers copies to shared
// symbols: a promoted local cannot be inlined away or specialised any more,
// while a copy costs bytes in a file that is seldom read. What has an identity
// (variables that are written, functions whose address is compared, large
// bodies) must not be copied and is promoted.
//
// What the linker may discard (linkonce, comdat groups of such) is copied too:
// the optimiser drops the live half's when it has inlined all uses, and then
// nothing would be left for the dead half to link to.
//
//===----------------------------------------------------------------------===//

#include "DeadFnElim/SplitPlan.h"
#include "llvm/IR/GlobalAlias.h"
#include "llvm/IR/GlobalIFunc.h"

using namespace llvm;

namespace deadfn {

SplitPlan::SplitPlan(const ModuleGraph &Graph, Liveness &Live,
                     const PassOptions &Options)
    : Graph(Graph), Options(Options) {
  SmallVector<GlobalValue *, 16> List;
  collectUsedGlobalVariables(Graph.module(), List, /*CompilerUsed=*/false);
  collectUsedGlobalVariables(Graph.module(), List, /*CompilerUsed=*/true);
  Used.insert(List.begin(), List.end());
  keepSharersOfUnmovable(Live);
  assign(Live);
}

// A symbol that only this module can name: assembly or a tool knows a
// local by its name, module assembly may define what the IR only declares, and
// a local in a comdat group vanishes if the linker takes another module's
// group.
bool SplitPlan::isUnmovable(NodeId N) const {
  const GlobalValue &GV = Graph.global(N);
  if (GV.isDeclaration())
    return Graph.isModuleAsmNamed(N);
  // llvm.compiler.used takes no ifunc, so nothing would hold a promoted one.
  if (isa<GlobalIFunc>(GV) && GV.isDiscardableIfUnused())
    return true;
  return GV.hasLocalLinkage() && (Graph.isAsmNamed(N) || Used.contains(&GV) ||
                                  (GV.hasComdat() && !isDiscardableGroup(N)));
}

// Makes the dead referrers of unmovable live symbols live, until none is left.
// Each round is linear and finds a sharer; in practice there are two.
// Live referrers are remembered: they must not be copied.
void SplitPlan::keepSharersOfUnmovable(Liveness &Live) {
  Sharers.resize(Graph.numReferring());
  for (bool Changed = true; Changed;) {
    Changed = false;
    // A group that cannot be copied makes its locals unmovable in turn.
    BitVector Unmovable(Graph.numGlobals());
    for (NodeId N = 0; N < Graph.numGlobals(); ++N)
      if (isUnmovable(N))
        Unmovable.set(N);
    if (Unmovable.none())
      return;
    auto Shares = [&](NodeId Target) {
      if (Target >= Graph.numGlobals())
        return Sharers.test(Target);
      return Unmovable.test(Target) &&
             (Live.isLive(Target) || Graph.global(Target).isDeclaration());
    };
    for (NodeId N = Graph.numGlobals(); N < Graph.numReferring(); ++N)
      if (any_of(Graph.references(N), Shares))
        Sharers.set(N);
    for (NodeId N = 0; N < Graph.numGlobals(); ++N) {
      if (Sharers.test(N) || !any_of(Graph.references(N), Shares))
        continue;
      Sharers.set(N);
      Changed = true;
      if (Live.isDead(N))
        Live.keep(N, KeepReason::SharesUnmovable);
    }
  }
}

// Can be in both halves as far as its linkage goes: discardable, alone or with
// its whole comdat group, and nobody in the group needs an unmovable symbol.
bool SplitPlan::isDiscardableGroup(NodeId N) const {
  auto Discardable = [&](NodeId Member) {
    return Graph.global(Member).isDiscardableIfUnused() &&
           !Sharers.test(Member);
  };
  if (!Discardable(N))
    return false;
  for (NodeId Tie : Graph.ties(N))
    if (Tie >= Graph.numReferring() &&
        !all_of(Graph.references(Tie), Discardable))
      return false;
  return true;
}

// Nobody can tell a copy of it from the original.
bool SplitPlan::isCopyable(const GlobalValue &GV, NodeId N) const {
  if (Sharers.test(N))
    return false;
  if (auto *F = dyn_cast<Function>(&GV))
    return Graph.sizeOf(N) <= Options.DupInstructions &&
           Graph.ties(N).empty() &&
           (F->hasGlobalUnnamedAddr() || !F->hasAddressTaken());
  auto *V = dyn_cast<GlobalVariable>(&GV);
  return V && V->isConstant() && V->hasGlobalUnnamedAddr() &&
         !V->isThreadLocal() && !V->hasSection() && Graph.ties(N).empty() &&
         Graph.sizeOf(N) <= Options.DupBytes;
}

SplitRole SplitPlan::roleOfNeeded(NodeId N, const Liveness &Live) const {
  const GlobalValue &GV = Graph.global(N);
  if (Live.isDead(N))
    return SplitRole::Move;
  if (GV.isDeclaration())
    return SplitRole::Declare;
  if (GV.hasAvailableExternallyLinkage())
    return SplitRole::Duplicate;
  // An alias is copied only with the group that its base is in: a copy of it
  // alone would have nothing to stand for.
  if (!isa<GlobalObject>(GV))
    return GV.hasComdat() && isDiscardableGroup(N) ? SplitRole::Duplicate
           : GV.hasLocalLinkage()                  ? SplitRole::Promote
                                                   : SplitRole::Declare;
  if (GV.hasComdat() || !GV.hasLocalLinkage())
    return isDiscardableGroup(N) ? SplitRole::Duplicate : SplitRole::Declare;
  return isCopyable(GV, N) ? SplitRole::Duplicate : SplitRole::Promote;
}

void SplitPlan::assign(const Liveness &Live) {
  Roles.assign(Graph.numGlobals(), SplitRole::Stays);
  BitVector Seen(Graph.size());
  std::vector<NodeId> Work;
  auto Visit = [&](NodeId N) {
    if (Seen.test(N))
      return;
    Seen.set(N);
    Work.push_back(N);
  };
  // What another module can ask for starts the dead half.
  for (NodeId N = 0; N < Graph.numGlobals(); ++N) {
    if (!Live.isDead(N))
      continue;
    const GlobalValue &GV = Graph.global(N);
    Roles[N] = SplitRole::Discard;
    if (!GV.isDiscardableIfUnused() && !GV.hasAvailableExternallyLinkage()) {
      Recoverable = true;
      Visit(N);
    }
  }
  while (!Work.empty()) {
    NodeId N = Work.back();
    Work.pop_back();
    bool Follow = true;
    if (N < Graph.numGlobals()) {
      Roles[N] = roleOfNeeded(N, Live);
      Follow = Roles[N] == SplitRole::Move || Roles[N] == SplitRole::Duplicate;
    }
    if (!Follow)
      continue;
    for (NodeId Target : Graph.references(N))
      Visit(Target);
    for (NodeId Target : Graph.ties(N))
      Visit(Target);
  }
}

} // namespace deadfn
