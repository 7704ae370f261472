#include "dfe/bench/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace dfe::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<Plan> PlanOf(std::vector<std::string> words) {
  static const OptionTable table("dfe", {&kBenchCommand, 1}, BenchOptions());
  words.insert(words.begin(), "bench");
  absl::StatusOr<ParsedOptions> options = table.Parse(words, {});
  if (!options.ok()) return options.status();
  return MakePlan(*options);
}

// The shortest complete command, without the options in `without`, and with
// `more` at its end.
absl::StatusOr<Plan> Minimal(const std::string& without,
                             const std::vector<std::string>& more = {}) {
  const std::map<std::string, std::string> all = {
      {"--name", "p"},     {"--build", "b"},  {"--clean", "c"},
      {"--artifact", "a"}, {"--run", "{} x"}, {"--baseline-build", "bb"}};
  std::vector<std::string> words;
  for (const auto& [name, value] : all) {
    if (name == without) continue;
    words.push_back(name);
    words.push_back(value);
  }
  words.insert(words.end(), more.begin(), more.end());
  return PlanOf(words);
}

TEST(Plan, OrderAlternatesAndEverySideIsThere) {
  EXPECT_THAT(RoundOrder(0, 2), ElementsAre(0u, 1u));
  EXPECT_THAT(RoundOrder(1, 2), ElementsAre(1u, 0u));
  EXPECT_THAT(RoundOrder(2, 2), ElementsAre(0u, 1u));
  EXPECT_THAT(RoundOrder(1, 3), ElementsAre(2u, 1u, 0u));
}

TEST(Plan, DefaultsComeFromTheTestedSide) {
  auto plan = Minimal("", {"--check", "t", "--build-env", "X=1"});
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_EQ(plan->sides.size(), 2u);
  EXPECT_EQ(plan->sides[0].label, "dfe");
  EXPECT_EQ(plan->sides[1].label, "default");
  EXPECT_EQ(plan->sides[1].build, "bb");
  EXPECT_EQ(plan->sides[1].clean, "c");
  EXPECT_EQ(plan->sides[1].artifact, "a");
  EXPECT_EQ(plan->sides[1].check, "t");
  EXPECT_EQ(plan->sides[0].environment.size(), 1u);
  EXPECT_EQ(plan->sides[1].environment.size(), 0u);
  EXPECT_EQ(plan->runs, 5);
  EXPECT_EQ(plan->program_runs, 11);
  EXPECT_EQ(plan->warmup, 0);
  EXPECT_EQ(plan->database, "bench-results.db");
  EXPECT_EQ(Minimal("", {"--db", "none"})->database, "");
}

TEST(Plan, BaselineOptionsGoToOneOrToAll) {
  auto plan = Minimal(
      "", {"--baseline", "lto-off=RUSTFLAGS=-Clto=off cargo build",
           "--baseline-artifact", "lto-off=lto/rg", "--baseline-artifact",
           "base/rg", "--baseline-env", "V=1", "--baseline-env", "lto-off=W=2",
           "--baseline-clean", "rm x=y"});
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_EQ(plan->sides.size(), 3u);
  EXPECT_EQ(plan->sides[2].build, "RUSTFLAGS=-Clto=off cargo build");
  EXPECT_EQ(plan->sides[0].artifact, "a");
  EXPECT_EQ(plan->sides[1].artifact, "base/rg");
  EXPECT_EQ(plan->sides[2].artifact, "lto/rg");
  EXPECT_EQ(plan->sides[1].clean, "rm x=y");
  EXPECT_EQ(plan->sides[1].environment.size(), 1u);
  EXPECT_EQ(plan->sides[2].environment.size(), 2u);
  EXPECT_EQ(plan->sides[2].environment[1].first, "W");
}

TEST(Plan, EachMissingOptionIsNamed) {
  ASSERT_TRUE(Minimal("").ok());
  for (const char* option : {"--name", "--build", "--clean", "--artifact",
                             "--run", "--baseline-build"}) {
    absl::Status refused = Minimal(option).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(refused.message()),
                HasSubstr(std::string(option) + ": expected"));
  }
}

TEST(Plan, WrongValuesAreRefused) {
  auto message = [](std::vector<std::string> more) {
    return std::string(Minimal("", more).status().message());
  };
  EXPECT_THAT(message({"--runs", "2"}), HasSubstr("--runs: expected a number "
                                                  "from 3"));
  EXPECT_THAT(message({"--program-runs", "0"}), HasSubstr("--program-runs"));
  EXPECT_THAT(message({"--warmup", "-1"}), HasSubstr("--warmup"));
  EXPECT_THAT(message({"--run", "tool"}), HasSubstr("{}"));
  EXPECT_THAT(message({"--baseline", "dfe=x"}), HasSubstr("no other side"));
  EXPECT_THAT(message({"--baseline", "=x"}), HasSubstr("NAME=CMD"));
  EXPECT_THAT(message({"--build-env", "X"}), HasSubstr("VAR=VALUE"));
  EXPECT_THAT(message({"--fail-if-slower", "fast"}), HasSubstr("ratio"));
  EXPECT_THAT(message({"--no-program"}), HasSubstr("no --run"));
  EXPECT_TRUE(Minimal("--run", {"--no-program"}).ok());
}

TEST(Plan, FewerRunsAreForTrialsThatAreNotKept) {
  EXPECT_EQ(Minimal("", {"--runs", "1", "--db", "none"})->runs, 1);
  EXPECT_FALSE(Minimal("", {"--runs", "0", "--db", "none"}).ok());
  EXPECT_FALSE(Minimal("", {"--runs", "1"}).ok());
}

TEST(Plan, ACommandThatOnlyPrintsIsNotTimed) {
  auto plan = Minimal("", {"--no-program", "--program-runs", "0"});
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->run_command, "{} x");
  EXPECT_EQ(plan->program_runs, 0);
  EXPECT_FALSE(Minimal("", {"--program-runs", "0"}).ok());
  EXPECT_FALSE(Minimal("--run", {"--no-program", "--program-runs", "0"}).ok());
}

TEST(Plan, PathIsQuotedForTheShell) {
  EXPECT_EQ(FillIn("{} -x <{}", "/a b/it's"),
            "'/a b/it'\\''s' -x <'/a b/it'\\''s'");
}

}  // namespace
}  // namespace dfe::bench
