// What is put together, and what is kept apart.
#include "dfe/bench/overview.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench_testing.h"

namespace dfe::bench {
namespace {

using ::testing::ElementsAre;

// The good result's row, as that of another project, which gains `factor` times
// as much by wall.
BenchResult Named(const std::string& project, double factor = 1) {
  BenchResult result = GoodResult();
  result.project = project;
  for (BuildSample& build : result.sides[1].builds)
    build.wall_seconds *= factor;
  return result;
}

TEST(Overview, ProjectsThatAreBuiltTheSameWayAreOneLine) {
  const auto lines = Overview(SelectRows(
      {Named("a"), Named("b", 2), Named("c", 3), Named("a, edit in x")}, ""));
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_THAT(lines[0], ElementsAre("what is built", "beside", "projects",
                                    "build wall", "build CPU", "program CPU",
                                    "program size", "verdicts"));
  EXPECT_THAT(lines[1], ElementsAre("edit in x", "default", "1", "1.98x",
                                    "1.91x", "1.00x", "1.00x", "1 faster"));
  EXPECT_THAT(
      lines[2],
      ElementsAre("first clean build", "default", "3", "3.96x (1.98 to 5.94)",
                  "1.91x (1.91 to 1.91)", "1.00x (1.00 to 1.00)",
                  "1.00x (1.00 to 1.00)", "3 faster"));
}

TEST(Overview, WhatIsBesideAndWhatWasNoWinIsKeptApart) {
  BenchResult beside = Named("b");
  beside.sides[1].label = "sccache";
  BenchResult refused = Named("c");
  refused.sameness[0].output = false;
  BenchResult slower = Named("d");
  std::swap(slower.sides[0].builds, slower.sides[1].builds);
  const auto lines =
      Overview(SelectRows({Named("a"), beside, refused, slower}, ""));
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[1].back(), "1 faster, 1 slower, 1 not a win");
  EXPECT_EQ(lines[2][1], "sccache");
}

TEST(Overview, WhatNobodyMeasuredIsADash) {
  BenchResult library = Named("a");
  for (Side& side : library.sides) side.runs.clear();
  const auto lines = Overview(SelectRows({library}, ""));
  EXPECT_EQ(lines[1][5], "-");
  EXPECT_EQ(Overview({}).size(), 1u);
}

}  // namespace
}  // namespace dfe::bench
