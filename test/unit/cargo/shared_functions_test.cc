// Which functions libraries are asked to compile because several leaves need
// them.
#include "dfe/build/shared_functions.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace dfe {
namespace {

constexpr char kHead[] = "rustc-dead-fn-elimination 1 1.2.3 (abc)\n";
constexpr char kVersion[] = "1.2.3 (abc)";
constexpr char kRustc[] = "rustc 1.2.3 (abc)\nhost: here\n";

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
  EXPECT_EQ(*ShareNeeds(folder_, kRustc, out_), 0u);
  EXPECT_FALSE(std::filesystem::exists(out_));
  Write("b.needs", kHead + Hash('2') + Hash('3') + "end\n");
  EXPECT_EQ(*ShareNeeds(folder_, kRustc, out_), 1u);
  EXPECT_EQ(Shared(), kHead + Hash('2') + "end\n");
}

TEST_F(ShareNeedsTest, OfMoreLeavesWhatAnyNeedsIsCompiledAtHome) {
  Write("a.needs", kHead + Hash('1') + Hash('2') + "end\n");
  Write("b.needs", kHead + Hash('2') + "end\n");
  Write("c.needs", std::string(kHead) + "end\n");
  EXPECT_EQ(*ShareNeeds(folder_, kRustc, out_), 1u);
  Write("c.needs", kHead + Hash('3') + "end\n");
  EXPECT_EQ(*ShareNeeds(folder_, kRustc, out_), 3u);
  EXPECT_EQ(Shared(), kHead + Hash('1') + Hash('2') + Hash('3') + "end\n");
}

TEST_F(ShareNeedsTest, WhatIsSharedIsNotNamedAgainAndStays) {
  Write("a.needs", kHead + Hash('1') + Hash('5') + "end\n");
  Write("b.needs", kHead + Hash('5') + "end\n");
  Write("shared.deferred", kHead + Hash('2') + "end\n");
  EXPECT_EQ(*ShareNeeds(folder_, kRustc, out_), 2u);
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
    EXPECT_EQ(*ShareNeeds(folder_, kRustc, out_), 0u) << bad;
    EXPECT_FALSE(std::filesystem::exists(out_));
  }
}

TEST_F(ShareNeedsTest, AFolderThatCannotBeWrittenToIsAnError) {
  Write("a.needs", kHead + Hash('1') + "end\n");
  Write("b.needs", kHead + Hash('1') + "end\n");
  EXPECT_FALSE(ShareNeeds(folder_, kRustc, folder_ + "/none/file").ok());
}

// `a` calls what is inlined everywhere, through a closure; `b` is alone; `c`
// calls itself.
std::string Names() {
  return "rustc-dead-fn-names 1 1.2.3 (abc)\n" + std::string(32, 'a') +
         " sym_a 4\n" + std::string(32, 'b') + " sym_b\n" +
         std::string(32, 'c') + " sym_c 2 1\n" + std::string(32, 'd') +
         " sym_d\n- - 3\nend\n";
}

TEST_F(ShareNeedsTest, SymbolsOfTwoLeavesBringWhatTheyLeadTo) {
  Write("lib-1.names", Names());
  Write("x.seeds", "# dfe seeds\nsym_a\nsym_b\n");
  EXPECT_EQ(*ShareNeeds(folder_, kRustc, out_), 0u);
  Write("y.seeds", "# dfe seeds\nmain\nsym_a\n");
  EXPECT_EQ(*ShareNeeds(folder_, kRustc, out_), 2u);
  EXPECT_EQ(Shared(), kHead + Hash('a') + Hash('d') + "end\n");
}

TEST_F(ShareNeedsTest, ALeafThatIsKnownInBothWaysIsOne) {
  Write("lib-1.names", Names());
  Write("x.seeds", "# dfe seeds\nsym_a\nsym_c\n");
  Write("x.needs", kHead + Hash('a') + Hash('b') + "end\n");
  EXPECT_EQ(*ShareNeeds(folder_, kRustc, out_), 0u);
  // Needed by one over libraries that deferred, kept by another over others.
  Write("y.needs", kHead + Hash('c') + "end\n");
  EXPECT_EQ(*ShareNeeds(folder_, kRustc, out_), 2u);
  EXPECT_EQ(Shared(), kHead + Hash('b') + Hash('c') + "end\n");
}

TEST_F(ShareNeedsTest, ThatTwoLeavesShareNothingIsKnown) {
  Write("lib-1.names", Names());
  Write("x.seeds", "# dfe seeds\nsym_a\n");
  Write("y.seeds", "# dfe seeds\nsym_b\n");
  EXPECT_EQ(*ShareNeeds(folder_, kRustc, out_), 0u);
  EXPECT_EQ(Shared(), std::string(kHead) + "end\n");
}

TEST_F(ShareNeedsTest, DamagedNamesDoNotCount) {
  for (const char* leaf : {"x.seeds", "y.seeds"}) {
    Write(leaf, "# dfe seeds\nsym_a\nsym_b\nsym_c\nsym_d\n");
  }
  const std::string good = Names();
  for (size_t size = 0; size < good.size(); ++size) {
    Write("lib-1.names", good.substr(0, size));
    EXPECT_EQ(*ShareNeeds(folder_, kRustc, out_), 0u) << size;
    EXPECT_FALSE(std::filesystem::exists(out_)) << size;
  }
  Write("lib-1.names", good);
  EXPECT_EQ(*ShareNeeds(folder_, "rustc 1.2.4 (abc)\n", out_), 0u);
  EXPECT_EQ(*ShareNeeds(folder_, kRustc, out_), 4u);
}

TEST(ParseNames, LinesThatAreNotThereAndWordsThatAreNone) {
  EXPECT_EQ(ParseNames(Names(), kVersion)->size(), 5u);
  const std::string head = "rustc-dead-fn-names 1 1.2.3 (abc)\n";
  EXPECT_TRUE(ParseNames(head + "end\n", kVersion)->empty());
  for (const char* bad :
       {"- - 1\n", "- - -1\n", "- - x\n", "- -  0\n", "- - 0 \n", "-\n",
        "- sym\n", "\n", "abc sym\n", "- - 4294967296\n"}) {
    EXPECT_FALSE(ParseNames(head + bad + "end\n", kVersion)) << bad;
  }
  EXPECT_TRUE(ParseNames(head + "- - 0\nend\n", kVersion));
  EXPECT_FALSE(ParseNames(head + Hash('a') + "end\n", kVersion));
  EXPECT_FALSE(ParseNeeds(Names(), kVersion));
}

}  // namespace
}  // namespace dfe
