// What a sample of a project says about the whole.
#include "dfe/headers/predict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "record_testing.h"

namespace dfe::headers {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

std::vector<PlannedUnit> Units(const std::vector<std::string>& groups) {
  std::vector<PlannedUnit> units;
  for (const std::string& group : groups) {
    units.push_back(
        {.source = absl::StrCat(units.size(), ".cpp"), .group = group});
  }
  return units;
}

std::vector<std::string> Groups(
    std::vector<std::pair<std::string, int>> sizes) {
  std::vector<std::string> groups;
  for (const auto& [name, count] : sizes) {
    groups.insert(groups.end(), static_cast<size_t>(count), name);
  }
  return groups;
}

TEST(SampleUnits, AllIfThereAreNoMoreOrAllAreWanted) {
  const std::vector<PlannedUnit> units = Units(Groups({{"a", 4}}));
  EXPECT_THAT(SampleUnits(units, 0, 3), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(SampleUnits(units, 4, 3), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(SampleUnits({}, 4, 3), IsEmpty());
}

TEST(SampleUnits, EvenlySpreadInTheOrderOfAGroup) {
  EXPECT_THAT(SampleUnits(Units(Groups({{"a", 16}})), 4, 3),
              ElementsAre(0, 4, 8, 12));
}

TEST(SampleUnits, GroupsGetTheirShareAndSmallOnesEnoughToCompare) {
  const std::vector<size_t> sample =
      SampleUnits(Units(Groups({{"a", 80}, {"b", 16}, {"c", 4}})), 24, 3);
  int counts[3] = {};
  for (size_t unit : sample) ++counts[unit < 80 ? 0 : unit < 96 ? 1 : 2];
  EXPECT_THAT(counts, ElementsAre(19, 4, 0));  // 1 left: not enough for c
}

TEST(SampleUnits, FilesThatAreNotPlannedForAreNotLookedAt) {
  std::vector<PlannedUnit> units = Units(Groups({{"a", 4}, {"few", 2}}));
  units[1].refusal = "not compiled by a Clang";
  EXPECT_THAT(SampleUnits(units, 0, 3), ElementsAre(0, 2, 3));
}

// `count` files that include `shared` headers each, in one group.
class Project {
 public:
  explicit Project(int count, int shared = 1) {
    std::string text = "> own0.h\n<\n";
    for (int i = 0; i < shared; ++i)
      absl::StrAppend(&text, "> s", i, ".h\n<\n");
    for (int i = 0; i < count; ++i) records_.push_back(RecordOf(text + "code"));
    units = Units(std::vector<std::string>(static_cast<size_t>(count), "g"));
    for (size_t i = 0; i < units.size(); ++i) units[i].record = &records_[i];
    cost.node_us = 0;
    cost.load = 0;
  }
  Prediction Of(const std::vector<size_t>& sample) const {
    return Predict(units, sample, {}, cost);
  }

  std::vector<PlannedUnit> units;
  CostModel cost;

 private:
  std::vector<HeaderRecord> records_;
};

TEST(Predict, OfAllFilesItIsThePlan) {
  Project project(8, 4);
  const Prediction found = project.Of({0, 1, 2, 3, 4, 5, 6, 7});
  const HeaderPlan plan = PlanHeaders(project.units, {}, project.cost);
  EXPECT_DOUBLE_EQ(found.plain_us, plan.plain_us + plan.rest_us);
  EXPECT_DOUBLE_EQ(found.planned_us, plan.planned_us + plan.rest_us);
  EXPECT_GT(found.ratio, 1);
  EXPECT_EQ(found.low, found.high);
}

TEST(Predict, ASampleOfEqualFilesSaysWhatAllSay) {
  Project project(12, 4);
  const Prediction all = project.Of({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  const Prediction found = project.Of({0, 2, 4, 6, 8, 10});
  EXPECT_NEAR(found.plain_us, all.plain_us, 1e-6 * all.plain_us);
  // A header is parsed for a precompiled one once, not once for the sample.
  EXPECT_NEAR(found.planned_us, all.planned_us, 1e-6 * all.planned_us);
  EXPECT_EQ(found.sampled, 6u);
}

TEST(Predict, GroupsThatNobodyLookedAtAreLikeTheOthers) {
  Project project(8, 4);
  const Prediction one = project.Of({0, 1, 2, 3, 4, 5, 6, 7});
  for (int i = 0; i < 4; ++i) {
    project.units.push_back({.source = "other.cpp", .group = "h"});
  }
  const Prediction found = project.Of({0, 1, 2, 3, 4, 5, 6, 7});
  EXPECT_EQ(found.groups, 2u);
  EXPECT_DOUBLE_EQ(found.plain_us, 1.5 * one.plain_us);
  EXPECT_DOUBLE_EQ(found.ratio, one.ratio);
}

TEST(Predict, WhatCannotBeReadOrSharedIsCounted) {
  Project project(8, 4);
  project.units[1].record = nullptr;
  project.units[7].refusal = "another launcher";
  const Prediction found = project.Of({0, 1, 2, 3, 4, 5, 6});
  EXPECT_EQ(found.eligible, 7u);
  EXPECT_EQ(found.unread, 1u);
  EXPECT_THAT(found.refusals, ElementsAre(Pair("another launcher", 1)));
  EXPECT_GT(found.ratio, 1);
}

TEST(Predict, NothingReadNothingPredicted) {
  Project project(4);
  for (PlannedUnit& unit : project.units) unit.record = nullptr;
  const Prediction found = project.Of({0, 1, 2, 3});
  EXPECT_EQ(found.plain_us, 0);
  EXPECT_EQ(found.ratio, 1);
  EXPECT_THAT(found.headers, IsEmpty());
}

TEST(Predict, NamesTheDearestHeadersWithTheirTimeInAllFiles) {
  Project project(8, 9);
  const Prediction found = project.Of({0, 2, 4, 6});
  EXPECT_THAT(found.headers, SizeIs(5));
  EXPECT_THAT(found.headers,
              Contains(Pair("/i/own0.h", 8 * 1000 * project.cost.parse)));
}

TEST(PartsGain, IsBoundedByWhatIsSerial) {
  EXPECT_EQ(PartsGain(1), 1);
  EXPECT_NEAR(PartsGain(2), 1.85, 0.01);
  EXPECT_LT(PartsGain(8), 8);
  EXPECT_GT(PartsGain(8), PartsGain(4));
}

}  // namespace
}  // namespace dfe::headers
