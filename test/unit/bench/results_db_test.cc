#include "dfe/bench/results_db.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "bench_testing.h"

namespace dfe::bench {
namespace {

using ::testing::HasSubstr;

BenchResult FullResult() {
  BenchResult r = GoodResult();
  r.warmup = 2;
  r.output_ignore = "[0-9]+ ms";
  r.allowed = {true, false, true, false};
  r.notes = {"first", "second"};
  r.sides[0].environment = {{"A", "1"}, {"B", "2=3"}};
  r.sides[1].builds[3].stripped_bytes = -1;
  r.sides[1].builds[1].still_running = 4;
  r.sides[1].check_outcome = CheckOutcome::kFailed;
  r.sides[0].builds[0].wall_seconds = 0.1 + 0.2;  // needs all 17 digits
  r.sides.push_back(r.sides[1]);
  r.sides[2].label = "lto-off";
  r.sameness.push_back({false, "byte 3", std::nullopt, ""});
  return r;
}

void AddTo(const std::string& path, const BenchResult& r) {
  auto db = ResultsDb::Open(path, true);
  ASSERT_TRUE(db.ok()) << db.status();
  absl::Status added = db->Add(r);
  ASSERT_TRUE(added.ok()) << added;
}

TEST(ResultsDb, RoundTripKeepsEveryFact) {
  const std::string path = NewFolder() + "/r.db";
  AddTo(path, FullResult());
  auto db = ResultsDb::Open(path, false);
  ASSERT_TRUE(db.ok()) << db.status();
  auto all = db->LoadAll();
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_EQ(all->size(), 1u);
  EXPECT_EQ(FactsToJson((*all)[0]), FactsToJson(FullResult()));
}

TEST(ResultsDb, SessionsComeOldestFirst) {
  const std::string path = NewFolder() + "/r.db";
  BenchResult newer = GoodResult();
  newer.date = "2026-04-01T00:00:00Z";
  AddTo(path, newer);
  AddTo(path, GoodResult());
  auto all = ResultsDb::Open(path, false)->LoadAll();
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ((*all)[1].date, newer.date);
}

TEST(ResultsDb, EveryFactIsInTheFingerprint) {
  const std::string base = Fingerprint(GoodResult());
  EXPECT_EQ(base, Fingerprint(GoodResult()));
  BenchResult r = GoodResult();
  r.sides[0].runs[4].user_seconds += 1e-9;
  EXPECT_NE(Fingerprint(r), base);
  r = GoodResult();
  r.sameness[0].output = std::nullopt;
  EXPECT_NE(Fingerprint(r), base);
}

TEST(ResultsDb, EditedSampleIsRefused) {
  const std::string path = NewFolder() + "/r.db";
  AddTo(path, GoodResult());
  ASSERT_TRUE(SqliteDatabase::Open(path)
                  ->Execute("UPDATE build_sample SET wall_seconds=0.5 "
                            "WHERE side=0 AND round=2")
                  .ok());
  auto db = ResultsDb::Open(path, false);
  ASSERT_TRUE(db.ok()) << db.status();
  absl::Status refused = db->LoadAll().status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(refused.message()), HasSubstr(path));
}

TEST(ResultsDb, EveryFlippedBitIsSeenOrHarmless) {
  const std::string folder = NewFolder();
  const std::string path = folder + "/r.db";
  AddTo(path, GoodResult());
  const std::string good = ReadAll(path);
  const auto facts = FactsToJson(GoodResult());
  int seen = 0;
  for (size_t at = 0; at < good.size(); at += 61) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    const std::string copy = folder + "/flipped.db";
    WriteAll(copy, bad);
    auto db = ResultsDb::Open(copy, false);
    auto all = db.ok() ? db->LoadAll()
                       : absl::StatusOr<std::vector<BenchResult>>(db.status());
    if (!all.ok()) {
      ++seen;
      EXPECT_THAT(std::string(all.status().message()), HasSubstr(copy));
    } else if (all->empty()) {
      ADD_FAILURE() << "byte " << at << ": the session vanished silently";
    } else {
      EXPECT_EQ(FactsToJson((*all)[0]), facts) << "byte " << at;
    }
  }
  EXPECT_GT(seen, 20);
}

TEST(ResultsDb, TruncatedFileIsAnErrorAndStaysAsItIs) {
  const std::string path = NewFolder() + "/r.db";
  AddTo(path, GoodResult());
  const std::string good = ReadAll(path);
  for (size_t size : {size_t{50}, good.size() / 2, good.size() - 1}) {
    WriteAll(path, good.substr(0, size));
    auto db = ResultsDb::Open(path, true);
    ASSERT_FALSE(db.ok()) << size;
    EXPECT_EQ(db.status().code(), absl::StatusCode::kDataLoss) << db.status();
    EXPECT_THAT(std::string(db.status().message()), HasSubstr(path));
    EXPECT_EQ(ReadAll(path), good.substr(0, size));
  }
}

TEST(ResultsDb, ForeignFilesAreRefusedAndStayAsTheyAre) {
  const std::string folder = NewFolder();
  const std::string text = folder + "/notes.txt";
  WriteAll(text, "my notes, which are much longer than nothing at all\n");
  const std::string other = folder + "/other.db";
  ASSERT_TRUE(
      SqliteDatabase::Open(other)->Execute("CREATE TABLE session(id)").ok());
  for (const std::string& path : {text, other}) {
    const std::string before = ReadAll(path);
    auto db = ResultsDb::Open(path, true);
    ASSERT_FALSE(db.ok()) << path;
    EXPECT_THAT(std::string(db.status().message()), HasSubstr(path));
    EXPECT_EQ(ReadAll(path), before);
  }
}

TEST(ResultsDb, MissingFileIsNotMadeForReading) {
  const std::string path = NewFolder() + "/none.db";
  EXPECT_EQ(ResultsDb::Open(path, false).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace dfe::bench
