#include "dfe/store/header_bans.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "dfe/format/envelope.h"
#include "dfe/store/cache_folders.h"
#include "store_testing.h"

namespace dfe::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class HeaderBansTest : public ::testing::Test {
 protected:
  HeaderBansTest() : root_(folder_ / "cache") {
    std::filesystem::create_directories(root_);
  }
  std::string FileOf(const std::string& project) const {
    return root_ + "/bans/" + HashName(project) + ".bans";
  }
  std::vector<std::string> Bans(const std::string& project) const {
    absl::StatusOr<std::vector<std::string>> bans =
        LoadHeaderBans(root_, project);
    EXPECT_TRUE(bans.ok()) << bans.status();
    return bans.ok() ? *bans : std::vector<std::string>();
  }

  TemporaryFolder folder_;
  std::string root_;
};

TEST_F(HeaderBansTest, EachProjectHasItsOwnOnce) {
  EXPECT_THAT(Bans("/p"), IsEmpty());
  for (const char* header : {"/i/a.h", "/i/with\nlines.h", "/i/a.h"}) {
    ASSERT_TRUE(AddHeaderBan(root_, "/p", header).ok());
  }
  ASSERT_TRUE(AddHeaderBan(root_, "/q", "/i/b.h").ok());
  EXPECT_THAT(Bans("/p"), ElementsAre("/i/a.h", "/i/with\nlines.h"));
  EXPECT_THAT(Bans("/q"), ElementsAre("/i/b.h"));
}

TEST_F(HeaderBansTest, TheyOutliveAllThatCanBeMadeAgain) {
  ASSERT_TRUE(AddHeaderBan(root_, "/p", "/i/a.h").ok());
  for (CleanTarget target : {CleanTarget::kHeaders, CleanTarget::kObjects,
                             CleanTarget::kLto, CleanTarget::kIndex}) {
    EXPECT_TRUE(Clean(root_, target).ok());
  }
  EXPECT_TRUE(Prune(root_, 0, absl::ZeroDuration()).ok());
  EXPECT_THAT(Bans("/p"), ElementsAre("/i/a.h"));
  EXPECT_TRUE(Clean(root_, CleanTarget::kBans).ok());
  EXPECT_THAT(Bans("/p"), IsEmpty());
  ASSERT_TRUE(AddHeaderBan(root_, "/p", "/i/a.h").ok());
  EXPECT_TRUE(Clean(root_, CleanTarget::kAll).ok());
  EXPECT_FALSE(Exists(root_ + "/bans"));
}

TEST_F(HeaderBansTest, DamageIsNoEmptyList) {
  ASSERT_TRUE(AddHeaderBan(root_, "/p", "/i/a.h").ok());
  const std::string whole = ReadText(FileOf("/p"));
  for (size_t size = 0; size < whole.size(); ++size) {
    WriteText(FileOf("/p"), whole.substr(0, size));
    EXPECT_FALSE(LoadHeaderBans(root_, "/p").ok()) << size;
    std::string flipped = whole;
    flipped[size] = static_cast<char>(flipped[size] ^ 1);
    WriteText(FileOf("/p"), flipped);
    EXPECT_FALSE(LoadHeaderBans(root_, "/p").ok()) << size;
  }
  absl::Status status = AddHeaderBan(root_, "/p", "/i/b.h");
  EXPECT_THAT(status.message(), HasSubstr("checksum: expected "));
  EXPECT_THAT(status.message(), HasSubstr("`dfe clean bans` forgets it"));
  WriteText(FileOf("/p"), whole);
  EXPECT_THAT(Bans("/p"), ElementsAre("/i/a.h"));
}

TEST_F(HeaderBansTest, AnotherProjectsFileOrNoFileIsAnError) {
  ASSERT_TRUE(AddHeaderBan(root_, "/q", "/i/a.h").ok());
  std::filesystem::copy(FileOf("/q"), FileOf("/p"));
  EXPECT_FALSE(LoadHeaderBans(root_, "/p").ok());
  std::filesystem::remove(FileOf("/p"));
  std::filesystem::create_directory(FileOf("/p"));
  EXPECT_FALSE(LoadHeaderBans(root_, "/p").ok());
  std::filesystem::remove(FileOf("/p"));
  std::filesystem::create_symlink("nowhere", FileOf("/p"));
  EXPECT_FALSE(LoadHeaderBans(root_, "/p").ok());
}

TEST_F(HeaderBansTest, WhatMayNotBeReadIsAnError) {
  ASSERT_TRUE(AddHeaderBan(root_, "/p", "/i/a.h").ok());
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);
  chmod(FileOf("/p").c_str(), 0);
  EXPECT_TRUE(InChild([&] { return !LoadHeaderBans(root_, "/p").ok(); }));
  chmod(FileOf("/p").c_str(), 0644);
  chmod((root_ + "/bans").c_str(), 0);
  EXPECT_TRUE(InChild([&] { return !LoadHeaderBans(root_, "/p").ok(); }));
  chmod((root_ + "/bans").c_str(), 0755);
  EXPECT_TRUE(InChild([&] { return LoadHeaderBans(root_, "/p").ok(); }));
}

TEST_F(HeaderBansTest, OneProjectIsForgotten) {
  ASSERT_TRUE(AddHeaderBan(root_, "/p", "/i/a.h").ok());
  ASSERT_TRUE(AddHeaderBan(root_, "/p/build", "/i/a.h").ok());
  ASSERT_TRUE(AddHeaderBan(root_, "/p/build", "/i/b.h").ok());
  ASSERT_TRUE(AddHeaderBan(root_, "/q", "/i/a.h").ok());
  EXPECT_EQ(*ClearHeaderBans(root_, "/p"), 3);
  EXPECT_EQ(*ClearHeaderBans(root_, "/p"), 0);
  EXPECT_THAT(Bans("/p/build"), IsEmpty());
  EXPECT_THAT(Bans("/q"), ElementsAre("/i/a.h"));
  WriteText(FileOf("/q"), "damaged");
  EXPECT_EQ(*ClearHeaderBans(root_, ""), 1);
  EXPECT_THAT(Bans("/q"), IsEmpty());
}

}  // namespace
}  // namespace dfe::store
