// Nodes for files that no plan was made for, from records alone.
#include "dfe/headers/joined_nodes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "record_testing.h"

namespace dfe::headers {
namespace {

// A plan for three files that include a.h and b.h, in this order, and for three
// that include c.h besides; b.h reads the macro X, which is not defined.
class JoinedNodes : public testing::Test {
 protected:
  static constexpr char kBoth[] = "> a.h\n<\n> b.h\n? X 0\n<\n";

  JoinedNodes() {
    for (int i = 0; i < 6; ++i) {
      records_.push_back(
          RecordOf(std::string(kBoth) + (i < 3 ? "> c.h\n<\ncode" : "code")));
    }
    for (const HeaderRecord& record : records_) {
      planned_.push_back({"u.cpp", "g", &record, ""});
    }
    CostModel cost;
    cost.node_us = 0;
    plan_ = PlanHeaders(planned_, {}, cost);
  }

  // What the file of that record can have: the number of the node's headers, 0
  // for none.
  size_t Joined(const std::string& text) {
    const HeaderRecord record = RecordOf(text);
    PlannedUnit unit = {"new.cpp", group_, &record, ""};
    unit.macros = macros_;
    NodeJoiner joiner(unit, banned_);
    size_t most = 0;
    for (int i = 0; i < static_cast<int>(plan_.nodes.size()); ++i) {
      if (joiner.Can(planned_, plan_, i)) {
        most = std::max(most, plan_.nodes[i].headers.size());
      }
    }
    return most;
  }

  std::vector<HeaderRecord> records_;
  std::vector<PlannedUnit> planned_;
  HeaderPlan plan_;
  std::string group_ = "g";
  std::vector<MacroWord> macros_;
  std::vector<std::string> banned_;
};

TEST_F(JoinedNodes, AFileGetsTheDeepestNodeOfWhatItIncludes) {
  ASSERT_EQ(plan_.nodes.size(), 2u);
  EXPECT_EQ(Joined(std::string(kBoth) + "> c.h\n<\ncode"), 3u);
  EXPECT_EQ(Joined(std::string(kBoth) + "> d.h\n<\ncode"), 2u);
  EXPECT_EQ(Joined("> own.h\n" + std::string(kBoth) + "<\ncode"), 2u);
  EXPECT_EQ(Joined("> b.h\n? X 0\n<\n> a.h\n<\ncode"), 2u);
}

TEST_F(JoinedNodes, WhoLacksAHeaderOrHasAnotherTextGetsNone) {
  EXPECT_EQ(Joined("> a.h\n<\ncode"), 0u);
  HeaderRecord& leader = records_[static_cast<size_t>(plan_.nodes[0].leader)];
  leader.files[FileNamed(leader, "a.h")].content ^= 1;
  for (PlannedNode& node : plan_.nodes) node.leader = plan_.nodes[0].leader;
  EXPECT_EQ(Joined(std::string(kBoth) + "code"), 0u);
}

TEST_F(JoinedNodes, AHeaderThatReadsAnotherDefinitionIsNotShared) {
  EXPECT_EQ(Joined("> own.h\n+ X 1\n<\n> a.h\n<\n> b.h\n? X 1\n<\ncode"), 0u);
}

TEST_F(JoinedNodes, AHeaderThatIncludesMoreIsAnotherOne) {
  EXPECT_EQ(Joined("> a.h\n> more.h\n<\n<\n> b.h\n? X 0\n<\ncode"), 0u);
}

TEST_F(JoinedNodes, OtherWordsShareNothing) {
  group_ = "h";
  EXPECT_EQ(Joined(std::string(kBoth) + "code"), 0u);
}

TEST_F(JoinedNodes, MacrosOfTheCommandLineMayDifferIfNoHeaderReadsThem) {
  macros_ = {{"OWN", "-DOWN=1", false}};
  EXPECT_EQ(Joined(std::string(kBoth) + "code"), 2u);
  macros_ = {{"OWN", "-UOWN", true}};
  EXPECT_EQ(Joined(std::string(kBoth) + "code"), 0u);
  macros_.clear();
  for (PlannedUnit& unit : planned_) {
    unit.macros = {{"OWN", "-DOWN=1", false}};
  }
  EXPECT_EQ(Joined(std::string(kBoth) + "code"), 0u);
  for (PlannedNode& node : plan_.nodes) node.hidden = {"OWN"};
  EXPECT_EQ(Joined(std::string(kBoth) + "code"), 2u);
}

TEST_F(JoinedNodes, ABannedHeaderKeepsANodeAway) {
  banned_ = {"/i/c.h"};
  EXPECT_EQ(Joined(std::string(kBoth) + "> c.h\n<\ncode"), 2u);
  banned_ = {"/i/a.h"};
  EXPECT_EQ(Joined(std::string(kBoth) + "> c.h\n<\ncode"), 0u);
}

TEST_F(JoinedNodes, WhatANodeSaysFirstTheFileSaysFirst) {
  std::vector<HeaderRecord> records(
      3, RecordOf("lead X\n> a.h\n<\n> b.h\n? X 1\n<\ncode"));
  records_ = records;
  planned_.clear();
  for (const HeaderRecord& record : records_) {
    planned_.push_back({"u.cpp", "g", &record, ""});
  }
  CostModel cost;
  cost.node_us = 0;
  plan_ = PlanHeaders(planned_, {}, cost);
  ASSERT_EQ(plan_.nodes.size(), 1u);
  ASSERT_EQ(plan_.nodes[0].lines.size(), 3u);
  EXPECT_EQ(Joined("lead X\n> a.h\n<\n> b.h\n? X 1\n<\n> d.h\n<\ncode"), 2u);
  EXPECT_EQ(Joined(std::string(kBoth) + "code"), 0u);
}

}  // namespace
}  // namespace dfe::headers
