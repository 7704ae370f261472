// explain, stats and clean: every number that they print.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "dfe/store/clean.h"
#include "dfe/store/explain.h"
#include "dfe/store/header_bans.h"
#include "dfe/store/link_map.h"
#include "dfe/store/stats.h"
#include "store_testing.h"

namespace dfe::store {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

class CommandsTest : public ::testing::Test {
 protected:
  CommandsTest() : root_(folder_ / "cache"), project_(folder_ / "project") {
    std::filesystem::create_directories(project_ + "/src/below");
  }

  // One cold and two later builds of `project_`, the last with a link.
  void Record() {
    auto store = Store::Open(root_);
    ASSERT_TRUE(store.ok()) << store.status();
    BuildRecord build = ProjectBuild(9000000, 18000000);
    build.cold = true;
    dispatch::UnitEvent slow = Unit("dep", 50, "plain");
    slow.own_us = 700;
    ASSERT_TRUE(store->FinishBuild(0, build, {slow}, {}).ok());
    build = ProjectBuild(4000000, 6000000);
    ASSERT_TRUE(store->FinishBuild(0, build, {Unit("dep", 2000)}, {}).ok());
    build = ProjectBuild(2000000, 4000000);
    LinkRecord link{"top",
                    "target/release/top",
                    900,
                    12,
                    {{"std", 8, 700}, {"dep", 3, 150}, {"top", 1, 50}},
                    {}};
    ASSERT_TRUE(store
                    ->FinishBuild(0, build,
                                  {Unit("dep", 4000), Unit("my_dep", 1000),
                                   Unit("build_script_build", 500, "plain")},
                                  {link})
                    .ok());
    LinkMap map;
    map.symbols = {{"_RNvC3dep5alive", "dep::alive", "dep", 150},
                   {"_RNvC3top4main", "top::main", "top", 50}};
    ASSERT_TRUE(SaveLive(map, root_, Key(), "top").ok());
  }

  LiveKey Key() const { return {project_, "release", Build().rustc}; }

  BuildRecord ProjectBuild(int64_t wall_us, int64_t cpu_us) {
    BuildRecord build = Build(wall_us, cpu_us);
    build.project = project_;
    return build;
  }

  // Runs a command with --store; the exit code, or -1 for an error.
  int Run(std::vector<std::string> words) {
    words.insert(words.begin() + 1, "--store=" + root_);
    auto options = Parse(words);
    EXPECT_TRUE(options.ok()) << options.status();
    std::ostringstream out;
    absl::StatusOr<int> code =
        options->command == "explain" ? RunExplain(*options, out)
        : options->command == "stats" ? RunStats(*options, out)
                                      : RunClean(*options, out);
    text_ = out.str();
    error_ = std::string(code.status().message());
    return code.ok() ? *code : -1;
  }
  int Explain(std::vector<std::string> words) {
    words.insert(words.begin(), {"explain", "--project=" + project_});
    return Run(words);
  }

  TemporaryFolder folder_;
  std::string root_;
  std::string project_;
  std::string text_;
  std::string error_;
};

TEST_F(CommandsTest, ExplainWithoutRecordsSaysHowToGetThem) {
  EXPECT_EQ(Explain({}), 1);
  EXPECT_THAT(text_, HasSubstr(project_));
  EXPECT_THAT(text_, HasSubstr("run `dfe build` there first"));
  EXPECT_FALSE(Exists(root_));  // looking makes nothing
  EXPECT_EQ(Explain({"--json"}), 1);
  EXPECT_EQ(Json::parse(text_)["recorded"], false);
  EXPECT_EQ(Run({"explain", "--project=/nonexistent"}), -1);
  EXPECT_THAT(error_, HasSubstr("expected a folder"));
}

TEST_F(CommandsTest, ExplainShowsUnitsByReasonAndWhatSurvived) {
  Record();
  ASSERT_EQ(Explain({"--json"}), 0);
  Json got = Json::parse(text_);
  EXPECT_EQ(got["recorded"], true);
  EXPECT_EQ(got["build"]["project"], project_);
  EXPECT_EQ(got["build"]["wall_us"], 2000000);
  EXPECT_EQ(got["build"]["exit_code"], 0);
  EXPECT_EQ(got["units"], Json::parse(R"([
    {"strategy":"late","reason":"none","units":2,"cpu_us":5000},
    {"strategy":"plain","reason":"host-unit","units":1,"cpu_us":500}])"));
  ASSERT_EQ(got["links"].size(), 1u);
  EXPECT_EQ(got["links"][0]["leaf"], "top");
  EXPECT_EQ(got["links"][0]["text_bytes"], 900);
  EXPECT_EQ(got["links"][0]["live_symbols"], 12);
  EXPECT_EQ(got["links"][0]["crates"][1],
            Json::parse(R"({"crate":"dep","functions":3,"bytes":150})"));
  ASSERT_EQ(Explain({}), 0);
  EXPECT_THAT(text_, HasSubstr("late      none           2  5.0 ms"));
  EXPECT_THAT(text_, HasSubstr("12 functions, 900 B of code"));
  EXPECT_THAT(text_, HasSubstr("dep            3    150"));
}

TEST_F(CommandsTest, ExplainFindsTheProjectFromBelow) {
  Record();
  EXPECT_EQ(Run({"explain", "--project=" + project_ + "/src/below"}), 0);
  EXPECT_THAT(text_, HasSubstr(project_ + ": `cargo build --release`"));
  EXPECT_EQ(Run({"explain", "--project=" + folder_.path()}), 1);
}

TEST_F(CommandsTest, ExplainLimitsTables) {
  Record();
  ASSERT_EQ(Explain({"--limit=2"}), 0);
  EXPECT_THAT(text_, HasSubstr("and 1 more"));
  ASSERT_EQ(Explain({"--limit=0"}), 0);
  EXPECT_THAT(text_, Not(HasSubstr("more")));
  EXPECT_EQ(Explain({"--limit=-1"}), -1);
  EXPECT_EQ(Explain({"two", "words"}), -1);
}

TEST_F(CommandsTest, ExplainTellsWhyABuildWasPlain) {
  Record();
  {
    auto store = Store::Open(root_);
    BuildRecord build = ProjectBuild(1, 1);
    build.strategy = "plain";
    build.plain_reason = "the linker is not lld";
    build.exit_code = 101;
    ASSERT_TRUE(store->FinishBuild(0, build, {}, {}).ok());
    ASSERT_TRUE(store->Ban(project_, "late", "the link failed").ok());
    ASSERT_TRUE(store->Ban("/other", "late", "other reason").ok());
  }
  ASSERT_EQ(Explain({}), 0);
  EXPECT_THAT(text_, HasSubstr("strategy: plain: the linker is not lld"));
  EXPECT_THAT(text_, HasSubstr("late: the link failed"));
  EXPECT_THAT(text_, Not(HasSubstr("other reason")));
  EXPECT_THAT(text_, HasSubstr("exit code 101"));
  EXPECT_THAT(text_, HasSubstr("none was compiled"));
}

TEST_F(CommandsTest, ExplainOfACrate) {
  Record();
  ASSERT_EQ(Explain({"dep", "--json"}), 0);
  Json got = Json::parse(text_);
  EXPECT_EQ(got["crate"], "dep");
  ASSERT_EQ(got["units"].size(), 1u);
  EXPECT_EQ(got["units"][0]["cpu_us"], 4000);
  EXPECT_EQ(got["units"][0]["peak_rss_kib"], 1000);
  EXPECT_EQ(got["costs"]["late"]["cpu_us"], 3000);  // of 2000 and 4000
  EXPECT_EQ(got["costs"]["late"]["builds"], 2);
  EXPECT_EQ(got["survives"],
            Json::parse(R"([{"leaf":"top","functions":3,"bytes":150}])"));
  ASSERT_EQ(Explain({"dep"}), 0);
  EXPECT_THAT(text_, HasSubstr("top: 3 functions, 150 bytes"));
  ASSERT_EQ(Explain({"std"}), 0);  // only the link knows it
  EXPECT_THAT(text_, HasSubstr("not compiled in this build"));
  EXPECT_THAT(text_, HasSubstr("top: 8 functions, 700 bytes"));
}

TEST_F(CommandsTest, ExplainOfACrateByItsPackageName) {
  Record();
  ASSERT_EQ(Explain({"my-dep"}), 0);
  EXPECT_THAT(text_, HasSubstr("crate my_dep"));
  EXPECT_THAT(text_, HasSubstr("top: nothing of it is in the program"));
}

TEST_F(CommandsTest, ExplainOfASymbol) {
  Record();
  for (const char* word : {"dep::ali", "_RNvC3dep5", "alive"}) {
    ASSERT_EQ(Explain({word, "--json"}), 0);
    Json got = Json::parse(text_);
    EXPECT_EQ(got["matches"], Json::parse(R"([{"leaf":"top","crate":"dep",
        "name":"_RNvC3dep5alive","readable":"dep::alive","bytes":150}])"));
  }
  ASSERT_EQ(Explain({"::"}), 0);
  EXPECT_THAT(text_, HasSubstr("'::': 2 live functions"));
  EXPECT_THAT(text_, HasSubstr("top      dep    150    dep::alive"));
  ASSERT_EQ(Explain({"dep::dead"}), 0);
  EXPECT_THAT(text_,
              HasSubstr("'dep::dead': not in the program: nothing that the "
                        "link kept refers to it"));
  ASSERT_EQ(Explain({"dep::dead", "--json"}), 0);
  EXPECT_TRUE(Json::parse(text_)["matches"].empty());
}

TEST_F(CommandsTest, ExplainOfASymbolNeedsALink) {
  Record();
  std::string live = LiveFolder(root_, Key()) + "/top.live";
  WriteText(live, "damaged");
  EXPECT_EQ(Explain({"dep::alive"}), 1);
  EXPECT_THAT(text_, HasSubstr("no link of"));
  std::filesystem::remove(live);
  EXPECT_EQ(Explain({"dep::alive"}), 1);
}

TEST_F(CommandsTest, ExplainWarnsOfADamagedIndex) {
  Record();
  WriteText(root_ + "/index.db", "no database, only a line of text, sorry");
  EXPECT_EQ(Explain({}), 1);
  Record();
  EXPECT_EQ(Explain({}), 0);
}

TEST_F(CommandsTest, Stats) {
  Record();
  {
    auto store = Store::Open(root_);
    BuildRecord failed = ProjectBuild(1, 1);
    failed.exit_code = 101;
    ASSERT_TRUE(store->FinishBuild(0, failed, {}, {}).ok());
    ASSERT_TRUE(store->Ban(project_, "late", "the link failed").ok());
  }
  WriteText(root_ + "/lto/x", std::string(2048, 'x'));
  ASSERT_EQ(Run({"stats", "--json"}), 0);
  Json got = Json::parse(text_);
  ASSERT_EQ(got["projects"].size(), 1u);
  EXPECT_EQ(got["projects"][0]["builds"], 4);
  EXPECT_EQ(got["projects"][0]["failed"], 1);
  EXPECT_EQ(got["projects"][0]["groups"], Json::parse(R"([
    {"profile":"release","strategy":"late","cold_builds":1,
     "cold_wall_us":9000000,"cold_cpu_us":18000000,"later_builds":2,
     "later_wall_us":3000000,"later_cpu_us":5000000}])"));
  EXPECT_EQ(got["units"], Json::parse(R"({"late":3,"plain":2})"));
  EXPECT_EQ(got["dispatch"],
            Json::parse(R"({"units":5,"median_us":300,"p99_us":700})"));
  EXPECT_EQ(got["cache"]["lto"], Json::parse(R"({"bytes":2048,"files":1})"));
  EXPECT_EQ(got["cache"]["seeds"]["files"], 1);
  EXPECT_EQ(got["bans"][0]["reason"], "the link failed");
  ASSERT_EQ(Run({"stats"}), 0);
  EXPECT_THAT(text_, HasSubstr(": 4 builds, 1 failed"));
  EXPECT_THAT(text_, HasSubstr("release  late         1  9.00 s  18.00 s"));
  EXPECT_THAT(text_, HasSubstr("units: late 3, plain 2"));
  EXPECT_THAT(text_, HasSubstr("median 300 us, 99 of 100 below 700 us"));
  EXPECT_THAT(text_, HasSubstr("no 'late' since"));
  EXPECT_THAT(text_, HasSubstr("2.0 KiB"));
}

TEST_F(CommandsTest, StatsOfOneProject) {
  Record();
  ASSERT_TRUE(Store::Open(root_)->FinishBuild(0, Build(), {}, {}).ok());
  ASSERT_EQ(Run({"stats", "--json"}), 0);
  EXPECT_EQ(Json::parse(text_)["projects"].size(), 2u);
  ASSERT_EQ(Run({"stats", "--json", "--project=" + project_}), 0);
  EXPECT_EQ(Json::parse(text_)["projects"].size(), 1u);
  EXPECT_EQ(Run({"stats", "--json", "--project=" + folder_.path()}), 1);
}

TEST_F(CommandsTest, StatsWithoutRecords) {
  EXPECT_EQ(Run({"stats"}), 1);
  EXPECT_THAT(text_, HasSubstr("no build is recorded"));
  EXPECT_FALSE(Exists(root_));
}

TEST_F(CommandsTest, CleanWithoutWordsKeepsWhatWasLearned) {
  Record();
  WriteText(root_ + "/lto/x", std::string(1000, 'x'));
  int64_t rest = static_cast<int64_t>(
      ReadText(LiveFolder(root_, Key()) + "/top.live").size() +
      ReadText(SeedsFolder(root_, Key()) + "/top.seeds").size());
  ASSERT_EQ(Run({"clean", "--json"}), 0);
  EXPECT_EQ(Json::parse(text_)["freed_bytes"], 1000 + rest);
  EXPECT_EQ(Explain({}), 0);
  ASSERT_EQ(Run({"clean", "index"}), 0);
  EXPECT_THAT(text_, HasSubstr("freed "));
  EXPECT_EQ(Explain({}), 1);
}

TEST_F(CommandsTest, CleanOfSeveralWords) {
  WriteText(root_ + "/lto/x", std::string(2048, 'x'));
  WriteText(root_ + "/maps/y", "12");
  WriteText(root_ + "/seeds/z", "123");
  ASSERT_EQ(Run({"clean", "lto", "maps"}), 0);
  EXPECT_EQ(text_, "freed 2.0 KiB (2050 bytes)\n");
  EXPECT_TRUE(Exists(root_ + "/seeds/z"));
}

TEST_F(CommandsTest, CleanChecksAllWordsFirst) {
  WriteText(root_ + "/lto/x", "x");
  EXPECT_EQ(Run({"clean", "lto", "idnex"}), -1);
  EXPECT_THAT(error_, HasSubstr("did you mean 'index'?"));
  EXPECT_TRUE(Exists(root_ + "/lto/x"));
}

TEST_F(CommandsTest, CleanToALimit) {
  WriteText(root_ + "/lto/x", std::string(3 << 20, 'x'));
  ASSERT_EQ(Run({"clean", "--max-mib=4"}), 0);
  EXPECT_EQ(text_, "freed 0 B (0 bytes)\n");
  ASSERT_EQ(Run({"clean", "--max-days=1"}), 0);
  EXPECT_TRUE(Exists(root_ + "/lto/x"));
  ASSERT_EQ(Run({"clean", "--max-mib=2"}), 0);
  EXPECT_EQ(text_, "freed 3.0 MiB (3145728 bytes)\n");
  EXPECT_EQ(Run({"clean", "--max-mib=2", "lto"}), -1);
  EXPECT_EQ(Run({"clean", "--max-mib=-2"}), -1);
}

TEST_F(CommandsTest, CleanBansOfOneProject) {
  {
    auto store = Store::Open(root_);
    ASSERT_TRUE(store->Ban(project_, "late", "x").ok());
    ASSERT_TRUE(store->Ban("/other", "late", "x").ok());
  }
  ASSERT_EQ(Run({"clean", "bans", "--project=" + project_}), 0);
  EXPECT_THAT(text_, HasSubstr("cleared 1 bans"));
  ASSERT_TRUE(AddHeaderBan(root_, project_, "/i/a.h").ok());
  ASSERT_TRUE(AddHeaderBan(root_, "/other", "/i/a.h").ok());
  ASSERT_EQ(Run({"clean", "bans", "--project=" + project_}), 0);
  EXPECT_THAT(text_, HasSubstr("cleared 1 bans"));
  EXPECT_EQ(LoadHeaderBans(root_, "/other")->size(), 1u);
  EXPECT_EQ(Store::Open(root_)->Bans()->size(), 1u);
}

}  // namespace
}  // namespace dfe::store
