//===- SplitPlan.h - which half of a module gets what ----------*- C++ -*-===//

#ifndef DEADFNELIM_SPLITPLAN_H
#define DEADFNELIM_SPLITPLAN_H

#include "DeadFnElim/Liveness.h"
#include "llvm/ADT/SmallPtrSet.h"

namespace deadfn {

/// What becomes of a global value when a module is split.
enum class SplitRole : uint8_t {
  Stays,     ///< live, and the dead half does not refer to it
  Discard,   ///< dead, and the dead half does not need it either
  Move,      ///< dead: only the dead half defines it
  Declare,   ///< live or undefined: the dead half declares it
  Promote,   ///< live local: gets a hidden unique name, then as Declare
  Duplicate, ///< live: both halves define it
};

/// Decides the roles. May find that a dead symbol has to stay, and then makes
/// it live: what refers to a live local that cannot be renamed.
class SplitPlan {
public:
  SplitPlan(const ModuleGraph &Graph, Liveness &Live,
            const PassOptions &Options);

  SplitRole role(NodeId N) const { return Roles[N]; }

  /// True if the dead half defines something that a linker could ask for.
  bool hasDeadHalf() const { return Recoverable; }

private:
  void keepSharersOfUnmovable(Liveness &Live);
  bool isUnmovable(NodeId N) const;
  void assign(const Liveness &Live);
  SplitRole roleOfNeeded(NodeId N, const Liveness &Live) const;
  bool isDiscardableGroup(NodeId N) const;
  bool isCopyable(const llvm::GlobalValue &GV, NodeId N) const;

  const ModuleGraph &Graph;
  const PassOptions &Options;
  llvm::SmallPtrSet<const llvm::GlobalValue *, 16> Used;
  std::vector<SplitRole> Roles;
  llvm::BitVector Sharers; // globals and constants that refer to an unmovable
  bool Recoverable = false;
};

} // namespace deadfn

#endif // DEADFNELIM_SPLITPLAN_H
