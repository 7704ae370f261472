//===- Liveness.cpp - what a module must keep ----------------------------===//
//
// One depth-first walk over the graph; each edge is followed once.
//
//===----------------------------------------------------------------------===//

#include "DeadFnElim/Liveness.h"
#include "llvm/IR/GlobalAlias.h"
#include "llvm/IR/GlobalIFunc.h"

using namespace llvm;

namespace deadfn {

Liveness::Liveness(const ModuleGraph &Graph, const Roots &Roots,
                   option::Reach Reach, enum Purpose Purpose)
    : Graph(Graph), Reach(Reach), Reasons(Graph.size(), KeepReason::None),
      Parents(Graph.size(), NoNode) {
  if (Purpose == Purpose::Split)
    for (NodeId N = 0; N < Graph.numGlobals(); ++N)
      if (const GlobalValue &GV = Graph.global(N);
          isa<GlobalAlias>(GV) || isa<GlobalIFunc>(GV))
        if (const GlobalObject *Base = GV.getAliaseeObject())
          AliasesOf[Graph.idOf(*Base)].push_back(N);
  for (NodeId N = 0; N < Graph.numGlobals(); ++N) {
    const GlobalValue &GV = Graph.global(N);
    if (GV.isDeclaration())
      continue;
    KeepReason Reason = Roots.reasonOf(N);
    if (Reason == KeepReason::None && Purpose == Purpose::ReplaceBodies &&
        !isa<Function>(GV) &&
        (!GV.isDiscardableIfUnused() || !Graph.ties(N).empty()))
      Reason = KeepReason::NotAFunction;
    if (Reason != KeepReason::None)
      mark(N, Reason, NoNode);
  }
  propagate();
}

void Liveness::mark(NodeId N, KeepReason Reason, NodeId Parent) {
  if (Reasons[N] != KeepReason::None)
    return;
  Reasons[N] = Reason;
  Parents[N] = Parent;
  Work.push_back(N);
}

bool Liveness::stopsAt(NodeId N) const {
  if (Reach == option::Reach::Closure || N >= Graph.numGlobals())
    return false;
  const GlobalValue &GV = Graph.global(N);
  return isa<Function>(GV) && GV.hasExternalLinkage() && !GV.isDeclaration();
}

void Liveness::propagate() {
  while (!Work.empty()) {
    NodeId N = Work.back();
    Work.pop_back();
    bool Always =
        N >= Graph.numReferring() ||
        (N < Graph.numGlobals() && !isa<GlobalObject>(Graph.global(N)));
    for (NodeId Target : Graph.references(N))
      if (Always || !stopsAt(Target))
        mark(Target, KeepReason::Reached, N);
    for (NodeId Target : Graph.ties(N))
      mark(Target, KeepReason::Reached, N);
    if (auto It = AliasesOf.find(N); It != AliasesOf.end())
      for (NodeId Target : It->second)
        mark(Target, KeepReason::Reached, N);
  }
}

void Liveness::keep(NodeId N, KeepReason Reason) {
  mark(N, Reason, NoNode);
  propagate();
}

std::string Liveness::explain(StringRef Name) const {
  const GlobalValue *GV = Graph.module().getNamedValue(Name);
  if (!GV)
    return "not in this module";
  NodeId N = Graph.idOf(*GV);
  if (!isLive(N))
    return GV->isDeclaration() ? "only declared here" : "nothing needs it";
  std::string Path;
  for (;; N = Parents[N]) {
    std::string Step =
        N < Graph.numGlobals() ? Graph.global(N).getName().str() : "";
    if (!Step.empty()) {
      if (!Path.empty())
        Step.append(" -> ").append(Path);
      Path = std::move(Step);
    }
    if (Parents[N] == NoNode)
      return (keepReasonName(Reasons[N]) + " " + Path).str();
  }
}

} // namespace deadfn
