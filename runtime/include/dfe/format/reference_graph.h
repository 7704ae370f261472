// Who refers to whom in one module, as it was before optimisation.
//
// Seeds are computed from these graphs outside of any compiler, so a graph
// holds everything that decides reachability and nothing else. Constants that
// several users share are nodes of their own (kind kConstant, no name): a table
// with a hundred thousand entries and a thousand users costs their sum, not
// their product.
//
// File: the frame of envelope.h with signature "DFEGRAPH", version 1 and this
// payload:
//
//   offset  size  field
//   0       4     N, number of nodes
//   4       4     E, number of references
//   8       4     S, size of the string table
//   12      4     length of the module's name, which opens the string table
//   16      32*N  nodes
//   ...     4*E   references: index of the target node; node 0's first, then
//                 node 1's, and so on
//   ...     S     string table
//
// One node:
//
//   0       1     kind (NodeKind)
//   1       1     linkage (NodeLinkage)
//   2       1     visibility (NodeVisibility)
//   3       1     zero
//   4       4     flags (NodeFlag, ORed; other bits zero)
//   8       8     size: instructions of a function, bytes of a variable, else 0
//   16      4     offset of the name in the string table
//   20      4     length of the name (0: no name)
//   24      4     comdat group + 1, numbered in order of first use (0: none)
//   28      4     number of references
//
// Named nodes come first, in module order; the order never depends on addresses
// in memory, so equal modules give equal files.
#ifndef DFE_FORMAT_REFERENCE_GRAPH_H_
#define DFE_FORMAT_REFERENCE_GRAPH_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dfe/format/format_error.h"

namespace dfe {

enum class NodeKind : uint8_t {
  kFunction,
  kVariable,
  kAlias,
  kIfunc,
  kConstant,
};

enum class NodeLinkage : uint8_t {
  kExternal,
  kAvailableExternally,
  kLinkOnceAny,
  kLinkOnceOdr,
  kWeakAny,
  kWeakOdr,
  kAppending,
  kInternal,
  kPrivate,
  kExternWeak,
  kCommon,
};

enum class NodeVisibility : uint8_t { kDefault, kHidden, kProtected };

// Facts about a node beside its linkage; a node may have several.
enum NodeFlag : uint32_t {
  kDeclaration = 1u << 0,   // no definition here
  kThreadLocal = 1u << 1,   // thread-local variable
  kUsed = 1u << 2,          // in llvm.used
  kCompilerUsed = 1u << 3,  // in llvm.compiler.used
  kConstructor = 1u << 4,   // in llvm.global_ctors
  kDestructor = 1u << 5,    // in llvm.global_dtors
  kAsmNamed = 1u << 6,      // named in module-level or inline assembly
  kUnnamedAddr = 1u << 7,   // the address has no meaning
  kRoot = 1u << 8,          // stays whatever the seeds say
};
inline constexpr uint32_t kAllNodeFlags = (1u << 9) - 1;

struct GraphNode {
  NodeKind kind = NodeKind::kFunction;
  NodeLinkage linkage = NodeLinkage::kExternal;
  NodeVisibility visibility = NodeVisibility::kDefault;
  uint32_t flags = 0;
  uint64_t size = 0;
  uint32_t comdat = 0;  // group + 1; 0: none
  uint32_t first_reference = 0;
  uint32_t reference_count = 0;
  std::string name;
};

class ReferenceGraph {
 public:
  explicit ReferenceGraph(std::string module = {})
      : module_(std::move(module)) {}

  // Adds a node with its references; a target may be added later. Returns the
  // index of the node. The reference fields of `node` are set here.
  uint32_t AddNode(GraphNode node, const std::vector<uint32_t>& references);

  const std::string& module() const { return module_; }
  const std::vector<GraphNode>& nodes() const { return nodes_; }
  // All references, node by node.
  const std::vector<uint32_t>& references() const { return references_; }

  static std::variant<ReferenceGraph, FormatError> Load(
      const std::string& path, std::string_view expected_identity);
  static std::variant<ReferenceGraph, FormatError> Parse(
      std::string_view bytes, std::string_view where,
      std::string_view expected_identity);
  std::optional<FormatError> Save(const std::string& path,
                                  std::string_view identity) const;
  std::string Serialize(std::string_view identity) const;

  // One line per node, for people and FileCheck:
  //   function external default f size=3 comdat=1 flags=used,root -> g h #7
  // where #7 is the nameless node with index 7.
  std::string Dump() const;

 private:
  std::string module_;
  std::vector<GraphNode> nodes_;
  std::vector<uint32_t> references_;
};

}  // namespace dfe

#endif  // DFE_FORMAT_REFERENCE_GRAPH_H_
