#include "dfe/store/cache_folders.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/time/clock.h"
#include "dfe/store/store.h"
#include "store_testing.h"

namespace dfe::store {
namespace {

using ::testing::HasSubstr;

void SetAge(const std::string& path, absl::Duration age) {
  timespec then = absl::ToTimespec(absl::Now() - age);
  timespec times[2] = {then, then};
  ASSERT_EQ(utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
}

class CacheFoldersTest : public ::testing::Test {
 protected:
  CacheFoldersTest() : root_(folder_ / "cache") {
    WriteText(root_ + "/lto/a", std::string(100, 'a'));
    WriteText(root_ + "/lto/b", std::string(20, 'b'));
    WriteText(root_ + "/seeds/p/release/top.seeds", "12345");
    WriteText(root_ + "/maps/p/release/top.live", "123");
    WriteText(root_ + "/theirs.txt", "not ours");
  }

  TemporaryFolder folder_;
  std::string root_;
};

TEST_F(CacheFoldersTest, CleanTakesOneFolder) {
  EXPECT_EQ(*Clean(root_, CleanTarget::kLto), 120);
  EXPECT_FALSE(Exists(root_ + "/lto"));
  EXPECT_TRUE(Exists(root_ + "/seeds/p/release/top.seeds"));
  EXPECT_EQ(*Clean(root_, CleanTarget::kSeeds), 5);
  EXPECT_EQ(*Clean(root_, CleanTarget::kMaps), 3);
  EXPECT_EQ(*Clean(root_, CleanTarget::kMaps), 0);
  EXPECT_EQ(ReadText(root_ + "/theirs.txt"), "not ours");
}

// As the compiler writes them; one that was cut short is a file like others.
TEST_F(CacheFoldersTest, ObjectsAreCountedCleanedAndPruned) {
  WriteText(root_ + "/objects/0a.o", std::string(50, 'o'));
  WriteText(root_ + "/objects/0b.77.part", "12345");
  auto sizes = FolderSizes(root_);
  EXPECT_EQ((*sizes)[1].name, "objects");
  EXPECT_EQ((*sizes)[1].bytes, 55);
  SetAge(root_ + "/objects/0a.o", absl::Hours(24 * 40));
  EXPECT_EQ(*Prune(root_, -1, absl::Hours(24 * 30)), 50);
  EXPECT_TRUE(Exists(root_ + "/objects/0b.77.part"));
  EXPECT_EQ(*Clean(root_, CleanTarget::kObjects), 5);
  EXPECT_TRUE(Exists(root_ + "/lto/a"));
}

TEST_F(CacheFoldersTest, AFileInPlaceOfAFolderHarmsNothing) {
  WriteText(root_ + "/objects", "a file");
  EXPECT_EQ(*Prune(root_, 0, absl::InfiniteDuration()), 128);
  EXPECT_EQ((*FolderSizes(root_))[1].files, 0);
  EXPECT_EQ(*Clean(root_, CleanTarget::kObjects), 6);
}

TEST_F(CacheFoldersTest, CleanAllLeavesOthersFiles) {
  ASSERT_TRUE(Store::Open(root_).ok());
  WriteText(root_ + "/index.db.bad", "1234567");
  int64_t index = static_cast<int64_t>(ReadText(root_ + "/index.db").size());
  EXPECT_EQ(*Clean(root_, CleanTarget::kAll), 128 + index + 7);
  for (const char* name :
       {"lto", "seeds", "maps", "index.db", "index.db.bad", "index.lock"}) {
    EXPECT_FALSE(Exists(root_ + "/" + name)) << name;
  }
  EXPECT_EQ(ReadText(root_ + "/theirs.txt"), "not ours");
}

TEST_F(CacheFoldersTest, CleanIndexTakesADamagedOneToo) {
  WriteText(root_ + "/index.db", "not a database at all, only some text");
  EXPECT_EQ(*Clean(root_, CleanTarget::kIndex), 37);
  EXPECT_FALSE(Exists(root_ + "/index.db"));
}

TEST_F(CacheFoldersTest, CleanBansKeepsBuilds) {
  {
    auto store = Store::Open(root_);
    ASSERT_TRUE(store->FinishBuild(0, Build(), {}, {}).ok());
    ASSERT_TRUE(store->Ban("/p", "late", "reason").ok());
  }
  EXPECT_EQ(*Clean(root_, CleanTarget::kBans), 0);
  auto store = Store::Open(root_);
  EXPECT_TRUE(store->Bans()->empty());
  EXPECT_TRUE(store->LastBuild("/p")->has_value());
}

TEST_F(CacheFoldersTest, AnAbsentRootIsClean) {
  EXPECT_EQ(*Clean(folder_ / "none", CleanTarget::kAll), 0);
  EXPECT_EQ(*Prune(folder_ / "none", 0, absl::ZeroDuration()), 0);
  EXPECT_EQ(FolderSizes(folder_ / "none")->size(), 6u);
  EXPECT_FALSE(Exists(folder_ / "none"));
}

// Links of every kind, all pointing at things that must stay.
class EscapeTest : public CacheFoldersTest {
 protected:
  EscapeTest() {
    WriteText(folder_ / "outside/precious", "precious");
    WriteText(folder_ / "outside/below/precious", "precious");
    Link(folder_ / "outside", root_ + "/lto/folder");
    Link(folder_ / "outside/precious", root_ + "/lto/file");
    Link("../../outside", root_ + "/maps/relative");
    Link(folder_ / "nowhere", root_ + "/lto/dangling");
    std::string seeds = root_ + "/seeds";
    Clean(root_, CleanTarget::kSeeds).IgnoreError();
    Link(folder_ / "outside", seeds);  // the folder itself is a link
    Link(folder_ / "outside/precious", root_ + "/index.db.bad");
  }
  ~EscapeTest() override {
    EXPECT_EQ(ReadText(folder_ / "outside/precious"), "precious");
    EXPECT_EQ(ReadText(folder_ / "outside/below/precious"), "precious");
  }
  static void Link(const std::string& to, const std::string& at) {
    ASSERT_EQ(symlink(to.c_str(), at.c_str()), 0);
  }
};

TEST_F(EscapeTest, CleanRemovesLinksNotWhatTheyPointTo) {
  EXPECT_EQ(*Clean(root_, CleanTarget::kAll), 123);
  EXPECT_FALSE(Exists(root_ + "/lto"));
  EXPECT_FALSE(Exists(root_ + "/seeds"));
  EXPECT_FALSE(Exists(root_ + "/maps"));
  EXPECT_FALSE(Exists(root_ + "/index.db.bad"));
}

TEST_F(EscapeTest, PruneDoesNotFollowLinks) {
  EXPECT_EQ(*Prune(root_, 0, absl::InfiniteDuration()), 123);
  EXPECT_FALSE(Exists(root_ + "/lto/a"));
}

TEST_F(EscapeTest, SizesAreOfOurOwnFiles) {
  auto sizes = FolderSizes(root_);
  ASSERT_TRUE(sizes.ok());
  EXPECT_EQ((*sizes)[0].bytes, 120);
  EXPECT_EQ((*sizes)[0].files, 2);
  EXPECT_EQ((*sizes)[2].bytes, 0);
  EXPECT_EQ((*sizes)[4].bytes, 0);
}

TEST_F(EscapeTest, AnIndexThatIsALinkLosesOnlyTheLink) {
  Link(folder_ / "outside/precious", root_ + "/index.db");
  EXPECT_EQ(*Clean(root_, CleanTarget::kIndex), 0);
  EXPECT_FALSE(Exists(root_ + "/index.db"));
}

TEST_F(CacheFoldersTest, PruneByAge) {
  SetAge(root_ + "/lto/a", absl::Hours(50));
  SetAge(root_ + "/lto/b", absl::Hours(10));
  EXPECT_EQ(*Prune(root_, -1, absl::Hours(24)), 100);
  EXPECT_FALSE(Exists(root_ + "/lto/a"));
  EXPECT_TRUE(Exists(root_ + "/lto/b"));
  EXPECT_TRUE(Exists(root_ + "/theirs.txt"));
}

TEST_F(CacheFoldersTest, PruneBySizeTakesTheLongestUnusedFirst) {
  SetAge(root_ + "/lto/b", absl::Hours(3));
  SetAge(root_ + "/seeds/p/release/top.seeds", absl::Hours(2));
  SetAge(root_ + "/lto/a", absl::Hours(1));
  EXPECT_EQ(*Prune(root_, 103, absl::InfiniteDuration()), 25);
  EXPECT_FALSE(Exists(root_ + "/lto/b"));
  EXPECT_FALSE(Exists(root_ + "/seeds/p/release/top.seeds"));
  EXPECT_TRUE(Exists(root_ + "/lto/a"));
  EXPECT_TRUE(Exists(root_ + "/maps/p/release/top.live"));
}

TEST_F(CacheFoldersTest, PruneWithinLimitsTakesNothing) {
  EXPECT_EQ(*Prune(root_, 128, absl::Hours(24)), 0);
  EXPECT_EQ(*Prune(root_, -1, absl::InfiniteDuration()), 0);
  EXPECT_TRUE(Exists(root_ + "/lto/a"));
}

TEST_F(CacheFoldersTest, RecentReadingCountsAsUse) {
  SetAge(root_ + "/lto/a", absl::Hours(50));
  timespec times[2] = {absl::ToTimespec(absl::Now()), {0, UTIME_OMIT}};
  ASSERT_EQ(utimensat(AT_FDCWD, (root_ + "/lto/a").c_str(), times, 0), 0);
  EXPECT_EQ(*Prune(root_, -1, absl::Hours(24)), 0);
}

TEST_F(CacheFoldersTest, FilesWithAnotherNameFreeNothing) {
  ASSERT_EQ(link((root_ + "/lto/a").c_str(), (folder_ / "kept").c_str()), 0);
  EXPECT_EQ(*Clean(root_, CleanTarget::kLto), 20);
  EXPECT_EQ(ReadText(folder_ / "kept").size(), 100u);
}

TEST_F(CacheFoldersTest, ABottomlessFolderIsAnError) {
  std::string deep = root_ + "/lto";
  for (int i = 0; i < 40; ++i) deep += "/d";
  WriteText(deep + "/x", "x");
  EXPECT_EQ(Clean(root_, CleanTarget::kLto).status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(CleanTargetFromName, UnknownNamesTheNearest) {
  EXPECT_EQ(*CleanTargetFromName("seeds"), CleanTarget::kSeeds);
  EXPECT_EQ(*CleanTargetFromName("all"), CleanTarget::kAll);
  absl::Status status = CleanTargetFromName("sedes").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("did you mean 'seeds'?"));
  EXPECT_THAT(std::string(CleanTargetFromName("xyzzy").status().message()),
              ::testing::Not(HasSubstr("did you mean")));
}

}  // namespace
}  // namespace dfe::store
