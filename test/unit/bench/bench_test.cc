// `dfe bench` from its options to its database, on builds that take
// milliseconds.
#include "dfe/bench/bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "bench_testing.h"
#include "dfe/bench/machine.h"
#include "dfe/bench/results_db.h"
#include "dfe/bench/verdict.h"
#include "nlohmann/json.hpp"

namespace dfe::bench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The loop's result is printed, and each step needs the one before, so that no
// optimiser can drop it; -O0 keeps all variables in memory and is several
// times slower.
constexpr char kProgram[] = R"(
#include <stdio.h>
int main(void) {
  unsigned state[16] = {1};
  for (unsigned i = 0; i < 6000000; ++i)
    for (unsigned k = 0; k < 4; ++k)
      state[(i + k) & 15] += state[(i * 7 + k) & 15] ^ (i + k);
  printf("%u\n", state[3]);
}
)";

// A folder with prog.c; commands of both sides run in it.
class Bench : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = NewFolder();
    WriteAll(folder_ + "/prog.c", kProgram);
  }

  // `dfe bench` with what every test needs, then `more`.
  BenchRun Run(std::vector<std::string> more) {
    std::vector<std::string> words = {
        "--name", "demo", "--directory",    folder_, "--clean", "rm -f prog",
        "--db",   Db(),   "--artifact",     "prog",  "--runs",  "3",
        "--run",  "{}",   "--program-runs", "3"};
    words.insert(words.end(), more.begin(), more.end());
    return RunWords(words);
  }
  std::string Db() const { return folder_ + "/results.db"; }
  std::vector<BenchResult> Kept() {
    auto db = ResultsDb::Open(Db(), false);
    EXPECT_TRUE(db.ok()) << db.status();
    if (!db.ok()) return {};
    auto all = db->LoadAll();
    EXPECT_TRUE(all.ok()) << all.status();
    return all.ok() ? *all : std::vector<BenchResult>();
  }
  // A script as the program: it needs no compiler, only `chmod`.
  static std::string ScriptBuild(absl::string_view body,
                                 absl::string_view before = "true") {
    return absl::StrCat(before, "; echo build >>order; printf '#!/bin/sh\\n",
                        body, "\\n' >prog && chmod +x prog");
  }

  std::string folder_;
};

TEST_F(Bench, FasterBuildOfASlowerProgramIsNotAWin) {
  // -O0 compiles in no time beside this baseline, and its program crawls.
  BenchRun run = Run({"--build", "cc -O0 -o prog prog.c", "--baseline-build",
                      "sleep 0.5; cc -O2 -o prog prog.c"});
  ASSERT_TRUE(run.exit_code.ok()) << run.exit_code.status();
  EXPECT_EQ(*run.exit_code, 0);
  EXPECT_THAT(run.out, HasSubstr("verdict: not a win: the program got "));
  EXPECT_THAT(run.out, HasSubstr("slower (limit 1.02x)"));
  EXPECT_THAT(run.out, HasSubstr("output: same"));
  EXPECT_THAT(run.progress, HasSubstr("bench: round 1 of 3: building dfe\n"));
  ASSERT_EQ(Kept().size(), 1u);
}

TEST_F(Bench, SameProgramBuiltFasterIsAWin) {
  const std::string build = "cc -O2 -o prog prog.c";
  // A machine under load may well see 2 % between two runs of one program, so
  // that gate is opened here; the test above shows it closed. Load makes both
  // builds slower, so one is four of the other: a pause would be lost in it.
  BenchRun run =
      Run({"--build", build, "--baseline-build",
           absl::StrCat(build, "; ", build, "; ", build, "; ", build),
           "--allow-slower-program", "--check", "test -x prog", "--json"});
  ASSERT_TRUE(run.exit_code.ok()) << run.exit_code.status();
  auto json = nlohmann::json::parse(run.out);
  const auto& c = json["comparisons"][0];
  EXPECT_EQ(c["verdict"], "faster");
  EXPECT_GT(c["build_wall_seconds"]["ratio"], 1.5);
  EXPECT_EQ(c["output_same"], true);
  EXPECT_EQ(c["symbols_same"], true);
  EXPECT_EQ(c["check_after"], "pass");
  EXPECT_EQ(c["stripped_bytes"]["ratio"], 1);
  EXPECT_GT(c["program_cpu_seconds"]["after"]["min"], 0);
  EXPECT_LT(json["sides"][0]["builds"][0]["stripped_bytes"],
            json["sides"][0]["builds"][0]["size_bytes"]);
  EXPECT_FALSE(json["machine"]["cpu"].get<std::string>().empty());
}

TEST_F(Bench, BuildsAlternateAfterTheWarmUp) {
  BenchRun run = Run(
      {"--build", ScriptBuild("echo 1", "echo A >>order"), "--baseline-build",
       ScriptBuild("echo 1", "echo B >>order"), "--warmup", "1"});
  ASSERT_TRUE(run.exit_code.ok()) << run.exit_code.status();
  std::string order = ReadAll(folder_ + "/order");
  std::string sides;
  for (absl::string_view line : absl::StrSplit(order, '\n')) {
    if (line == "A" || line == "B") absl::StrAppend(&sides, line);
  }
  EXPECT_EQ(sides, "ABBAABBA");
  std::vector<BenchResult> kept = Kept();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].sides[0].builds.size(), 3u);
  EXPECT_EQ(kept[0].sides[0].runs.size(), 3u);
  EXPECT_EQ(kept[0].sides[0].builds[0].position, 1);
  EXPECT_EQ(kept[0].sides[0].builds[1].position, 0);
}

TEST_F(Bench, OtherOutputIsRefusedAndIgnoredTextIsNot) {
  const std::string a = ScriptBuild("echo took 1 ms; echo x");
  const std::string b = ScriptBuild("echo took 2 ms; echo x", "sleep 0.2");
  BenchRun run =
      Run({"--build", a, "--baseline-build", b, "--allow-slower-program"});
  ASSERT_TRUE(run.exit_code.ok()) << run.exit_code.status();
  EXPECT_THAT(run.out,
              HasSubstr("not a win: the program's output differs: first at "
                        "byte 5, line 1"));
  run = Run({"--build", a, "--baseline-build", b, "--allow-slower-program",
             "--output-ignore", "[0-9]+ ms"});
  ASSERT_TRUE(run.exit_code.ok()) << run.exit_code.status();
  EXPECT_THAT(run.out, HasSubstr("verdict: faster"));
}

TEST_F(Bench, ArtifactsThatAreNoProgramsAreComparedByWhatIsPrintedOfThem) {
  auto verdict_of = [&](const std::string& made) {
    BenchRun run = Run({"--baseline-build", "echo one >prog", "--build",
                        "echo " + made + " >prog", "--run", "cat {}",
                        "--no-program", "--program-runs", "0", "--json"});
    EXPECT_TRUE(run.exit_code.ok()) << run.exit_code.status();
    return nlohmann::json::parse(run.out)["comparisons"][0];
  };
  nlohmann::json same = verdict_of("one");
  EXPECT_EQ(same["output_same"], true);
  EXPECT_EQ(same["program_runs"], 0);
  EXPECT_TRUE(same["program_cpu_seconds"].is_null());
  EXPECT_THAT(same["verdict"], ::testing::Ne("not a win"));
  nlohmann::json other = verdict_of("two");
  EXPECT_EQ(other["output_same"], false);
  EXPECT_THAT(std::string(other["verdict_text"]), HasSubstr("output differs"));
}

TEST_F(Bench, FailingTestsOfOneSideAreShown) {
  BenchRun run = Run({"--build", ScriptBuild("echo 1"), "--baseline-build",
                      ScriptBuild("echo 1"), "--check",
                      "echo broken test; false", "--baseline-check", "true"});
  ASSERT_TRUE(run.exit_code.ok()) << run.exit_code.status();
  EXPECT_THAT(run.out, HasSubstr("the project's own tests fail"));
  EXPECT_THAT(run.out, HasSubstr("own tests: pass / fail"));
  EXPECT_THAT(run.out, HasSubstr("tests of 'dfe': exit code 1: broken test"));
}

TEST_F(Bench, SeveralBaselinesGiveAVerdictEach) {
  const std::string build = ScriptBuild("echo 1");
  BenchRun run =
      Run({"--build", build, "--baseline-build", build, "--baseline",
           "slow=" + ScriptBuild("echo 1", "sleep 0.3"), "--baseline-env",
           "slow=SIDE=x", "--allow-slower-program"});
  ASSERT_TRUE(run.exit_code.ok()) << run.exit_code.status();
  EXPECT_THAT(run.out, HasSubstr("demo: dfe vs default, 3 builds"));
  EXPECT_THAT(run.out, HasSubstr("demo: dfe vs slow, 3 builds"));
  std::vector<BenchResult> kept = Kept();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(Judge(Compare(kept[0], 2), kept[0].allowed).kind,
            VerdictKind::kFaster);
  EXPECT_EQ(kept[0].sides[2].environment.size(), 1u);
}

TEST_F(Bench, LimitsGiveExitCodeOne) {
  const std::string fast = ScriptBuild("echo 1");
  const std::string slow = ScriptBuild("echo 1", "sleep 0.2");
  auto code = [&](const std::string& build, const std::string& baseline,
                  std::vector<std::string> more) {
    more.insert(more.end(), {"--build", build, "--baseline-build", baseline,
                             "--allow-slower-program"});
    BenchRun run = Run(more);
    EXPECT_TRUE(run.exit_code.ok()) << run.exit_code.status();
    return run.exit_code.value_or(-1);
  };
  EXPECT_EQ(code(fast, slow, {"--fail-unless-faster", "1.1"}), 0);
  EXPECT_EQ(code(fast, slow, {"--fail-unless-faster", "900"}), 1);
  EXPECT_EQ(code(slow, fast, {"--fail-if-slower", "0.9"}), 1);
  EXPECT_EQ(code(slow, fast, {"--fail-if-slower", "0.001"}), 0);
  EXPECT_EQ(code(slow, fast, {}), 0);
  EXPECT_EQ(code(fast, slow, {"--fail-if-slower", "0.9", "--check", "false"}),
            1);
}

TEST_F(Bench, FailingBuildIsAnErrorWithItsLastWords) {
  BenchRun run = Run({"--build", "echo no such thing; exit 9",
                      "--baseline-build", ScriptBuild("echo 1")});
  EXPECT_EQ(run.exit_code.status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(run.exit_code.status().message(),
            "bench: build of 'dfe': expected exit code 0, got 9\nno such "
            "thing");
  EXPECT_TRUE(Kept().empty());
}

TEST_F(Bench, ABuildThatMakesNothingIsAnError) {
  BenchRun run =
      Run({"--build", "true", "--baseline-build", ScriptBuild("echo 1")});
  EXPECT_THAT(std::string(run.exit_code.status().message()),
              HasSubstr("build of 'dfe': expected an artifact prog, got none"));
  // With a clean command that cleans nothing, the other side's file is there.
  run = Run({"--clean", "true", "--build", ScriptBuild("echo 1"),
             "--baseline-build", "true"});
  EXPECT_THAT(std::string(run.exit_code.status().message()),
              HasSubstr("got the old file, which another side shares"));
}

TEST_F(Bench, ABaselineThatCannotRunIsAnErrorAndACrashIsADifference) {
  const std::string good = ScriptBuild("echo 1");
  const std::string crash = ScriptBuild("kill -9 $$");
  BenchRun run = Run({"--build", good, "--baseline-build", crash});
  EXPECT_THAT(std::string(run.exit_code.status().message()),
              HasSubstr("program run of 'default': expected exit code 0, got "
                        "137"));
  run = Run({"--build", crash, "--baseline-build", good});
  ASSERT_TRUE(run.exit_code.ok()) << run.exit_code.status();
  EXPECT_THAT(run.out, HasSubstr("exit code 0 before, 137 after"));
}

TEST_F(Bench, BothProgramsRunUnderTheSamePath) {
  BenchRun run = Run({"--build", ScriptBuild("echo \"$0\""), "--baseline-build",
                      ScriptBuild("echo \"$0\" ")});
  ASSERT_TRUE(run.exit_code.ok()) << run.exit_code.status();
  EXPECT_THAT(run.out, HasSubstr("output: same"));
}

TEST_F(Bench, UnsteadyOutputAndShortWorkloadsAreNoted) {
  BenchRun run = Run({"--build", ScriptBuild("date +%%N"), "--baseline-build",
                      ScriptBuild("echo 1")});
  ASSERT_TRUE(run.exit_code.ok()) << run.exit_code.status();
  EXPECT_THAT(run.out, HasSubstr("note: the program of 'dfe' does not print "
                                 "the same each time"));
  EXPECT_THAT(run.out, Not(HasSubstr("the program of 'default' does not")));
  EXPECT_THAT(run.out, HasSubstr("the workload runs for less than"));
  EXPECT_THAT(run.out, HasSubstr("note: no stripped size of 'dfe': strip:"));
}

TEST_F(Bench, ForeignDatabaseStopsBeforeTheFirstBuild) {
  WriteAll(Db(), "not a database at all, but somebody's text file\n");
  const std::string before = ReadAll(Db());
  BenchRun run = Run({"--build", ScriptBuild("echo 1"), "--baseline-build",
                      ScriptBuild("echo 1")});
  EXPECT_THAT(std::string(run.exit_code.status().message()), HasSubstr(Db()));
  EXPECT_EQ(ReadAll(Db()), before);
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/order"));
}

TEST_F(Bench, NoDatabaseIsMadeWhenNoneIsAsked) {
  BenchRun run = Run({"--db", "none", "--build", ScriptBuild("echo 1"),
                      "--baseline-build", ScriptBuild("echo 1")});
  ASSERT_TRUE(run.exit_code.ok()) << run.exit_code.status();
  EXPECT_FALSE(std::filesystem::exists(Db()));
  EXPECT_FALSE(std::filesystem::exists("none"));
}

TEST_F(Bench, InterruptKeepsNothingAndExitsWith130) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    BenchRun run =
        Run({"--build", "touch started; sleep 30", "--baseline-build", "true"});
    _exit(run.exit_code.ok() ? *run.exit_code : 99);
  }
  for (int i = 0; i < 1000; ++i) {
    if (std::filesystem::exists(folder_ + "/started")) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  kill(child, SIGTERM);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), kExitInterrupted);
  EXPECT_TRUE(Kept().empty());
}

TEST(Machine, ProbesTellVersionsAndHardware) {
  NamedText versions = ProbeVersions(".");
  ASSERT_FALSE(versions.empty());
  EXPECT_EQ(versions[0].first, "dfe");
  Machine machine = ProbeMachine();
  EXPECT_GT(machine.cores, 0);
  EXPECT_GT(machine.memory_kib, 1000);
}

TEST(Machine, AbsentToolsAreLeftOut) {
  const std::string path = getenv("PATH");
  setenv("PATH", "/nonexistent", 1);
  NamedText versions = ProbeVersions(".");
  setenv("PATH", path.c_str(), 1);
  EXPECT_THAT(versions, ::testing::SizeIs(1));
}

TEST(Machine, TheCompilerIsTheOneThatMakeTakes) {
  const std::string folder = NewFolder();
  WriteAll(folder + "/cc9", "#!/bin/sh\necho chosen compiler 9.8\n");
  std::filesystem::permissions(folder + "/cc9",
                               std::filesystem::perms::owner_all);
  setenv("CC", (folder + "/cc9").c_str(), 1);
  NamedText versions = ProbeVersions(".");
  unsetenv("CC");
  EXPECT_THAT(versions, ::testing::Contains(
                            ::testing::Pair("cc", "chosen compiler 9.8")));
}

TEST(Machine, OnlyFlagsThatSteerBuildsAreKept) {
  setenv("RUSTFLAGS", "-Cx=y", 1);
  setenv("CARGO_PROFILE_RELEASE_LTO", "off", 1);
  setenv("SECRET_TOKEN", "s", 1);
  setenv("DFE_ROOT", "/somewhere", 1);
  NamedText flags = ProbeFlags();
  unsetenv("RUSTFLAGS");
  unsetenv("CARGO_PROFILE_RELEASE_LTO");
  unsetenv("SECRET_TOKEN");
  unsetenv("DFE_ROOT");
  int found = 0;
  for (const auto& [name, value] : flags) {
    EXPECT_NE(name, "SECRET_TOKEN");
    EXPECT_NE(name, "DFE_ROOT");  // a folder of this machine, no flag
    found += name == "RUSTFLAGS" || name == "CARGO_PROFILE_RELEASE_LTO";
  }
  EXPECT_EQ(found, 2);
}

}  // namespace
}  // namespace dfe::bench
