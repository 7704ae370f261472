// What happens to an index that is damaged, foreign, newer, or cannot be
// written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "dfe/base/sqlite.h"
#include "dfe/store/store.h"
#include "store_testing.h"

namespace dfe::store {
namespace {

using ::testing::HasSubstr;

class DamageTest : public ::testing::Test {
 protected:
  // Fills an index and closes it, so that all is in one file.
  void Fill() {
    auto store = Store::Open(folder_.path());
    ASSERT_TRUE(store.ok()) << store.status();
    std::vector<dispatch::UnitEvent> units;
    for (int i = 0; i < 100; ++i) {
      units.push_back(Unit("crate" + std::to_string(i), i));
    }
    ASSERT_TRUE(
        store->FinishBuild(0, Build(), units, {{"top", "t", 1, 1}}).ok());
    ASSERT_TRUE(store->Ban("/p", "late", "reason").ok());
  }

  // Expects that the index starts anew and the old one is kept as it was.
  void ExpectFreshStart(const std::string& reason) {
    std::string old = ReadText(Index());
    auto store = Store::Open(folder_.path());
    ASSERT_TRUE(store.ok()) << store.status();
    EXPECT_THAT(store->warning(), HasSubstr(reason));
    EXPECT_THAT(store->warning(), HasSubstr("index.db.bad"));
    EXPECT_EQ(store->warning().find('\n'), std::string::npos);
    EXPECT_EQ(ReadText(Index() + ".bad"), old);
    EXPECT_FALSE(store->LastBuild("/p")->has_value());
    ASSERT_TRUE(store->FinishBuild(0, Build(), {}, {}).ok());
    auto again = Store::Open(folder_.path());
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again->warning(), "");
    EXPECT_TRUE(again->LastBuild("/p")->has_value());
  }

  std::string Index() const { return folder_ / "index.db"; }
  TemporaryFolder folder_;
};

TEST_F(DamageTest, NoDatabase) {
  WriteText(Index(), "this is a text, and long enough to be looked at\n");
  ExpectFreshStart("not a database");
}

TEST_F(DamageTest, Truncated) {
  Fill();
  std::string bytes = ReadText(Index());
  ASSERT_GT(bytes.size(), 20000u);
  WriteText(Index(), bytes.substr(0, bytes.size() / 2));
  ExpectFreshStart("malformed");
}

TEST_F(DamageTest, EmptyFileIsANewIndex) {
  WriteText(Index(), "");
  auto store = Store::Open(folder_.path());
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ(store->warning(), "");
  EXPECT_FALSE(Exists(Index() + ".bad"));
}

TEST_F(DamageTest, Foreign) {
  {
    auto other = SqliteDatabase::Open(Index());
    ASSERT_TRUE(other->Execute("CREATE TABLE theirs(x)").ok());
  }
  ExpectFreshStart("another program");
}

TEST_F(DamageTest, Newer) {
  Fill();
  {
    auto database = SqliteDatabase::Open(Index());
    ASSERT_TRUE(database->Execute("PRAGMA user_version=3").ok());
  }
  ExpectFreshStart("expected schema version 2, got 3");
}

TEST_F(DamageTest, OtherTablesUnderOurIdentity) {
  Fill();
  {
    auto database = SqliteDatabase::Open(Index());
    ASSERT_TRUE(database->Execute("ALTER TABLE bans RENAME TO bens").ok());
  }
  ExpectFreshStart("the tables differ");
}

TEST_F(DamageTest, AnOlderBadFileIsReplaced) {
  WriteText(Index() + ".bad", "older");
  WriteText(Index() + ".bad-wal", "older");
  WriteText(Index(), "not a database, but a text of some length, really");
  ExpectFreshStart("not a database");
  EXPECT_FALSE(Exists(Index() + ".bad-wal"));
}

TEST_F(DamageTest, JournalsDoNotReachTheFreshFile) {
  for (const char* suffix : {"-wal", "-shm", "-journal"}) {
    WriteText(Index() + suffix, "left behind");
  }
  WriteText(Index(), "not a database, but a text of some length, really");
  ExpectFreshStart("not a database");
  for (const char* suffix : {"-wal", "-shm", "-journal"}) {
    EXPECT_NE(ReadText(Index() + suffix), "left behind") << suffix;
  }
}

// Whatever bit flips: the index opens, fresh or not, and every question gets
// an answer.
TEST_F(DamageTest, AnyFlippedBit) {
  Fill();
  const std::string good = ReadText(Index());
  int started_over = 0;
  for (size_t i = 0; i < 250; ++i) {
    // The header densely, the rest in even steps.
    size_t byte = i < 100 ? i : 100 + (i - 100) * (good.size() - 100) / 150;
    std::string bad = good;
    bad[byte] = static_cast<char>(bad[byte] ^ (1 << (i % 8)));
    WriteText(Index(), bad);
    std::filesystem::remove(Index() + "-wal");
    std::filesystem::remove(Index() + "-shm");
    auto store = Store::Open(folder_.path());
    ASSERT_TRUE(store.ok()) << "byte " << byte << ": " << store.status();
    started_over += store->warning().empty() ? 0 : 1;
    EXPECT_TRUE(store->LastBuild("/p").ok()) << byte;
    EXPECT_TRUE(store->UnitCosts("/p", "release", "late").ok()) << byte;
    EXPECT_TRUE(store->Links(1).ok()) << byte;
    EXPECT_TRUE(store->Bans().ok()) << byte;
    EXPECT_TRUE(store->FinishBuild(0, Build(), {Unit("a", 1)}, {}).ok())
        << byte;
  }
  EXPECT_GT(started_over, 20);
}

TEST_F(DamageTest, ReadOnlyFolderIsAnError) {
  Fill();
  ASSERT_EQ(chmod(Index().c_str(), 0444), 0);
  ASSERT_EQ(chmod(folder_.path().c_str(), 0555), 0);
  EXPECT_TRUE(InChild([this] {
    absl::Status status = Store::Open(folder_.path()).status();
    EXPECT_FALSE(status.ok());
    absl::Status below = Store::Open(folder_ / "below").status();
    EXPECT_EQ(below.code(), absl::StatusCode::kPermissionDenied) << below;
    return !status.ok() && !below.ok();
  }));
  ASSERT_EQ(chmod(folder_.path().c_str(), 0755), 0);
  EXPECT_FALSE(Exists(Index() + ".bad"));
  EXPECT_TRUE((*Store::Open(folder_.path())).LastBuild("/p")->has_value());
}

// Without WAL sqlite3 needs no file beside the index to read it.
TEST_F(DamageTest, ReadOnlyFileWithoutWalIsAnError) {
  Fill();
  {
    auto database = SqliteDatabase::Open(Index());
    ASSERT_TRUE(database->Execute("PRAGMA journal_mode=DELETE").ok());
  }
  ASSERT_EQ(chmod(Index().c_str(), 0444), 0);
  EXPECT_TRUE(InChild([this] {
    absl::Status status = Store::Open(folder_.path()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << status;
    return absl::IsPermissionDenied(status);
  }));
  EXPECT_FALSE(Exists(Index() + ".bad"));
}

TEST_F(DamageTest, AFileInPlaceOfTheFolderIsAnError) {
  WriteText(folder_ / "file", "x");
  EXPECT_FALSE(Store::Open(folder_ / "file").ok());
  EXPECT_FALSE(Store::Open(folder_ / "file/below").ok());
  EXPECT_EQ(Store::Open("").status().code(), absl::StatusCode::kNotFound);
}

// A disk is simulated that takes no file beyond `bytes`.
void LimitFileSize(rlim_t bytes) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{bytes, bytes};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

TEST_F(DamageTest, FullDiskAtOpenIsAnError) {
  ASSERT_EQ(chmod(folder_.path().c_str(), 0777), 0);
  EXPECT_TRUE(InChild([this] {
    LimitFileSize(2048);
    return !Store::Open(folder_.path()).ok();
  }));
  EXPECT_FALSE(Exists(Index() + ".bad"));
  auto store = Store::Open(folder_.path());  // the disk has room again
  // What the other user left may be not ours to write, but is never damage.
  EXPECT_TRUE(store.ok() || !absl::IsDataLoss(store.status()));
}

TEST_F(DamageTest, FullDiskAtTheEndOfABuildKeepsWhatWas) {
  ASSERT_EQ(chmod(folder_.path().c_str(), 0777), 0);
  EXPECT_TRUE(InChild([this] {
    auto store = Store::Open(folder_.path());
    if (!store.ok()) return false;
    if (!store->FinishBuild(0, Build(7, 7), {}, {}).ok()) return false;
    LimitFileSize(256 << 10);
    std::vector<dispatch::UnitEvent> units(20000, Unit("some_crate_name", 5));
    if (store->FinishBuild(0, Build(8, 8), units, {}).ok()) return false;
    auto last = store->LastBuild("/p");
    return last.ok() && last->has_value() && (*last)->wall_us == 7;
  }));
  EXPECT_TRUE(InChild([this] {
    auto store = Store::Open(folder_.path());
    if (!store.ok() || !store->warning().empty()) return false;
    return (*store->LastBuild("/p"))->wall_us == 7 &&
           store->FinishBuild(0, Build(9, 9), {}, {}).ok();
  }));
}

}  // namespace
}  // namespace dfe::store
