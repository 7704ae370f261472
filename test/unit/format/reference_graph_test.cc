// Reference graphs: contents, text, and every way in which a file can be wrong.
#include "dfe/format/reference_graph.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "dfe/format/envelope.h"

namespace dfe {
namespace {

ReferenceGraph Sample() {
  ReferenceGraph graph("crate.0");
  GraphNode function;
  function.name = "main";
  function.size = 3;
  function.flags = kRoot | kAsmNamed;
  graph.AddNode(function, {1, 2});
  GraphNode variable;
  variable.kind = NodeKind::kVariable;
  variable.linkage = NodeLinkage::kInternal;
  variable.visibility = NodeVisibility::kHidden;
  variable.name = "table";
  variable.comdat = 1;
  graph.AddNode(variable, {});
  GraphNode constant;
  constant.kind = NodeKind::kConstant;
  graph.AddNode(constant, {0, 1});
  return graph;
}

FormatErrorKind KindOf(std::string_view bytes, std::string_view identity = "") {
  auto parsed = ReferenceGraph::Parse(bytes, "f", identity);
  auto* error = std::get_if<FormatError>(&parsed);
  EXPECT_NE(error, nullptr);
  return error ? error->kind : FormatErrorKind::kIo;
}

TEST(ReferenceGraph, PrintsOneLinePerNode) {
  EXPECT_EQ(Sample().Dump(),
            "module crate.0\n"
            "function external default main size=3 flags=asm,root -> table #2\n"
            "variable internal hidden table size=0 comdat=1\n"
            "constant #2 -> main table\n");
}

TEST(ReferenceGraph, SurvivesAFile) {
  const std::string path =
      testing::TempDir() + "/dfe_graph" + std::to_string(getpid());
  ASSERT_FALSE(Sample().Save(path, "rustc 1").has_value());
  auto loaded = ReferenceGraph::Load(path, "rustc 1");
  ASSERT_TRUE(std::holds_alternative<ReferenceGraph>(loaded));
  EXPECT_EQ(std::get<ReferenceGraph>(loaded).Dump(), Sample().Dump());
  EXPECT_EQ(KindOf(Sample().Serialize("rustc 1"), "rustc 2"),
            FormatErrorKind::kIdentity);
}

TEST(ReferenceGraph, EveryTruncationIsFound) {
  const std::string bytes = Sample().Serialize("rustc 1");
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(KindOf(std::string_view(bytes).substr(0, size)),
              FormatErrorKind::kTruncated)
        << size;
  }
}

TEST(ReferenceGraph, EveryFlippedBitIsFound) {
  const std::string bytes = Sample().Serialize("rustc 1");
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    auto parsed = ReferenceGraph::Parse(damaged, "f", "");
    EXPECT_TRUE(std::holds_alternative<FormatError>(parsed)) << bit;
  }
}

// The checksum is right here, so these reach the checks behind it.
TEST(ReferenceGraph, ImpossiblePayloadsAreCorrupt) {
  const std::string sealed = Sample().Serialize("");
  const std::string payload = sealed.substr(24, sealed.size() - 32);
  const struct {
    size_t offset;
    char value;
  } kDamages[] = {
      {0, 4},          // one node more than there is
      {4, 9},          // more references than there are
      {12, 127},       // a module name longer than all strings
      {16, 5},         // a kind that does not exist
      {17, 11},        // a linkage that does not exist
      {18, 3},         // a visibility that does not exist
      {19, 1},         // the reserved byte
      {16 + 6, 1},     // a flag that does not exist
      {16 + 16, 127},  // a name outside of the strings
      {16 + 28, 1},    // too few references in sum
      {16 + 96, 3},    // a target that does not exist
  };
  for (const auto& damage : kDamages) {
    std::string damaged = payload;
    damaged[damage.offset] = damage.value;
    EXPECT_EQ(KindOf(SealEnvelope("DFEGRAPH", 1, "", damaged)),
              FormatErrorKind::kCorrupt)
        << damage.offset;
  }
  EXPECT_EQ(KindOf(SealEnvelope("DFEGRAPH", 1, "", "")),
            FormatErrorKind::kCorrupt);
}

TEST(ReferenceGraph, ForeignAndVersionAreTheirOwnFaults) {
  EXPECT_EQ(KindOf("\x7f"
                   "ELF"),
            FormatErrorKind::kForeign);
  EXPECT_EQ(KindOf(SealEnvelope("DFEGRAPH", 2, "", "")),
            FormatErrorKind::kVersion);
}

}  // namespace
}  // namespace dfe
