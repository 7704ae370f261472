// Members appended to archives are there, and a failure changes nothing.
#include "dfe/dispatch/archive_append.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace dfe::dispatch {
namespace {

class ArchiveAppendTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "/archive" + std::to_string(getpid());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << text;
    return folder_ + "/" + name;
  }
  std::string Read(const std::string& path) {
    std::ostringstream out;
    out << std::ifstream(path, std::ios::binary).rdbuf();
    return out.str();
  }
  std::string folder_;
};

TEST_F(ArchiveAppendTest, MembersStandAtEvenOffsetsAndCanBeExtracted) {
  std::string object = Write("a.o", "odd");
  std::string archive = folder_ + "/lib.a";
  ASSERT_EQ(system(("ar qc " + archive + " " + object).c_str()), 0);
  std::string first = Write("1.bc", "12345");
  std::string second = Write("2.bc", "1234567");
  ASSERT_TRUE(AppendMembers(archive, {first, second}));
  ASSERT_EQ(system(("cd " + folder_ + " && ar x lib.a").c_str()), 0);
  EXPECT_EQ(Read(folder_ + "/dfe0.bc"), "12345");
  EXPECT_EQ(Read(folder_ + "/dfe1.bc"), "1234567");
  EXPECT_EQ(Read(folder_ + "/a.o"), "odd");
}

TEST_F(ArchiveAppendTest, WhatIsNoArchiveIsUntouched) {
  std::string other = Write("lib.a", "not an archive");
  EXPECT_FALSE(AppendMembers(other, {Write("1.bc", "x")}));
  EXPECT_EQ(Read(other), "not an archive");
}

TEST_F(ArchiveAppendTest, AMissingMemberLeavesTheArchiveAsItWas) {
  std::string archive = Write("lib.a", "!<arch>\n");
  EXPECT_FALSE(AppendMembers(archive, {folder_ + "/absent.bc"}));
  EXPECT_EQ(Read(archive), "!<arch>\n");
  EXPECT_EQ(FilesIn(folder_, ".a").size(), 1u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(ArchiveAppendTest, NothingToAppendIsNoWork) {
  EXPECT_TRUE(AppendMembers("/no/such/archive", {}));
}

}  // namespace
}  // namespace dfe::dispatch
