// What a plan depends on; files that are none.
#include "dfe/headers/plan_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "dfe/format/byte_stream.h"
#include "dfe/format/envelope.h"
#include "record_testing.h"

namespace dfe::headers {
namespace {

constexpr char kText[] = "> a.h\n? X 0\n<\n> b.h\n<\ncode";

struct Units {
  Units() : records(4, RecordOf(kText)) {
    for (HeaderRecord& record : records) {
      for (HeaderRecord::File& file : record.files) file.tokens = 1'000'000;
      PlannedUnit unit;
      unit.group = "/f\nc++";
      unit.record = &record;
      units.push_back(unit);
    }
  }
  Units(const Units&) = delete;
  std::string Key() const { return PlanKey(units, banned); }
  std::vector<HeaderRecord> records;
  std::vector<PlannedUnit> units;
  std::vector<std::string> banned;
};

TEST(PlanKey, HoldsWhatAPlanDependsOn) {
  const std::string key = Units().Key();
  EXPECT_EQ(Units().Key(), key);
  std::vector<std::string> keys = {key};
  auto change = [&keys](auto what) {
    Units units;
    what(units);
    keys.push_back(units.Key());
  };
  change([](Units& u) { u.banned = {"/i/a.h"}; });
  change([](Units& u) { u.units[0].group += "\n-O2"; });
  change([](Units& u) { u.units[0].refusal = "x"; });
  change([](Units& u) { u.units[0].names_refusal = "x"; });
  change([](Units& u) { u.units[0].files = 2; });
  change([](Units& u) { u.units[0].macros = {{"X", "-DX"}}; });
  change([](Units& u) { u.units[0].record = nullptr; });
  change([](Units& u) { u.units.pop_back(); });
  change([](Units& u) { ++u.records[0].files[1].content; });
  change([](Units& u) { ++u.records[1].files[1].content; });
  change([](Units& u) { u.records[0].files[1].tokens *= 2; });
  change([](Units& u) { u.records[0].files[1].flags |= kFileDate; });
  change([](Units& u) { u.records[0].macros[0] += "_"; });
  change([](Units& u) { u.records[0].leading = {{"X", "#define X"}}; });
  change([](Units& u) { u.records[0].routes[0].spelled = "c.h"; });
  std::sort(keys.begin(), keys.end());
  EXPECT_EQ(std::unique(keys.begin(), keys.end()), keys.end());
}

// As after an edit that adds no #include.
TEST(PlanKey, HoldsNothingElse) {
  Units units;
  const std::string key = units.Key();
  HeaderRecord& record = units.records[0];
  ++record.files[0].content;
  ++record.files[0].tokens;
  ++record.files[1].tokens;
  ++record.files[1].modified_ns;
  ++record.files[1].own_us;
  ++record.routes[0].line;
  record.probes.push_back({"/none", ProbeKind::kAbsent});
  EXPECT_EQ(units.Key(), key);
  // An edit of a header that all have, which no macro shows.
  for (HeaderRecord& each : units.records) {
    each.files[1].content += 7;
    each.files[1].bytes += 20;
  }
  EXPECT_EQ(units.Key(), key);
}

std::string Folder(const std::string& name) {
  return absl::StrCat(testing::TempDir(), "/dfe_plan_", name, getpid());
}

HeaderPlan Known(Units* units, const std::string& cache) {
  return KnownPlan(units->units, {}, cache);
}

TEST(KnownPlan, IsThePlanAndIsTakenAgain) {
  Units units;
  const std::string cache = Folder("known");
  const HeaderPlan made = PlanHeaders(units.units, {});
  const HeaderPlan first = Known(&units, cache);
  const std::string path =
      absl::StrCat(cache, "/headers/plans/", units.Key(), ".dfeplan");
  ASSERT_TRUE(std::filesystem::exists(path));
  const HeaderPlan again = Known(&units, cache);
  EXPECT_EQ(Describe(again, units.units, true),
            Describe(made, units.units, true));
  EXPECT_EQ(SerializePlan(again, "k"), SerializePlan(made, "k"));
  EXPECT_FALSE(made.nodes.empty());
  // Another plan there, for the same key, is believed: nothing is made.
  HeaderPlan other = made;
  other.reason_of_unit[0] = "taken from the file";
  ASSERT_FALSE(WriteFileAtomically(path, SerializePlan(other, units.Key())));
  EXPECT_EQ(Known(&units, cache).reason_of_unit[0], "taken from the file");
  // A damaged one is not.
  std::ofstream(path, std::ios::app) << "x";
  EXPECT_EQ(Known(&units, cache).reason_of_unit[0], made.reason_of_unit[0]);
  // A folder that cannot be made.
  std::ofstream(cache + "/file") << "x";
  EXPECT_EQ(SerializePlan(Known(&units, cache + "/file"), "k"),
            SerializePlan(made, "k"));
  std::filesystem::remove_all(cache);
}

// The first frames say whether it is known; the rest is read to make it.
TEST(KnownPlan, ReadsRecordsToTheirEndOnlyToMakeOne) {
  const std::string cache = Folder("rests");
  Units units;
  const HeaderPlan made = PlanHeaders(units.units, {});
  auto keep_heads = [&units] {
    for (HeaderRecord& record : units.records) {
      const std::string bytes = record.Serialize("");
      auto head = HeaderRecord::ParseHead(
          bytes.substr(0, FirstFrameSize(bytes)), "", "");
      record = std::get<HeaderRecord>(head);
      ASSERT_TRUE(record.rest);
    }
  };
  const std::string key = units.Key();
  keep_heads();
  EXPECT_EQ(units.Key(), key);
  // No plan comes of heads alone.
  EXPECT_TRUE(PlanHeaders(units.units, {}).nodes.empty());
  const Units whole;
  std::atomic<int> asked = 0;
  for (size_t i = 0; i < units.units.size(); ++i) {
    units.units[i].whole = [&whole, &asked,
                            i]() -> std::optional<HeaderRecord> {
      ++asked;
      return whole.records[i];
    };
  }
  const std::function<std::optional<HeaderRecord>()> first =
      units.units[0].whole;
  units.units[0].whole = [] { return std::nullopt; };
  // One that lacks a record is not kept.
  EXPECT_EQ(Known(&units, cache).reason_of_unit[0], "no record");
  units.units[0].whole = first;
  asked = 0;
  EXPECT_EQ(SerializePlan(Known(&units, cache), ""), SerializePlan(made, ""));
  EXPECT_EQ(asked, static_cast<int>(units.units.size()));
  EXPECT_EQ(SerializePlan(Known(&units, cache), ""), SerializePlan(made, ""));
  EXPECT_EQ(asked, static_cast<int>(units.units.size()));
  std::filesystem::remove_all(cache);
}

TEST(ParsePlan, WhatIsNoPlanForTheKeyIsNothing) {
  const Units units;
  const std::string bytes = SerializePlan(PlanHeaders(units.units, {}), "key");
  ASSERT_TRUE(ParsePlan(bytes, "key", 4));
  EXPECT_FALSE(ParsePlan(bytes, "other", 4));
  EXPECT_FALSE(ParsePlan(bytes, "key", 3));
  EXPECT_FALSE(ParsePlan(bytes, "key", 5));
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(ParsePlan(bytes.substr(0, size), "key", 4)) << size;
  }
  for (size_t at = 0; at < bytes.size(); ++at) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ 4);
    EXPECT_FALSE(ParsePlan(flipped, "key", 4)) << at;
  }
  // Well framed, and short or wrong.
  auto opened = OpenEnvelope(bytes, "", "DFEHPLAN", 1, "key");
  const std::string payload(std::get<Envelope>(opened).payload);
  for (size_t size = 0; size < payload.size(); ++size) {
    EXPECT_FALSE(ParsePlan(
        SealEnvelope("DFEHPLAN", 1, "key", payload.substr(0, size)), "key", 4));
  }
  ByteWriter node;
  node.Number(1);
  node.Number(1);  // its own parent
  EXPECT_FALSE(
      ParsePlan(SealEnvelope("DFEHPLAN", 1, "key", node.out), "key", 4));
}

}  // namespace
}  // namespace dfe::headers
