#include "dfe/store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "store_testing.h"

namespace dfe::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CacheRoot, OptionThenXdgThenHome) {
  setenv("HOME", "/h", 1);
  setenv("XDG_CACHE_HOME", "/x", 1);
  EXPECT_EQ(CacheRoot("/o"), "/o");
  EXPECT_EQ(CacheRoot(""), "/x/dfe");
  setenv("XDG_CACHE_HOME", "relative", 1);
  EXPECT_EQ(CacheRoot(""), "/h/.cache/dfe");
  unsetenv("XDG_CACHE_HOME");
  EXPECT_EQ(CacheRoot(""), "/h/.cache/dfe");
  unsetenv("HOME");
  EXPECT_EQ(CacheRoot(""), "");
}

TEST(HashedName, IsStableAndTellsProjectsApart) {
  EXPECT_EQ(HashedName("/p").size(), 16u);
  EXPECT_EQ(HashedName("/p"), HashedName("/p"));
  EXPECT_NE(HashedName("/p"), HashedName("/q"));
}

class StoreTest : public ::testing::Test {
 protected:
  StoreTest() : store_(*Store::Open(folder_ / "cache")) {}

  // Records one more build; returns its id.
  int64_t Record(const BuildRecord& build,
                 const std::vector<dispatch::UnitEvent>& units = {},
                 const std::vector<LinkRecord>& links = {}) {
    auto id = store_.BeginBuild(build);
    EXPECT_TRUE(id.ok()) << id.status();
    absl::Status done = store_.FinishBuild(*id, build, units, links);
    EXPECT_TRUE(done.ok()) << done;
    return *id;
  }

  TemporaryFolder folder_;
  Store store_;
};

TEST_F(StoreTest, OpensWithoutWarning) {
  EXPECT_EQ(store_.warning(), "");
  EXPECT_EQ(store_.root(), folder_ / "cache");
  auto again = Store::Open(folder_ / "cache");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->warning(), "");
}

TEST_F(StoreTest, KeepsEveryFieldOfABuild) {
  BuildRecord build = Build(11, 22);
  build.plain_reason = "no gain expected";
  build.cold = true;
  int64_t id = Record(build);
  auto last = store_.LastBuild("/p");
  ASSERT_TRUE(last.ok() && last->has_value());
  EXPECT_EQ((*last)->id, id);
  EXPECT_EQ((*last)->project, "/p");
  EXPECT_EQ((*last)->command, "cargo build --release");
  EXPECT_EQ((*last)->profile, "release");
  EXPECT_EQ((*last)->strategy, "late");
  EXPECT_EQ((*last)->plain_reason, "no gain expected");
  EXPECT_EQ((*last)->rustc, "rustc one");
  EXPECT_EQ((*last)->dfe_version, "9.9");
  EXPECT_EQ((*last)->started, absl::FromUnixSeconds(1000000));
  EXPECT_EQ((*last)->wall_us, 11);
  EXPECT_EQ((*last)->cpu_us, 22);
  EXPECT_EQ((*last)->exit_code, 0);
  EXPECT_TRUE((*last)->cold);
}

TEST_F(StoreTest, KeepsEveryFieldOfAUnit) {
  dispatch::UnitEvent unit = Unit("a", 40);
  unit.exit_code = 7;
  int64_t id = Record(Build(), {unit, Unit("b", 8, "plain")});
  auto units = store_.Units(id);
  ASSERT_TRUE(units.ok());
  ASSERT_EQ(units->size(), 2u);
  const dispatch::UnitEvent& got = (*units)[0];
  EXPECT_EQ(got.crate, "a");
  EXPECT_EQ(got.unit, "0123abcd");
  EXPECT_EQ(got.kind, "library");
  EXPECT_EQ(got.strategy, "late");
  EXPECT_EQ(got.reason, "none");
  EXPECT_EQ(got.exit_code, 7);
  EXPECT_EQ(got.wall_us, 20);
  EXPECT_EQ(got.cpu_us, 40);
  EXPECT_EQ(got.peak_rss_kib, 10);
  EXPECT_EQ(got.own_us, 300);
  EXPECT_EQ((*units)[1].reason, "host-unit");
}

TEST_F(StoreTest, KeepsLinksWithTheirParts) {
  LinkRecord first{
      "top", "target/top",      500,
      9,     {{"dep", 3, 200}}, {{"libdep.rlib", 2, 150}, {"top.o", 7, 350}}};
  LinkRecord second{"tool", "target/tool", 100, 2, {}, {}};
  int64_t id = Record(Build(), {}, {first, second});
  auto links = store_.Links(id);
  ASSERT_TRUE(links.ok());
  ASSERT_EQ(links->size(), 2u);
  EXPECT_EQ((*links)[0].leaf, "top");
  EXPECT_EQ((*links)[0].artifact, "target/top");
  EXPECT_EQ((*links)[0].text_bytes, 500);
  EXPECT_EQ((*links)[0].live_symbols, 9);
  ASSERT_EQ((*links)[0].crates.size(), 1u);
  EXPECT_EQ((*links)[0].crates[0].name, "dep");
  EXPECT_EQ((*links)[0].crates[0].functions, 3);
  EXPECT_EQ((*links)[0].crates[0].bytes, 200);
  ASSERT_EQ((*links)[0].inputs.size(), 2u);
  EXPECT_EQ((*links)[0].inputs[1].name, "top.o");
  EXPECT_EQ((*links)[1].leaf, "tool");
  EXPECT_THAT((*links)[1].crates, IsEmpty());
  EXPECT_THAT((*links)[1].inputs, IsEmpty());
}

TEST_F(StoreTest, LastBuildLooksAtWhatItIsAskedFor) {
  int64_t first = Record(Build());
  BuildRecord other = Build();
  other.profile = "bench";
  other.strategy = "single";
  other.rustc = "rustc two";
  int64_t second = Record(other);
  EXPECT_EQ((*store_.LastBuild("/p"))->id, second);
  EXPECT_EQ((*store_.LastBuild("/p", "release"))->id, first);
  EXPECT_EQ((*store_.LastBuild("/p", "", "late"))->id, first);
  EXPECT_EQ((*store_.LastBuild("/p", "", "", "rustc one"))->id, first);
  EXPECT_EQ((*store_.LastBuild("/p", "bench", "single", "rustc two"))->id,
            second);
  EXPECT_FALSE(store_.LastBuild("/p", "bench", "late")->has_value());
  EXPECT_FALSE(store_.LastBuild("/other")->has_value());
}

TEST_F(StoreTest, FailedAndUnfinishedBuildsAreNotTheLast) {
  int64_t good = Record(Build());
  BuildRecord failed = Build();
  failed.exit_code = 101;
  Record(failed);
  ASSERT_TRUE(store_.BeginBuild(Build()).ok());
  EXPECT_EQ((*store_.LastBuild("/p"))->id, good);
  auto builds = store_.Builds("/p");
  ASSERT_TRUE(builds.ok());
  ASSERT_EQ(builds->size(), 2u);  // the unfinished one is not told of
  EXPECT_EQ((*builds)[1].exit_code, 101);
}

TEST_F(StoreTest, ABuildCleanedAwayMeanwhileIsRecordedAnew) {
  ASSERT_TRUE(store_.FinishBuild(12345, Build(), {Unit("a", 4)}, {}).ok());
  auto last = store_.LastBuild("/p");
  ASSERT_TRUE(last.ok() && last->has_value());
  EXPECT_EQ(store_.Units((*last)->id)->size(), 1u);
}

TEST_F(StoreTest, AnIdOfAnotherProjectIsNotTakenOver) {
  int64_t id = Record(Build());
  BuildRecord other = Build();
  other.project = "/q";
  ASSERT_TRUE(store_.FinishBuild(id, other, {}, {}).ok());
  EXPECT_EQ(store_.Builds("/p")->size(), 1u);
  EXPECT_EQ(store_.Builds("/q")->size(), 1u);
}

TEST_F(StoreTest, OldBuildsGoWithTheirUnits) {
  BuildRecord other = Build();
  other.project = "/q";
  Record(other);
  int64_t first = Record(Build(), {Unit("a", 4)}, {{"top", "t", 1, 1}});
  for (int i = 0; i < kBuildsKept; ++i) Record(Build());
  EXPECT_EQ(store_.Builds("/p")->size(), size_t{kBuildsKept});
  EXPECT_THAT(*store_.Units(first), IsEmpty());
  EXPECT_THAT(*store_.Links(first), IsEmpty());
  EXPECT_THAT(*store_.Projects(), ElementsAre("/p", "/q"));
}

TEST_F(StoreTest, ProjectsThatAreNotBuiltAnyMoreGo) {
  BuildRecord build = Build();
  for (int i = 0; i <= kBuildsKeptInAll; ++i) {
    build.project = "/project" + std::to_string(i);
    Record(build);
  }
  EXPECT_TRUE(store_.Builds("/project0")->empty());
  EXPECT_EQ(store_.Builds("/project1")->size(), 1u);
  EXPECT_EQ(store_.Projects()->size(), size_t{kBuildsKeptInAll});
}

TEST_F(StoreTest, CostsAreMediansOfTheNewestBuilds) {
  for (int64_t cpu : {9000, 80, 20, 40, 60, 100}) {
    Record(Build(), {Unit("a", cpu)});
  }
  auto costs = store_.UnitCosts("/p", "release", "late");
  ASSERT_TRUE(costs.ok());
  ASSERT_EQ(costs->size(), 1u);
  EXPECT_EQ(costs->at("a").cpu_us, 60);  // of 80 20 40 60 100
  EXPECT_EQ(costs->at("a").wall_us, 30);
  EXPECT_EQ(costs->at("a").idle_us, 120);
  EXPECT_EQ(costs->at("a").peak_rss_kib, 15);
  EXPECT_EQ(costs->at("a").builds, 5);
}

TEST_F(StoreTest, CostsAreOfTheBuildsThatCompiledTheCrate) {
  Record(Build(), {Unit("a", 40), Unit("b", 10)});
  Record(Build(), {Unit("b", 20)});
  auto costs = store_.UnitCosts("/p", "release", "late");
  ASSERT_TRUE(costs.ok());
  EXPECT_EQ(costs->at("a").builds, 1);
  EXPECT_EQ(costs->at("b").builds, 2);
  EXPECT_EQ(costs->at("b").cpu_us, 15);  // even: between the middle two
}

TEST_F(StoreTest, CostOfANameIsThatOfItsMostExpensiveUnit) {
  Record(Build(), {Unit("a", 10), Unit("a", 50), Unit("a", 30)});
  EXPECT_EQ(store_.UnitCosts("/p", "release", "late")->at("a").cpu_us, 50);
}

TEST_F(StoreTest, CostsLeaveOutFailuresAndOtherStrategies) {
  dispatch::UnitEvent broken = Unit("broken", 10);
  broken.exit_code = 1;
  Record(Build(), {broken, Unit("plain", 10, "plain")});
  BuildRecord failed = Build();
  failed.exit_code = 101;
  Record(failed, {Unit("in_failed_build", 10)});
  EXPECT_THAT(*store_.UnitCosts("/p", "release", "late"), IsEmpty());
  EXPECT_THAT(*store_.UnitCosts("/p", "bench", "plain"), IsEmpty());
  EXPECT_EQ(store_.UnitCosts("/p", "release", "plain")->count("plain"), 1u);
}

TEST_F(StoreTest, CostsLikeAreOfOneKindInSuchBuildsByOneCompiler) {
  dispatch::UnitEvent host = Unit("host", 10);
  host.kind = "host";
  BuildRecord clean = Build();
  clean.cold = true;
  Record(clean, {Unit("a", 10), host});
  Record(Build(), {Unit("a", 30)});
  auto cost = [this](bool cold, absl::string_view rustc) {
    return *store_.UnitCosts(
        "/p", "release", "late",
        Store::CostsLike{.kind = "library", .cold = cold, .rustc = rustc});
  };
  EXPECT_EQ(cost(true, "rustc one").at("a").cpu_us, 10);
  EXPECT_EQ(cost(true, "rustc one").count("host"), 0u);
  EXPECT_EQ(cost(false, "rustc one").at("a").cpu_us, 30);
  EXPECT_THAT(cost(true, "rustc two"), IsEmpty());
}

TEST_F(StoreTest, BansAreForOneProjectAndStrategy) {
  ASSERT_TRUE(store_.Ban("/p", "late", "the link failed").ok());
  ASSERT_TRUE(store_.Ban("/q", "late", "likewise").ok());
  auto ban = store_.IsBanned("/p", "late");
  ASSERT_TRUE(ban.ok() && ban->has_value());
  EXPECT_EQ((*ban)->reason, "the link failed");
  EXPECT_FALSE(store_.IsBanned("/p", "single")->has_value());
  EXPECT_FALSE(store_.IsBanned("/r", "late")->has_value());
  ASSERT_TRUE(store_.Ban("/p", "late", "again").ok());  // replaces
  EXPECT_EQ(store_.Bans("/p")->size(), 1u);
  EXPECT_EQ((*store_.IsBanned("/p", "late"))->reason, "again");
  EXPECT_EQ(*store_.ClearBans("/p"), 1);
  EXPECT_FALSE(store_.IsBanned("/p", "late")->has_value());
  EXPECT_EQ(*store_.ClearBans(), 1);
  EXPECT_THAT(*store_.Bans(), IsEmpty());
}

TEST_F(StoreTest, ProbesAreForOneCompilerAndLinker) {
  std::string key = "-Clinker=cc\x1f-Clink-arg=-fuse-ld=lld";
  EXPECT_FALSE(store_.GetProbe("rustc one", key)->has_value());
  ASSERT_TRUE(store_.PutProbe("rustc one", key, {true, "lld"}).ok());
  auto probe = store_.GetProbe("rustc one", key);
  ASSERT_TRUE(probe.ok() && probe->has_value());
  EXPECT_TRUE((*probe)->works);
  EXPECT_EQ((*probe)->detail, "lld");
  EXPECT_FALSE(store_.GetProbe("rustc two", key)->has_value());
  EXPECT_FALSE(store_.GetProbe("rustc one", "")->has_value());
  ASSERT_TRUE(store_.PutProbe("rustc one", key, {false, "bfd"}).ok());
  EXPECT_FALSE((*store_.GetProbe("rustc one", key))->works);
}

}  // namespace
}  // namespace dfe::store
