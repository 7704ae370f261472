//===- Liveness.h - what a module must keep --------------------*- C++ -*-===//

#ifndef DEADFNELIM_LIVENESS_H
#define DEADFNELIM_LIVENESS_H

#include "DeadFnElim/ModuleGraph.h"
#include "DeadFnElim/PassOptions.h"
#include "DeadFnElim/Roots.h"

namespace deadfn {

/// Reachability from roots, with a reason and a parent for every live node.
///
/// A definition is live if it is a root, a live node refers to it, or it is
/// tied to a live node. With Reach::Seeds a reference does not keep a strong
/// external function alive; ties and aliases always do.
class Liveness {
public:
  /// What the users of the result can do with dead symbols.
  enum class Purpose {
    Remove,        ///< cut: all of them go
    Split,         ///< defer: an alias or ifunc cannot leave its base
    ReplaceBodies, ///< stub: only functions can be replaced
  };

  Liveness(const ModuleGraph &Graph, const Roots &Roots, option::Reach Reach,
           Purpose Purpose);

  bool isLive(NodeId N) const { return Reasons[N] != KeepReason::None; }

  /// A definition in this module that nothing needs.
  bool isDead(NodeId N) const {
    return N < Graph.numGlobals() && !isLive(N) &&
           !Graph.global(N).isDeclaration();
  }

  KeepReason reason(NodeId N) const { return Reasons[N]; }

  /// Makes \p N and what follows from it live.
  void keep(NodeId N, KeepReason Reason);

  /// How \p Name stays, as "seed main -> helper -> table", or why it does not.
  std::string explain(llvm::StringRef Name) const;

private:
  void mark(NodeId N, KeepReason Reason, NodeId Parent);
  void propagate();
  bool stopsAt(NodeId N) const;

  const ModuleGraph &Graph;
  option::Reach Reach;
  std::vector<KeepReason> Reasons;
  std::vector<NodeId> Parents;
  std::vector<NodeId> Work;
  llvm::DenseMap<NodeId, llvm::SmallVector<NodeId, 1>> AliasesOf;
};

} // namespace deadfn

#endif // DEADFNELIM_LIVENESS_H
