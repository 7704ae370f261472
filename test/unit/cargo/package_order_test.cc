// Lock files, ways to the end, and sources on disk.
#include "dfe/build/package_order.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace dfe {
namespace {

namespace fs = std::filesystem;

constexpr char kLock[] = R"toml(
version = 4
[[package]]
name = "app"
version = "0.1.0"
dependencies = ["git", "small 1.0.0", "small 2.0.0 (registry+https://x)"]
[[package]]
name = "cc"
version = "1.0.0"
[[package]]
name = "git"
version = "0.2.0"
dependencies = ["git-sys", "gone"]
[[package]]
name = "git-sys"
version = "0.3.0"
dependencies = ["cc"]
[[package]]
name = "small"
version = "1.0.0"
[[package]]
name = "small"
version = "2.0.0"
)toml";

TEST(CargoLock, NamesWhoNeedsWhom) {
  const auto packages = ParseCargoLock(kLock);
  ASSERT_TRUE(packages.ok()) << packages.status();
  ASSERT_EQ(packages->size(), 6u);
  EXPECT_EQ((*packages)[0].dependencies, (std::vector<size_t>{2, 4, 5}));
  EXPECT_EQ((*packages)[2].dependencies, (std::vector<size_t>{3}));
  EXPECT_TRUE((*packages)[3].compiles_c);
  EXPECT_FALSE((*packages)[0].compiles_c);
  EXPECT_FALSE((*packages)[1].compiles_c);
}

TEST(CargoLock, WhatIsNoneIsAnError) {
  EXPECT_FALSE(ParseCargoLock("[[package]\n").ok());
  EXPECT_FALSE(ParseCargoLock("version = 4\n").ok());
  EXPECT_FALSE(ParseCargoLock("package = 1\n").ok());
  const auto odd = ParseCargoLock(
      "name = \"none\"\n[[package]]\nname = \"x\"\nname = 2\n"
      "dependencies = [3, \"\", \" \", \"x\"\n[metadata]\n");
  ASSERT_TRUE(odd.ok());
  ASSERT_EQ(odd->size(), 1u);
  EXPECT_EQ((*odd)[0].name, "x");
  EXPECT_EQ((*odd)[0].dependencies, (std::vector<size_t>{0}));
}

TEST(CargoLock, ListsAreWrittenALineForEach) {
  const auto packages = ParseCargoLock(
      "[[package]]\nname = \"a\"\nversion = \"1\"\ndependencies = [\n"
      " \"b\",\n \"cmake\",\n]\n\n[[package]]\nname = \"b\"\n"
      "version = \"2\"\nsource = \"registry\"\n");
  ASSERT_TRUE(packages.ok());
  ASSERT_EQ(packages->size(), 2u);
  EXPECT_EQ((*packages)[0].dependencies, (std::vector<size_t>{1}));
  EXPECT_TRUE((*packages)[0].compiles_c);
  EXPECT_EQ((*packages)[1].version, "2");
}

std::vector<LockedPackage> Graph(
    const std::vector<std::vector<size_t>>& dependencies) {
  std::vector<LockedPackage> packages;
  for (const std::vector<size_t>& needed : dependencies) {
    packages.push_back({"p", "1", needed, false});
  }
  return packages;
}

TEST(WaysToTheEnd, TheLongestWayCountsNotTheNumberOfDependents) {
  // 0 is the program; all of 2, 3, 4 need 5, only 1 needs 6, and 1 is large.
  const auto graph = Graph({{1, 2, 3, 4}, {6}, {5}, {5}, {5}, {}, {}});
  EXPECT_EQ(WaysToTheEnd(graph, {1, 100, 10, 10, 10, 5, 2}),
            (std::vector<int64_t>{1, 101, 11, 11, 11, 16, 103}));
}

TEST(WaysToTheEnd, CirclesEnd) {
  // A library that is tested by what depends on it.
  EXPECT_EQ(WaysToTheEnd(Graph({{1}, {0}}), {1, 2}).size(), 2u);
  EXPECT_EQ(WaysToTheEnd(Graph({{0}}), {7}), (std::vector<int64_t>{7}));
  EXPECT_TRUE(WaysToTheEnd({}, {}).empty());
}

TEST(WaysToTheEnd, LongChainsNeedNoStack) {
  constexpr size_t kLength = 200000;
  std::vector<std::vector<size_t>> chain(kLength);
  for (size_t i = 0; i + 1 < kLength; ++i) chain[i] = {i + 1};
  const auto ways =
      WaysToTheEnd(Graph(chain), std::vector<int64_t>(kLength, 1));
  EXPECT_EQ(ways.back(), static_cast<int64_t>(kLength));
}

class PackageOrderTest : public testing::Test {
 protected:
  PackageOrderTest()
      : folder_(fs::temp_directory_path() /
                ("dfe-package-order-" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
    Write("Cargo.lock", kLock);
  }
  ~PackageOrderTest() override { fs::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }

  fs::path folder_;
};

TEST_F(PackageOrderTest, CCountsWhereItIsCompiled) {
  Write("src/index/git-sys-0.3.0/src/lib.rs", std::string(10, ' '));
  Write("src/index/git-sys-0.3.0/tests/all.rs", std::string(99, ' '));
  Write("src/index/git-sys-0.3.0/deps/x/a.c", std::string(1000, ' '));
  Write("src/index/git-sys-0.3.0/deps/x/a.h", std::string(99, ' '));
  const std::string package = folder_ / "src/index/git-sys-0.3.0";
  EXPECT_EQ(WeightOfSource(package, true), 2010);
  EXPECT_EQ(WeightOfSource(package, false), 10);
  EXPECT_EQ(WeightOfSource(folder_ / "none", true), 0);
}

TEST_F(PackageOrderTest, WhatAllWaitForComesFirst) {
  Write("src/index/git-sys-0.3.0/deps/a.c", std::string(500'000, ' '));
  Write("src/other/cc-1.0.0/src/lib.rs", std::string(10, ' '));
  Write("src/index/small-1.0.0/src/lib.rs", std::string(90'000, ' '));
  PackageOrder order(folder_ / "Cargo.lock", folder_ / "src");
  EXPECT_GT(order.Of("cc", "1.0.0"), order.Of("small", "1.0.0"));
  EXPECT_GT(order.Of("small", "1.0.0"), order.Of("small", "2.0.0"));
  EXPECT_GT(order.Of("small", "2.0.0"), order.Of("app", "0.1.0"));
  EXPECT_EQ(order.Of("small", "3.0.0"), 0);
}

TEST_F(PackageOrderTest, NamesLeadNowhereElse) {
  Write("Cargo.lock",
        "[[package]]\nname = \"../large\"\nversion = \"1\"\n"
        "[[package]]\nname = \"gone\"\nversion = \"1\"\n");
  Write("src/large-1/src/lib.rs", std::string(900'000, ' '));
  fs::create_directories(folder_ / "src/index");
  PackageOrder order(folder_ / "Cargo.lock", folder_ / "src");
  EXPECT_EQ(order.Of("../large", "1"), order.Of("gone", "1"));
}

TEST_F(PackageOrderTest, NothingIsKnownWithoutFiles) {
  PackageOrder none(folder_ / "gone", folder_ / "src");
  EXPECT_EQ(none.Of("cc", "1.0.0"), 0);
  PackageOrder no_sources(folder_ / "Cargo.lock", folder_ / "gone");
  EXPECT_GT(no_sources.Of("cc", "1.0.0"), no_sources.Of("git", "0.2.0"));
}

}  // namespace
}  // namespace dfe
