// What a plan's files say of its precompiled headers.
#include "dfe/dispatch/cc_nodes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "dfe/dispatch/text_lines.h"

namespace dfe::dispatch {
namespace {

using testing::ElementsAre;

class CcNodes : public testing::Test {
 protected:
  CcNodes()
      : session_(testing::TempDir() + "/dfe_nodes_" +
                 std::to_string(getpid())) {
    std::filesystem::create_directories(session_ + "/cc/nodes");
    for (const char* number : {"0", "1", "2"}) {
      const std::string name = std::string("/pch/") + number;
      Write(number, ".name", name + ".pch");
      Write(number, ".source", name + ".h");
      Write(number, ".args", "clang\n-x\nc-header");
      Write(number, ".record", "/record\nhash\n");
    }
    Write("1", ".parent", "0");
    Write("2", ".parent", "1");
  }
  ~CcNodes() override { std::filesystem::remove_all(session_); }

  void Write(const std::string& number, const std::string& suffix,
             const std::string& text) const {
    std::ofstream(NodeStem(session_, number) + suffix) << text;
  }
  std::vector<std::string> Sources(const std::string& number) const {
    std::vector<std::string> sources;
    for (const Node& node : LoadChain(session_, number)) {
      sources.push_back(node.source);
    }
    return sources;
  }

  std::string session_;
};

TEST_F(CcNodes, AChainBeginsWithItsRoot) {
  EXPECT_THAT(Sources("2"), ElementsAre("/pch/0.h", "/pch/1.h", "/pch/2.h"));
  EXPECT_THAT(Sources("0"), ElementsAre("/pch/0.h"));
  const std::vector<Node> root = LoadChain(session_, "0");
  EXPECT_THAT(root[0].words, ElementsAre("clang", "-x", "c-header"));
  EXPECT_EQ(root[0].record.path, "/record");
  EXPECT_EQ(root[0].record.hash, "hash");
}

TEST_F(CcNodes, WhatCannotBeReadIsNoChain) {
  EXPECT_TRUE(Sources("7").empty());
  Write("1", ".record", "/record\n");
  EXPECT_TRUE(Sources("2").empty());
  EXPECT_FALSE(Sources("0").empty());
}

TEST_F(CcNodes, AChainWithoutARootIsNone) {
  Write("1", ".parent", "2");
  EXPECT_TRUE(Sources("2").empty());
  Write("1", ".parent", "1");
  EXPECT_TRUE(Sources("1").empty());
  Write("1", ".parent", "none");
  EXPECT_TRUE(Sources("1").empty());
}

TEST_F(CcNodes, WhereNoRecordIsNothingIsBuilt) {
  const std::vector<Node> chain = {
      {session_ + "/0.pch", session_ + "/0.h", {"false"}, {"/none", "hash"}}};
  const PreparedNodes prepared = PrepareNodes(session_, chain, session_);
  EXPECT_EQ(prepared.why, "its record is gone");
  EXPECT_TRUE(prepared.waited);
  EXPECT_FALSE(std::filesystem::exists(session_ + "/0.pch"));
  EXPECT_FALSE(std::filesystem::exists(session_ + "/0.pch.failed"));
}

TEST(Lines, OfATextThatEndsAnyhow) {
  EXPECT_TRUE(Lines("").empty());
  EXPECT_THAT(Lines("a\n\nb"), ElementsAre("a", "", "b"));
  EXPECT_THAT(Lines("a\n\n"), ElementsAre("a", ""));
  EXPECT_THAT(Split("a\t\tb", '\t'), ElementsAre("a", "", "b"));
  EXPECT_EQ(ToNumber("12 s"), 12);
  EXPECT_EQ(ToNumber("s"), 0);
  EXPECT_EQ(ToNumber("99999999999999999999"), 0);
}

}  // namespace
}  // namespace dfe::dispatch
