// Which files are worth parts.
#include "dfe/headers/parts_planner.h"

#include <gtest/gtest.h>

namespace dfe::headers {
namespace {

constexpr int64_t kLarge = 8'000'000;

std::vector<PartsChoice> Plan(const std::vector<PartsUnit>& units, int cores,
                              const PartsWish& wish = {}) {
  return PlanParts(units, wish, cores);
}

TEST(PlanParts, AFileLargerThanTheRestAlways) {
  const auto plan = Plan({{"", kLarge}, {"", kLarge / 4}, {"", 1000}}, 2);
  EXPECT_EQ(plan[0].parts, 2);
  EXPECT_TRUE(plan[0].always);
  EXPECT_EQ(plan[1].reason, "the other files keep the cores busy");
  EXPECT_EQ(plan[2].reason, "too small");
}

TEST(PlanParts, AFileLargerThanItsShareWhereCoresAreIdle) {
  const std::vector<PartsUnit> units = {
      {"", kLarge}, {"", kLarge / 2}, {"", kLarge / 2}, {"", kLarge / 4}};
  const auto plan = Plan(units, 4);
  EXPECT_EQ(plan[0].parts, 4);
  EXPECT_FALSE(plan[0].always);
  EXPECT_EQ(Plan(units, 2)[0].reason, "the other files keep the cores busy");
}

TEST(PlanParts, NoMorePartsThanThereIsWork) {
  EXPECT_EQ(Plan({{"", kLarge}}, 64)[0].parts, 8);
  EXPECT_EQ(Plan({{"", 2'000'000}}, 64)[0].parts, 3);
  EXPECT_EQ(Plan({{"", kLarge}}, 1)[0].reason, "one core");
}

TEST(PlanParts, WhatTheUserSaysAndWhatIsRefused) {
  const auto plan = Plan({{"", 10}, {"no source", kLarge}}, 1, {false, 3});
  EXPECT_EQ(plan[0].parts, 3);
  EXPECT_EQ(plan[1].reason, "no source");
  EXPECT_EQ(Plan({{"", kLarge}}, 2, {false, 0})[0].reason, "split is off");
}

TEST(ParsePartsWish, Texts) {
  EXPECT_TRUE(ParsePartsWish("auto")->automatic);
  EXPECT_EQ(ParsePartsWish("off")->parts, 0);
  EXPECT_EQ(ParsePartsWish("4")->parts, 4);
  for (const char* text : {"1", "9", "-2", "", "all"}) {
    EXPECT_FALSE(ParsePartsWish(text).ok()) << text;
  }
}

}  // namespace
}  // namespace dfe::headers
