#include "dfe/bench/statistics.h"

#include <gtest/gtest.h>

namespace dfe::bench {
namespace {

TEST(Statistics, MedianOfOddEvenAndNone) {
  EXPECT_EQ(Median({3, 1, 2}), 2);
  EXPECT_EQ(Median({4, 1, 3, 2}), 2.5);
  EXPECT_EQ(Median({7}), 7);
  EXPECT_EQ(Median({}), 0);
}

TEST(Statistics, SummaryHasTheEnds) {
  Summary s = Summarize({5.0, 1.0, 9.0, 2.0});
  EXPECT_EQ(s.min, 1);
  EXPECT_EQ(s.median, 3.5);
  EXPECT_EQ(s.max, 9);
  EXPECT_EQ(s.count, 4u);
  EXPECT_EQ(Summarize({}).count, 0u);
}

TEST(Statistics, RatioIsOfMediansNotOfMeans) {
  // One outlier moves a mean by a lot and this median not at all.
  std::vector<double> before = {2, 2, 2, 2, 100};
  std::vector<double> after = {1, 1, 1, 1, 1};
  EXPECT_EQ(RatioOfMedians(before, after).value, 2);
}

TEST(Statistics, IntervalCoversTheSpreadOfFewPairs) {
  std::vector<double> a = {1.0, 1.2, 1.4};
  std::vector<double> b = {1.0, 1.0, 1.0};
  Ratio r = RatioOfMedians(a, b);
  EXPECT_EQ(r.value, 1.2);
  EXPECT_EQ(r.low, 1.0);
  EXPECT_EQ(r.high, 1.4);
}

TEST(Statistics, PairsThatRiseTogetherGiveANarrowInterval) {
  // A loaded machine slows down both builds of a round; the ratio stays 2.
  std::vector<double> a = {2, 4, 8, 16, 32};
  std::vector<double> b = {1, 2, 4, 8, 16};
  Ratio r = RatioOfMedians(a, b);
  EXPECT_EQ(r.low, 2);
  EXPECT_EQ(r.high, 2);
  // The same numbers out of step: the interval must be wide.
  std::vector<double> shuffled = {16, 1, 8, 2, 4};
  r = RatioOfMedians(a, shuffled);
  EXPECT_LT(r.low, 1);
  EXPECT_GT(r.high, 2);
}

TEST(Statistics, SameSamplesGiveTheSameInterval) {
  std::vector<double> a = {1.1, 1.3, 0.9, 1.2, 1.0, 1.15, 1.05};
  std::vector<double> b = {1.0, 1.1, 1.2, 0.8, 0.95, 1.02, 1.3};
  Ratio first = RatioOfMedians(a, b);
  Ratio second = RatioOfMedians(a, b);
  EXPECT_EQ(first.low, second.low);
  EXPECT_EQ(first.high, second.high);
  EXPECT_LE(first.low, first.value);
  EXPECT_GE(first.high, first.value);
}

TEST(Statistics, NothingMeasuredIsNoDifference) {
  std::vector<double> zero = {0, 0, 0};
  std::vector<double> one = {1, 1, 1};
  EXPECT_EQ(RatioOfMedians(zero, zero).value, 1);
  EXPECT_GT(RatioOfMedians(one, zero).value, 1000);
}

}  // namespace
}  // namespace dfe::bench
