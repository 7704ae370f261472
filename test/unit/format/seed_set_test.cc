// Seed sets: both forms, and every way in which a file can be wrong.
#include "dfe/format/seed_set.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "dfe/format/envelope.h"

namespace dfe {
namespace {

SeedSet Sample() {
  SeedSet set;
  for (const char* name : {"main", "_ZN4core3fmtE", "helper", "main"}) {
    set.Insert(name);
  }
  return set;
}

FormatErrorKind KindOf(std::string_view bytes, std::string_view identity = "") {
  auto parsed = SeedSet::Parse(bytes, "f", identity);
  auto* error = std::get_if<FormatError>(&parsed);
  EXPECT_NE(error, nullptr);
  return error ? error->kind : FormatErrorKind::kIo;
}

TEST(SeedSet, KeepsEachNameOnce) {
  const SeedSet set = Sample();
  EXPECT_EQ(set.size(), 3u);
  EXPECT_TRUE(set.Contains("helper"));
  EXPECT_FALSE(set.Contains("helpe"));
  EXPECT_FALSE(set.Contains(""));
}

TEST(SeedSet, SurvivesAFile) {
  const std::string path =
      testing::TempDir() + "/dfe_seeds" + std::to_string(getpid());
  ASSERT_FALSE(Sample().Save(path, "rustc 1").has_value());
  auto loaded = SeedSet::Load(path, "rustc 1");
  ASSERT_TRUE(std::holds_alternative<SeedSet>(loaded));
  EXPECT_EQ(std::get<SeedSet>(loaded).hashes(), Sample().hashes());
  EXPECT_TRUE(std::holds_alternative<FormatError>(
      SeedSet::Load(path + ".missing", "")));
}

TEST(SeedSet, ReadsText) {
  auto parsed = SeedSet::Parse(
      "# dfe seeds v1\n\n  main \r\n# not this\nhelper", "f", "any compiler");
  ASSERT_TRUE(std::holds_alternative<SeedSet>(parsed));
  const auto& set = std::get<SeedSet>(parsed);
  EXPECT_EQ(set.size(), 2u);
  EXPECT_TRUE(set.Contains("main"));
  EXPECT_TRUE(set.Contains("helper"));
  EXPECT_FALSE(set.Contains("not this"));
}

TEST(SeedSet, TextWithoutItsFirstLineIsForeign) {
  EXPECT_EQ(KindOf("main\nhelper\n"), FormatErrorKind::kForeign);
  EXPECT_EQ(KindOf("# seeds\nmain\n"), FormatErrorKind::kForeign);
}

TEST(SeedSet, EveryTruncationIsFound) {
  const std::string bytes = Sample().Serialize("rustc 1");
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(KindOf(std::string_view(bytes).substr(0, size)),
              FormatErrorKind::kTruncated)
        << size;
  }
}

TEST(SeedSet, EveryFlippedBitIsFound) {
  const std::string bytes = Sample().Serialize("rustc 1");
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    auto parsed = SeedSet::Parse(damaged, "f", "");
    EXPECT_TRUE(std::holds_alternative<FormatError>(parsed)) << bit;
  }
}

TEST(SeedSet, UnsortedOrMiscountedPayloadIsCorrupt) {
  std::string payload;
  AppendLittle64(payload, 2);
  AppendLittle64(payload, 9);
  AppendLittle64(payload, 9);
  EXPECT_EQ(KindOf(SealEnvelope("DFESEEDS", 1, "", payload)),
            FormatErrorKind::kCorrupt);
  payload[0] = 1;
  EXPECT_EQ(KindOf(SealEnvelope("DFESEEDS", 1, "", payload)),
            FormatErrorKind::kCorrupt);
  EXPECT_EQ(KindOf(SealEnvelope("DFESEEDS", 1, "", "")),
            FormatErrorKind::kCorrupt);
}

TEST(SeedSet, VersionAndIdentityAreTheirOwnFaults) {
  std::string payload;
  AppendLittle64(payload, 0);
  EXPECT_EQ(KindOf(SealEnvelope("DFESEEDS", 2, "", payload)),
            FormatErrorKind::kVersion);
  EXPECT_EQ(KindOf(Sample().Serialize("rustc 1"), "rustc 2"),
            FormatErrorKind::kIdentity);
}

}  // namespace
}  // namespace dfe
