#include "dfe/bench/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench_testing.h"

namespace dfe::bench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Verdict VerdictOf(const BenchResult& r) {
  return Judge(Compare(r, 1), r.allowed);
}

void ScaleProgram(BenchResult* r, double cpu, double wall) {
  for (ProgramSample& s : r->sides[0].runs) {
    s.user_seconds *= cpu;
    s.system_seconds *= cpu;
    s.wall_seconds *= wall;
  }
}

void ScaleSize(BenchResult* r, double plain, double stripped) {
  for (BuildSample& s : r->sides[0].builds) {
    s.size_bytes = static_cast<int64_t>(5000 * plain);
    s.stripped_bytes = static_cast<int64_t>(4000 * stripped);
  }
}

TEST(Verdict, FasterNamesEveryRatio) {
  Verdict v = VerdictOf(GoodResult());
  EXPECT_EQ(v.kind, VerdictKind::kFaster);
  EXPECT_EQ(v.text,
            "faster: wall 1.98x, CPU 1.91x (program 1.00x, size 1.00x, output "
            "same)");
}

TEST(Verdict, SlowerWhenTheIntervalIsBelowOne) {
  BenchResult r = GoodResult();
  std::swap(r.sides[0].builds, r.sides[1].builds);
  Verdict v = VerdictOf(r);
  EXPECT_EQ(v.kind, VerdictKind::kSlower);
  EXPECT_THAT(v.text, HasSubstr("slower: wall 0.50x"));
}

TEST(Verdict, NoDifferenceWhenTheIntervalHoldsOne) {
  BenchResult r = GoodResult();
  // The median says 1.1x, but two of five rounds say the opposite.
  const double after[] = {1.0, 1.0, 1.0, 1.3, 1.3};
  for (size_t i = 0; i < 5; ++i) {
    r.sides[1].builds[i].wall_seconds = 1.1;
    r.sides[0].builds[i].wall_seconds = after[i];
  }
  Comparison c = Compare(r, 1);
  EXPECT_NEAR(c.build_wall.ratio.value, 1.1, 1e-9);
  EXPECT_EQ(VerdictOf(r).kind, VerdictKind::kNoDifference);
}

TEST(Verdict, SlowerProgramIsNotAWin) {
  BenchResult r = GoodResult();
  ScaleProgram(&r, 1.09, 1.0);
  Verdict v = VerdictOf(r);
  EXPECT_EQ(v.kind, VerdictKind::kNotAWin);
  EXPECT_THAT(v.text, HasSubstr("not a win: the program got 1.09x slower "
                                "(limit 1.02x)"));
}

TEST(Verdict, ProgramAtTheLimitIsAWin) {
  BenchResult r = GoodResult();
  ScaleProgram(&r, 1.0199, 1.0);
  EXPECT_EQ(VerdictOf(r).kind, VerdictKind::kFaster);
  ScaleProgram(&r, 1.001, 1.0);  // 1.0209 by now
  Verdict v = VerdictOf(r);
  EXPECT_EQ(v.kind, VerdictKind::kNotAWin);
  EXPECT_THAT(v.text, HasSubstr("1.021x slower (limit 1.02x)"));
}

TEST(Verdict, LongerWallTimeCountsOnlyBeyondTheNoise) {
  BenchResult r = GoodResult();
  ScaleProgram(&r, 1.0, 1.5);  // lost parallelism: the same CPU time
  Verdict v = VerdictOf(r);
  EXPECT_EQ(v.kind, VerdictKind::kNotAWin);
  EXPECT_THAT(v.text, HasSubstr("wall time got 1.50x longer"));
  // The same median, but rounds that disagree.
  r.sides[0].runs[0].wall_seconds = r.sides[0].runs[1].wall_seconds = 0.2;
  ASSERT_GT(Compare(r, 1).program_wall->ratio.value, kProgramTimeLimit);
  EXPECT_EQ(VerdictOf(r).kind, VerdictKind::kFaster);
}

TEST(Verdict, AllowedSlowerProgramIsNamed) {
  BenchResult r = GoodResult();
  ScaleProgram(&r, 1.09, 1.0);
  r.allowed.slower_program = true;
  Verdict v = VerdictOf(r);
  EXPECT_EQ(v.kind, VerdictKind::kFaster);
  EXPECT_THAT(v.text, HasSubstr("allowed by option: the program got 1.09x"));
  // The other permission does not help.
  r.allowed = {};
  r.allowed.larger_program = true;
  EXPECT_EQ(VerdictOf(r).kind, VerdictKind::kNotAWin);
}

TEST(Verdict, StrippedSizeCountsAndPlainSizeDoesNot) {
  BenchResult r = GoodResult();
  ScaleSize(&r, 3.0, 1.04);
  EXPECT_EQ(VerdictOf(r).kind, VerdictKind::kFaster);
  ScaleSize(&r, 1.0, 1.06);
  Verdict v = VerdictOf(r);
  EXPECT_EQ(v.kind, VerdictKind::kNotAWin);
  EXPECT_THAT(v.text, HasSubstr("got 1.06x larger (limit 1.05x)"));
  r.allowed.larger_program = true;
  EXPECT_EQ(VerdictOf(r).kind, VerdictKind::kFaster);
}

TEST(Verdict, PlainSizeCountsIfNothingCanBeStripped) {
  BenchResult r = GoodResult();
  ScaleSize(&r, 1.06, 1.0);
  r.sides[1].builds[2].stripped_bytes = -1;
  EXPECT_FALSE(Compare(r, 1).stripped.has_value());
  EXPECT_EQ(VerdictOf(r).kind, VerdictKind::kNotAWin);
}

TEST(Verdict, OtherOutputIsNotAWinWhateverIsAllowed) {
  BenchResult r = GoodResult();
  r.allowed = {true, true, true, false};
  EXPECT_EQ(VerdictOf(r).kind, VerdictKind::kFaster);
  r.sameness[0].output = false;
  r.sameness[0].output_detail = "first at byte 3";
  Verdict v = VerdictOf(r);
  EXPECT_EQ(v.kind, VerdictKind::kNotAWin);
  EXPECT_THAT(v.text, HasSubstr("output differs: first at byte 3"));
}

TEST(Verdict, OtherSymbolsAreNotAWinUnlessAllowed) {
  BenchResult r = GoodResult();
  r.sameness[0].symbols = false;
  EXPECT_EQ(VerdictOf(r).kind, VerdictKind::kNotAWin);
  r.allowed.symbol_changes = true;
  EXPECT_EQ(VerdictOf(r).kind, VerdictKind::kFaster);
}

TEST(Verdict, FailingTestsAreNotAWin) {
  BenchResult r = GoodResult();
  r.sides[1].check_outcome = CheckOutcome::kFailed;  // only the baseline's
  EXPECT_EQ(VerdictOf(r).kind, VerdictKind::kFaster);
  r.sides[0].check_outcome = CheckOutcome::kFailed;
  EXPECT_THAT(VerdictOf(r).text, HasSubstr("fail on both sides"));
  r.sides[1].check_outcome = CheckOutcome::kPassed;
  Verdict v = VerdictOf(r);
  EXPECT_EQ(v.kind, VerdictKind::kNotAWin);
  EXPECT_THAT(v.text, HasSubstr("the project's own tests fail"));
  EXPECT_THAT(v.text, Not(HasSubstr("both sides")));
}

TEST(Verdict, NoProgramIsNoProofUnlessAccepted) {
  BenchResult r = GoodResult();
  r.sides[0].runs.clear();
  r.sides[1].runs.clear();
  EXPECT_EQ(VerdictOf(r).kind, VerdictKind::kNotAWin);
  r.allowed.no_program = true;
  Verdict v = VerdictOf(r);
  EXPECT_EQ(v.kind, VerdictKind::kFaster);
  EXPECT_THAT(v.text, HasSubstr("(program not run"));
}

TEST(Verdict, TooFewBuildsProveNothing) {
  BenchResult r = GoodResult();
  for (Side& side : r.sides) side.builds.resize(2);
  Verdict v = VerdictOf(r);
  EXPECT_EQ(v.kind, VerdictKind::kNotAWin);
  EXPECT_THAT(v.text, HasSubstr("fewer than 3 builds of each side"));
}

TEST(Verdict, SlowerBuildStaysSlowerAndKeepsTheReasons) {
  BenchResult r = GoodResult();
  std::swap(r.sides[0].builds, r.sides[1].builds);
  ScaleProgram(&r, 1.5, 1.0);
  Verdict v = VerdictOf(r);
  EXPECT_EQ(v.kind, VerdictKind::kSlower);
  EXPECT_EQ(v.reasons.size(), 1u);
  EXPECT_THAT(v.text, HasSubstr("the program got 1.50x slower"));
}

TEST(Verdict, RatiosNearALimitGetMoreDigits) {
  EXPECT_EQ(FormatRatio(1.449), "1.45x");
  EXPECT_EQ(FormatRatio(1.02), "1.02x");
  EXPECT_EQ(FormatRatio(1.0204), "1.0204x");
  EXPECT_EQ(FormatRatio(1.052), "1.052x");
  EXPECT_EQ(FormatRatio(0.999), "1.00x");
}

}  // namespace
}  // namespace dfe::bench
