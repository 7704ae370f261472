#include "dfe/bench/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench_testing.h"
#include "dfe/bench/results_db.h"

namespace dfe::bench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Report, MarkdownRowIsExactlyThis) {
  std::string table = MarkdownReport(SelectRows({GoodResult()}, ""));
  EXPECT_THAT(
      table,
      HasSubstr("\n| tool | dfe vs default | 2.020 s | 1.020 s | 1.98x [1.96, "
                "2.00] | 1.91x | 1.00x | 1.00x | 1.00x | same | pass | faster "
                "| 5/5 | 2026-03-01 | dfe 0.1.0, rustc 9.8.7 |\n"));
  EXPECT_THAT(table, HasSubstr("Machine: Test CPU, 2 cores, 8 GiB."));
}

TEST(Report, LatestResultOfEachComparisonIsShown) {
  BenchResult old = GoodResult();
  BenchResult fresh = GoodResult();
  fresh.date = "2026-05-05T00:00:00Z";
  BenchResult other = GoodResult();
  other.sides[1].label = "lto-off";
  std::vector<ReportRow> rows = SelectRows({old, other, fresh}, "");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].comparison.baseline, "default");
  EXPECT_EQ(rows[0].date, fresh.date);
  EXPECT_EQ(rows[1].comparison.baseline, "lto-off");
}

TEST(Report, SlowerAndRefusedProjectsAreNotLeftOut) {
  BenchResult slow = GoodResult();
  slow.project = "slow";
  std::swap(slow.sides[0].builds, slow.sides[1].builds);
  BenchResult refused = GoodResult();
  refused.project = "refused";
  refused.sameness[0].output = false;
  refused.sides[0].check_outcome = CheckOutcome::kFailed;
  std::string text = TextReport(SelectRows({slow, refused}, ""));
  EXPECT_THAT(text, HasSubstr("slower"));
  EXPECT_THAT(text, HasSubstr("not a win"));
  EXPECT_THAT(text, HasSubstr("differs"));
  EXPECT_THAT(text, HasSubstr("pass / fail"));
  EXPECT_THAT(text, Not(HasSubstr("faster  ")));
  EXPECT_EQ(SelectRows({slow, refused}, "slow").size(), 1u);
  EXPECT_EQ(SelectRows({slow, refused}, "none").size(), 0u);
}

TEST(Report, VersionsAreShortened) {
  BenchResult r = GoodResult();
  r.versions = {{"cc", "cc (Debian 4.5.6-14+deb1) 4.5.6"},
                {"ld", "GNU ld (GNU Binutils for Debian) 2.40"},
                {"odd", "no number here"}};
  EXPECT_THAT(MarkdownReport(SelectRows({r}, "")),
              HasSubstr("| cc 4.5.6, ld 2.40, odd |"));
}

TEST(Report, BarsInNamesDoNotBreakTheTable) {
  BenchResult r = GoodResult();
  r.project = "a|b";
  EXPECT_THAT(MarkdownReport(SelectRows({r}, "")), HasSubstr("| a\\|b |"));
}

TEST(Report, JsonHoldsTheNumbersOfTheTable) {
  auto json = nlohmann::json::parse(JsonReport(SelectRows({GoodResult()}, "")));
  ASSERT_EQ(json.size(), 1u);
  EXPECT_NEAR(json[0]["build_wall_seconds"]["ratio"], 2.02 / 1.02, 1e-12);
  EXPECT_EQ(json[0]["build_wall_seconds"]["before"]["max"], 2.04);
  EXPECT_EQ(json[0]["verdict"], "faster");
  EXPECT_EQ(json[0]["versions"]["dfe"], "0.1.0");
}

TEST(Report, ResultTextHasSpreadNotesAndVerdict) {
  BenchResult r = GoodResult();
  r.notes = {"something odd"};
  std::string text = ResultText(r);
  EXPECT_THAT(text, HasSubstr("2.020 (2.000 .. 2.040)"));
  EXPECT_THAT(text, HasSubstr("note: something odd\n"));
  EXPECT_THAT(text, HasSubstr("\nverdict: faster: wall 1.98x"));
  auto json = nlohmann::json::parse(ResultJson(r));
  EXPECT_EQ(json["comparisons"][0]["verdict"], "faster");
  EXPECT_EQ(json["sides"][1]["builds"].size(), 5u);
}

TEST(Report, SectionIsReplacedAndTheRestKept) {
  const std::string begin(kReportBegin);
  const std::string end(kReportEnd);
  const std::string document = "# Title\nwrite `" + begin + "` like so\n" +
                               begin + "\nold\n" + end + "\ntail";
  auto updated = ReplaceSection(document, "new\n", "README.md");
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(*updated, "# Title\nwrite `" + begin + "` like so\n" + begin +
                          "\nnew\n" + end + "\ntail");
  EXPECT_EQ(*ReplaceSection(*updated, "new\n", "README.md"), *updated);
}

TEST(Report, MissingDoubledOrSwappedMarkersAreErrors) {
  const std::string begin = std::string(kReportBegin) + "\n";
  const std::string end = std::string(kReportEnd) + "\n";
  for (const std::string& document :
       {std::string("text"), begin, end, begin + end + begin, end + begin}) {
    absl::Status refused = ReplaceSection(document, "x", "a.md").status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition)
        << document;
    EXPECT_THAT(std::string(refused.message()), HasSubstr("a.md"));
  }
}

TEST(Report, CommandPrintsUpdatesAndChecks) {
  const std::string folder = NewFolder();
  const std::string db = folder + "/r.db";
  ASSERT_TRUE(ResultsDb::Open(db, true)->Add(GoodResult()).ok());
  const std::string readme = folder + "/README.md";
  const std::string empty = "a\n<!-- bench:begin -->\n<!-- bench:end -->\nb\n";
  WriteAll(readme, empty);

  BenchRun run = RunWords({"report", "--db", db, "--format", "markdown"});
  ASSERT_TRUE(run.exit_code.ok()) << run.exit_code.status();
  EXPECT_THAT(run.out, HasSubstr("| tool | dfe vs default |"));

  EXPECT_EQ(*RunWords({"report", "--db", db, "--check", readme}).exit_code, 1);
  EXPECT_EQ(ReadAll(readme), empty);
  EXPECT_EQ(*RunWords({"report", "--db", db, "--update", readme}).exit_code, 0);
  EXPECT_THAT(ReadAll(readme), HasSubstr("-->\n" + run.out + "<!--"));
  EXPECT_EQ(*RunWords({"report", "--db", db, "--check", readme}).exit_code, 0);
}

TEST(Report, CommandNamesWhatIsWrong) {
  const std::string folder = NewFolder();
  BenchRun run = RunWords({"report", "--db", folder + "/none.db"});
  EXPECT_EQ(run.exit_code.status().code(), absl::StatusCode::kNotFound);
  run = RunWords({"report", "--format", "csv"});
  EXPECT_THAT(std::string(run.exit_code.status().message()),
              HasSubstr("--format: expected text, markdown or json"));
  const std::string db = folder + "/r.db";
  ASSERT_TRUE(ResultsDb::Open(db, true)->Add(GoodResult()).ok());
  for (const std::string& path : {folder, folder + "/none.md"}) {
    run = RunWords({"report", "--db", db, "--update", path});
    EXPECT_EQ(run.exit_code.status().code(), absl::StatusCode::kNotFound);
    EXPECT_THAT(std::string(run.exit_code.status().message()),
                HasSubstr(path + ": cannot be read"));
  }
  run = RunWords({"reprot"});
  EXPECT_THAT(std::string(run.exit_code.status().message()),
              HasSubstr("got 'reprot'"));
}

}  // namespace
}  // namespace dfe::bench
