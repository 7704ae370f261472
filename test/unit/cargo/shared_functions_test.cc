// Which functions libraries are asked to compile because several leaves need
// them.
#include "dfe/build/seeds.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace dfe {
namespace {

constexpr char kHead[] = "rustc-dead-fn-elimination 1 1.2.3 (abc)\n";
constexpr char kVersion[] = "1.2.3 (abc)";

std::string Hash(char digit) { return std::string(32, digit) + "\n"; }

class ShareNeedsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "/needs" + std::to_string(getpid());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    out_ = folder_ + "/shared.deferred";
  }
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name) << text;
  }
  std::string Shared() {
    std::ostringstream text;
    text << std::ifstream(out_).rdbuf();
    return text.str();
  }
  std::string folder_;
  std::string out_;
};

TEST_F(ShareNeedsTest, WhatTwoLeavesNeedIsShared) {
  Write("a.needs", kHead + Hash('1') + Hash('2') + "end\n");
  EXPECT_EQ(*ShareNeeds(folder_, kVersion, out_), 0u);
  EXPECT_FALSE(std::filesystem::exists(out_));
  Write("b.needs", kHead + Hash('2') + Hash('3') + "end\n");
  Write("c.needs", kHead + Hash('3') + Hash('4') + "end\n");
  EXPECT_EQ(*ShareNeeds(folder_, kVersion, out_), 2u);
  EXPECT_EQ(Shared(), kHead + Hash('2') + Hash('3') + "end\n");
}

TEST_F(ShareNeedsTest, WhatIsSharedIsNotNamedAgainAndStays) {
  Write("a.needs", kHead + Hash('1') + Hash('5') + "end\n");
  Write("b.needs", kHead + Hash('5') + "end\n");
  Write("shared.deferred", kHead + Hash('2') + "end\n");
  EXPECT_EQ(*ShareNeeds(folder_, kVersion, out_), 2u);
  EXPECT_EQ(Shared(), kHead + Hash('2') + Hash('5') + "end\n");
}

TEST_F(ShareNeedsTest, DamagedFilesAndOtherCompilersDoNotCount) {
  const std::string good = kHead + Hash('1') + "end\n";
  Write("a.needs", good);
  for (const std::string& bad :
       {std::string(), kHead + Hash('1'), kHead + std::string("1\nend\n"),
        kHead + Hash('x') + "end\n",
        "rustc-dead-fn-elimination 1 1.2.4\n" + Hash('1') + "end\n"}) {
    Write("b.needs", bad);
    Write("shared.deferred", bad);
    EXPECT_EQ(*ShareNeeds(folder_, kVersion, out_), 0u) << bad;
    EXPECT_FALSE(std::filesystem::exists(out_));
  }
}

TEST_F(ShareNeedsTest, AFolderThatCannotBeWrittenToIsAnError) {
  Write("a.needs", kHead + Hash('1') + "end\n");
  Write("b.needs", kHead + Hash('1') + "end\n");
  EXPECT_FALSE(ShareNeeds(folder_, kVersion, folder_ + "/none/file").ok());
}

}  // namespace
}  // namespace dfe
