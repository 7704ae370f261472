//===- ModuleGraph.h - who refers to whom in a module ----------*- C++ -*-===//
//
// The graph that every pass of the plugin works on. Node ids are dense: first
// all global values in module order (functions, variables, aliases, ifuncs),
// then constants that refer to more than one thing, then one node for each
// comdat group of several members.
//
// Invariants:
//  * The graph is built in time linear in the module: each constant is walked
//    once, and its users share its node.
//  * A constant's node comes after the constants that it refers to, so one pass
//    in id order sees targets first.
//  * No order depends on the value of a pointer.
//
//===----------------------------------------------------------------------===//

#ifndef DEADFNELIM_MODULEGRAPH_H
#define DEADFNELIM_MODULEGRAPH_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Module.h"
#include <vector>

namespace deadfn {

using NodeId = unsigned;
inline constexpr NodeId NoNode = ~0u;

class ModuleGraph {
public:
  explicit ModuleGraph(llvm::Module &M);

  llvm::Module &module() const { return M; }

  /// Number of global values; their ids are 0 up to this.
  NodeId numGlobals() const { return Globals.size(); }
  /// Number of globals and shared constants; comdat nodes come after.
  NodeId numReferring() const { return Ranges.size(); }
  /// Number of all nodes.
  NodeId size() const { return Ranges.size() + Groups.size(); }

  llvm::GlobalValue &global(NodeId N) const { return *Globals[N]; }
  NodeId idOf(const llvm::GlobalValue &GV) const { return Ids.lookup(&GV); }

  /// What \p N refers to: a global or constant node has its references, a
  /// comdat node its members.
  llvm::ArrayRef<NodeId> references(NodeId N) const;

  /// What must be where \p N is although \p N does not refer to it: its comdat
  /// group, sections linked by !associated, holders of its block addresses.
  llvm::ArrayRef<NodeId> ties(NodeId N) const;

  /// True if assembly in the module names the global.
  bool isAsmNamed(NodeId N) const { return AsmNamed.test(N); }

  /// True if module-level assembly names the global, and so may define it.
  bool isModuleAsmNamed(NodeId N) const { return ModuleAsmNamed.test(N); }

  /// Instructions of a function, bytes of a variable, otherwise 0.
  uint64_t sizeOf(NodeId N) const;

private:
  void scanGlobal(NodeId N);
  void scanFunction(llvm::Function &F);
  void addReference(NodeId Target);
  void addConstant(const llvm::Constant *C);
  NodeId nodeOf(const llvm::Constant *C);
  void finishConstant(const llvm::Constant *C);
  void addMetadata(const llvm::MDNode *Node);
  void addGroups();
  void tieBlockAddresses();
  template <typename Fn> void forEachAsmName(llvm::StringRef Text, Fn Visit);

  llvm::Module &M;
  std::vector<llvm::GlobalValue *> Globals;
  std::vector<unsigned> Instructions;
  llvm::DenseMap<const llvm::GlobalValue *, NodeId> Ids;
  llvm::DenseMap<const llvm::Constant *, NodeId> Constants;
  std::vector<std::pair<unsigned, unsigned>> Ranges; // into References
  std::vector<NodeId> References;
  std::vector<std::vector<NodeId>> Groups;
  llvm::DenseMap<NodeId, llvm::SmallVector<NodeId, 2>> Ties;
  llvm::BitVector AsmNamed, ModuleAsmNamed;

  // State while one global is scanned.
  std::vector<NodeId> Current;
  std::vector<unsigned> LastSeen; // per node: the scan that last added it
  unsigned Scan = 0;
  NodeId NextConstant = 0;
  std::vector<std::pair<unsigned, unsigned>> ConstantRanges;
  std::vector<const llvm::BlockAddress *> BlockAddresses;
};

} // namespace deadfn

#endif // DEADFNELIM_MODULEGRAPH_H
