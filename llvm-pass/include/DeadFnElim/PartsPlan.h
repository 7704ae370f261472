//===- PartsPlan.h - which part of a module gets what ----------*- C++ -*-===//

#ifndef DEADFNELIM_PARTSPLAN_H
#define DEADFNELIM_PARTSPLAN_H

#include "DeadFnElim/ModuleGraph.h"
#include "DeadFnElim/PassOptions.h"
#include "llvm/ADT/SmallPtrSet.h"

namespace deadfn {

/// What a part has of a global value.
enum class PartRole : uint8_t {
  None,      ///< nothing: the part does not refer to it
  Declare,   ///< a declaration: another part defines it
  Available, ///< a body to inline or a value to fold, beside a declaration
  Copy,      ///< a definition of its own, which no other part can see
  Define,    ///< the definition that all parts mean
};

/// Divides a module into parts that are optimised one by one. The parts are as
/// good as the whole if every call that would be inlined can still be: see the
/// .cpp file.
class PartsPlan {
public:
  /// \p Parts: at least 2.
  PartsPlan(const ModuleGraph &Graph, unsigned Parts,
            const PassOptions &Options);

  /// Why a module cannot be divided, or an empty text.
  static std::string refusal(const llvm::Module &M);

  unsigned parts() const { return Parts; }

  PartRole role(unsigned Part, NodeId N) const { return Roles[Part][N]; }

  /// The part that defines \p N.
  unsigned home(NodeId N) const { return Home[N]; }

  /// A local that parts other than its home declare.
  bool isPromoted(NodeId N) const { return Promoted.test(N); }

  /// Instructions that \p Part has, copies included.
  uint64_t sizeOf(unsigned Part) const { return Sizes[Part]; }

private:
  struct Edge {
    NodeId To;
    unsigned Weight;
  };

  void findUnits();
  void join(NodeId A, NodeId B);
  NodeId unitOf(NodeId N) const;
  void joinSingleCallees();
  void addEdges();
  void assignInOrder();
  void refine();
  void giveRoles(unsigned Part);
  bool isMovable(NodeId N, uint64_t Limit) const;
  PartRole roleElsewhere(NodeId N, uint64_t Limit) const;

  const ModuleGraph &Graph;
  const unsigned Parts;
  const PassOptions &Options;
  llvm::SmallPtrSet<const llvm::GlobalValue *, 16> Used;
  std::vector<NodeId> Parent; // of each global, for units that stay together
  std::vector<uint64_t> UnitSize;
  std::vector<llvm::SmallVector<Edge, 4>> Edges; // between units
  llvm::BitVector Fixed;                         // units that stay in part 0
  llvm::BitVector AddressTaken;
  std::vector<unsigned> Home; // of units, then of all globals
  std::vector<std::vector<PartRole>> Roles;
  std::vector<uint64_t> Sizes;
  llvm::BitVector Promoted;
};

} // namespace deadfn

#endif // DEADFNELIM_PARTSPLAN_H
