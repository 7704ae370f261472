// Reading, writing and printing reference graphs; the header has the layout.
#include "dfe/format/reference_graph.h"

#include "dfe/format/envelope.h"

namespace dfe {
namespace {

constexpr std::string_view kSignature = "DFEGRAPH";
constexpr uint32_t kVersion = 1;
constexpr size_t kHeaderSize = 16;
constexpr size_t kNodeSize = 32;

// The names that Dump() prints, indexed by the enums of the header.
constexpr const char* kKindNames[] = {"function", "variable", "alias", "ifunc",
                                      "constant"};
constexpr const char* kLinkageNames[] = {"external",  "available_externally",
                                         "linkonce",  "linkonce_odr",
                                         "weak",      "weak_odr",
                                         "appending", "internal",
                                         "private",   "extern_weak",
                                         "common"};
constexpr const char* kVisibilityNames[] = {"default", "hidden", "protected"};
constexpr const char* kFlagNames[] = {"declaration",   "thread_local", "used",
                                      "compiler_used", "ctor",         "dtor",
                                      "asm",           "unnamed_addr", "root"};

template <typename T, size_t N>
bool InTable(uint8_t value, const T (&)[N]) {
  return value < N;
}

// Names what is wrong with a payload; every reader below returns through it.
FormatError Corrupt(std::string_view where, std::string_view field,
                    uint64_t limit, uint64_t got) {
  std::string text = "cannot read: ";
  text.append(where).append(": ").append(field);
  text += ": expected at most " + std::to_string(limit) + ", got " +
          std::to_string(got);
  return {FormatErrorKind::kCorrupt, std::move(text)};
}

}  // namespace

uint32_t ReferenceGraph::AddNode(GraphNode node,
                                 const std::vector<uint32_t>& references) {
  node.first_reference = static_cast<uint32_t>(references_.size());
  node.reference_count = static_cast<uint32_t>(references.size());
  references_.insert(references_.end(), references.begin(), references.end());
  nodes_.push_back(std::move(node));
  return static_cast<uint32_t>(nodes_.size() - 1);
}

std::string ReferenceGraph::Serialize(std::string_view identity) const {
  std::string strings = module_;
  std::string payload;
  payload.reserve(kHeaderSize + kNodeSize * nodes_.size() +
                  4 * references_.size());
  AppendLittle32(payload, static_cast<uint32_t>(nodes_.size()));
  AppendLittle32(payload, static_cast<uint32_t>(references_.size()));
  uint64_t string_size = strings.size();
  for (const GraphNode& node : nodes_) string_size += node.name.size();
  AppendLittle32(payload, static_cast<uint32_t>(string_size));
  AppendLittle32(payload, static_cast<uint32_t>(module_.size()));
  strings.reserve(string_size);
  for (const GraphNode& node : nodes_) {
    payload += static_cast<char>(node.kind);
    payload += static_cast<char>(node.linkage);
    payload += static_cast<char>(node.visibility);
    payload += '\0';
    AppendLittle32(payload, node.flags);
    AppendLittle64(payload, node.size);
    AppendLittle32(payload, static_cast<uint32_t>(strings.size()));
    AppendLittle32(payload, static_cast<uint32_t>(node.name.size()));
    AppendLittle32(payload, node.comdat);
    AppendLittle32(payload, node.reference_count);
    strings += node.name;
  }
  for (uint32_t target : references_) AppendLittle32(payload, target);
  payload += strings;
  return SealEnvelope(kSignature, kVersion, identity, payload);
}

std::optional<FormatError> ReferenceGraph::Save(
    const std::string& path, std::string_view identity) const {
  return WriteFileAtomically(path, Serialize(identity));
}

std::variant<ReferenceGraph, FormatError> ReferenceGraph::Load(
    const std::string& path, std::string_view expected_identity) {
  auto bytes = ReadFile(path);
  if (auto* error = std::get_if<FormatError>(&bytes)) return std::move(*error);
  return Parse(std::get<std::string>(bytes), path, expected_identity);
}

std::variant<ReferenceGraph, FormatError> ReferenceGraph::Parse(
    std::string_view bytes, std::string_view where,
    std::string_view expected_identity) {
  auto opened =
      OpenEnvelope(bytes, where, kSignature, kVersion, expected_identity);
  if (auto* error = std::get_if<FormatError>(&opened)) return std::move(*error);
  const std::string_view payload = std::get<Envelope>(opened).payload;
  if (payload.size() < kHeaderSize) {
    return FormatError{FormatErrorKind::kCorrupt,
                       "cannot read: " + std::string(where) +
                           ": payload: expected at least 16 bytes, got " +
                           std::to_string(payload.size())};
  }
  // The bytes are numbers, not a string: nothing looks for an end.
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage)
  const uint64_t node_count = ReadLittle32(payload.data());
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage)
  const uint64_t reference_count = ReadLittle32(payload.data() + 4);
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage)
  const uint64_t string_size = ReadLittle32(payload.data() + 8);
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage)
  const uint64_t module_size = ReadLittle32(payload.data() + 12);
  const uint64_t expected =
      kHeaderSize + kNodeSize * node_count + 4 * reference_count + string_size;
  if (expected != payload.size()) {
    return FormatError{FormatErrorKind::kCorrupt,
                       "cannot read: " + std::string(where) +
                           ": payload: expected " + std::to_string(expected) +
                           " bytes, got " + std::to_string(payload.size())};
  }
  if (module_size > string_size) {
    return Corrupt(where, "length of the module's name", string_size,
                   module_size);
  }
  const std::string_view strings = payload.substr(payload.size() - string_size);
  ReferenceGraph graph{std::string(strings.substr(0, module_size))};
  graph.nodes_.reserve(node_count);
  uint64_t next_reference = 0;
  for (uint64_t i = 0; i < node_count; ++i) {
    const char* raw = payload.data() + kHeaderSize + kNodeSize * i;
    const auto byte = [raw](int at) { return static_cast<uint8_t>(raw[at]); };
    const uint64_t offset = ReadLittle32(raw + 16);
    const uint64_t length = ReadLittle32(raw + 20);
    if (!InTable(byte(0), kKindNames))
      return Corrupt(where, "kind", 4, byte(0));
    if (!InTable(byte(1), kLinkageNames)) {
      return Corrupt(where, "linkage", 10, byte(1));
    }
    if (!InTable(byte(2), kVisibilityNames)) {
      return Corrupt(where, "visibility", 2, byte(2));
    }
    if (byte(3) != 0) return Corrupt(where, "reserved byte", 0, byte(3));
    if (offset > string_size || length > string_size - offset) {
      return Corrupt(where, "end of name", string_size, offset + length);
    }
    GraphNode node;
    node.kind = static_cast<NodeKind>(byte(0));
    node.linkage = static_cast<NodeLinkage>(byte(1));
    node.visibility = static_cast<NodeVisibility>(byte(2));
    node.flags = ReadLittle32(raw + 4);
    node.size = ReadLittle64(raw + 8);
    node.comdat = ReadLittle32(raw + 24);
    node.first_reference = static_cast<uint32_t>(next_reference);
    node.reference_count = ReadLittle32(raw + 28);
    node.name = std::string(strings.substr(offset, length));
    if (node.flags & ~kAllNodeFlags) {
      return Corrupt(where, "flags", kAllNodeFlags, node.flags);
    }
    next_reference += node.reference_count;
    if (next_reference > reference_count) {
      return Corrupt(where, "references", reference_count, next_reference);
    }
    graph.nodes_.push_back(std::move(node));
  }
  if (next_reference != reference_count) {
    return FormatError{FormatErrorKind::kCorrupt,
                       "cannot read: " + std::string(where) +
                           ": references: expected " +
                           std::to_string(reference_count) + ", got " +
                           std::to_string(next_reference)};
  }
  graph.references_.reserve(reference_count);
  const char* raw = payload.data() + kHeaderSize + kNodeSize * node_count;
  for (uint64_t i = 0; i < reference_count; ++i) {
    const uint32_t target = ReadLittle32(raw + 4 * i);
    if (target >= node_count) {
      return Corrupt(where, "target", node_count ? node_count - 1 : 0, target);
    }
    graph.references_.push_back(target);
  }
  return graph;
}

std::string ReferenceGraph::Dump() const {
  std::string out = "module " + module_ + "\n";
  const auto label = [this](uint32_t index) {
    return nodes_[index].name.empty() ? "#" + std::to_string(index)
                                      : nodes_[index].name;
  };
  for (uint32_t i = 0; i < nodes_.size(); ++i) {
    const GraphNode& node = nodes_[i];
    out += kKindNames[static_cast<int>(node.kind)];
    if (node.kind != NodeKind::kConstant) {
      out += ' ';
      out += kLinkageNames[static_cast<int>(node.linkage)];
      out += ' ';
      out += kVisibilityNames[static_cast<int>(node.visibility)];
    }
    out += ' ' + label(i);
    if (node.kind == NodeKind::kFunction || node.kind == NodeKind::kVariable) {
      out += " size=" + std::to_string(node.size);
    }
    if (node.comdat) out += " comdat=" + std::to_string(node.comdat);
    const char* separator = " flags=";
    for (int bit = 0; bit < 9; ++bit) {
      if (!(node.flags >> bit & 1)) continue;
      out += separator;
      out += kFlagNames[bit];
      separator = ",";
    }
    if (node.reference_count) out += " ->";
    for (uint32_t r = 0; r < node.reference_count; ++r) {
      out += ' ' + label(references_[node.first_reference + r]);
    }
    out += '\n';
  }
  return out;
}

}  // namespace dfe
