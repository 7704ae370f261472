// Which units are compiled otherwise, from what they cost before.
#include "dfe/build/unit_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace dfe {
namespace {

using dispatch::Strategy;
using dispatch::UnitChoice;
using store::UnitCost;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int64_t kSecond = 1'000'000;

UnitCost Cost(double wall, double cpu, double idle) {
  return {.wall_us = static_cast<int64_t>(wall * kSecond),
          .cpu_us = static_cast<int64_t>(cpu * kSecond),
          .idle_us = static_cast<int64_t>(idle * kSecond),
          .builds = 1};
}

TEST(ChooseUnits, PlainIsTriedWhereCoresStoodIdle) {
  const CostsByStrategy costs = {
      {Strategy::kSingle,
       {{"alone", Cost(4, 4, 1.1)}, {"among_others", Cost(4, 4, 0.9)}}}};
  EXPECT_THAT(ChooseUnits(Strategy::kSingle, false, costs, 2),
              ElementsAre(UnitChoice{"alone", false, Strategy::kPlain}));
}

TEST(ChooseUnits, IdleCoresCountByHowManyThereAre) {
  // Three of four cores could have helped, for a quarter of the time.
  const CostsByStrategy costs = {
      {Strategy::kSingle, {{"a", Cost(4, 4, 2)}, {"b", Cost(4, 4, 4)}}}};
  EXPECT_THAT(ChooseUnits(Strategy::kSingle, false, costs, 4),
              ElementsAre(UnitChoice{"b", false, Strategy::kPlain}));
}

TEST(ChooseUnits, WithOneJobThereIsNothingToTry) {
  const CostsByStrategy costs = {{Strategy::kSingle, {{"a", Cost(4, 4, 4)}}}};
  EXPECT_THAT(ChooseUnits(Strategy::kSingle, false, costs, 1), IsEmpty());
}

TEST(ChooseUnits, ShortUnitsAreNotTried) {
  EXPECT_THAT(
      ChooseUnits(Strategy::kSingle, false,
                  {{Strategy::kSingle, {{"short", Cost(0.9, 0.9, 0.9)}}}}, 2),
      IsEmpty());
}

TEST(ChooseUnits, WhatBothCostDecides) {
  const CostsByStrategy costs = {{Strategy::kSingle,
                                  {{"better_plain", Cost(4, 4, 3)},
                                   {"better_single", Cost(4, 4, 3)},
                                   {"alike", Cost(4, 4, 3)}}},
                                 {Strategy::kPlain,
                                  {{"better_plain", Cost(3, 5, 1)},
                                   {"better_single", Cost(4, 6, 2)},
                                   {"alike", Cost(3.5, 6, 1)},
                                   {"never_single", Cost(1, 1, 0)}}}};
  EXPECT_THAT(ChooseUnits(Strategy::kSingle, false, costs, 2),
              ElementsAre(UnitChoice{"alike", false, Strategy::kPlain},
                          UnitChoice{"better_plain", false, Strategy::kPlain}));
}

TEST(ChooseUnits, SeededGivesWayWhereSingleTookLess) {
  const CostsByStrategy costs = {
      {Strategy::kSeeded, {{"live", Cost(4, 5, 0)}, {"dead", Cost(2, 2, 0)}}},
      {Strategy::kSingle, {{"live", Cost(4, 4, 0)}, {"dead", Cost(4, 4, 0)}}},
      {Strategy::kPlain, {{"dead", Cost(1, 1, 0)}}}};
  EXPECT_THAT(ChooseUnits(Strategy::kSeeded, false, costs, 2),
              ElementsAre(UnitChoice{"live", false, Strategy::kSingle}));
}

TEST(ChooseUnits, LeavesToo) {
  const CostsByStrategy costs = {{Strategy::kSingle, {{"app", Cost(4, 4, 3)}}}};
  EXPECT_THAT(ChooseUnits(Strategy::kSingle, true, costs, 2),
              ElementsAre(UnitChoice{"app", true, Strategy::kPlain}));
  // A seeded leaf links what its libraries left out.
  EXPECT_THAT(ChooseUnits(Strategy::kSeeded, true,
                          {{Strategy::kSeeded, {{"app", Cost(4, 4, 3)}}},
                           {Strategy::kSingle, {{"app", Cost(2, 2, 0)}}}},
                          2),
              IsEmpty());
}

TEST(ChooseUnits, NothingKnownNothingChosen) {
  for (Strategy usual : {Strategy::kPlain, Strategy::kLate, Strategy::kSingle,
                         Strategy::kSeeded, Strategy::kDeferred}) {
    EXPECT_THAT(ChooseUnits(usual, false, {}, 2), IsEmpty());
  }
}

TEST(ChooseUnits, OneStrategyForProgramsThatAreOptimisedAsOne) {
  const CostsByStrategy costs = {{Strategy::kLate, {{"a", Cost(9, 9, 9)}}},
                                 {Strategy::kPlain, {{"a", Cost(1, 1, 0)}}}};
  EXPECT_THAT(ChooseUnits(Strategy::kLate, false, costs, 2), IsEmpty());
}

class Recorded : public ::testing::Test {
 protected:
  Recorded()
      : folder_(::testing::TempDir() + "/unit-choice-" +
                std::to_string(getpid())),
        store_(*store::Store::Open(folder_)) {}
  ~Recorded() override { std::filesystem::remove_all(folder_); }

  void Record(const std::string& strategy, const std::string& kind, bool cold,
              const std::string& rustc, int64_t idle_us,
              const std::string& reason = "none") {
    store::BuildRecord build;
    build.project = "/p";
    build.profile = "release";
    build.rustc = rustc;
    build.cold = cold;
    build.exit_code = 0;
    dispatch::UnitEvent unit;
    unit.crate = "a";
    unit.kind = kind;
    unit.strategy = strategy;
    unit.reason = reason;
    unit.wall_us = unit.cpu_us = 4 * kSecond;
    unit.idle_us = idle_us;
    ASSERT_TRUE(store_.FinishBuild(0, build, {unit}, {}).ok());
  }
  auto Choose(bool cold) {
    return *ChooseRecordedUnits(Strategy::kSingle, "/p", "release", "one", cold,
                                2, &store_);
  }

  std::string folder_;
  store::Store store_;
};

TEST_F(Recorded, CleanBuildsAndOthersAreToldApart) {
  Record("single", "library", true, "one", 0);
  Record("single", "library", false, "one", 4 * kSecond);
  EXPECT_THAT(Choose(true), IsEmpty());
  EXPECT_THAT(Choose(false),
              ElementsAre(UnitChoice{"a", false, Strategy::kPlain}));
}

TEST_F(Recorded, ALeafIsNoLibrary) {
  Record("single", "leaf", false, "one", 4 * kSecond);
  Record("single", "library", false, "one", 0);
  Record("plain", "library", false, "one", 9 * kSecond);
  EXPECT_THAT(Choose(false),
              ElementsAre(UnitChoice{"a", true, Strategy::kPlain}));
}

TEST_F(Recorded, HostUnitsAndOtherCompilersDoNotCount) {
  Record("single", "library", false, "one", 4 * kSecond);
  Record("plain", "host", false, "one", 9 * kSecond);
  Record("plain", "library", false, "two", 9 * kSecond);
  Record("plain", "library", false, "one", 9 * kSecond, "instrumentation");
  EXPECT_THAT(Choose(false),
              ElementsAre(UnitChoice{"a", false, Strategy::kPlain}));
  Record("plain", "library", false, "one", 9 * kSecond);
  EXPECT_THAT(Choose(false), IsEmpty());
}

}  // namespace
}  // namespace dfe
