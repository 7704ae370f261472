// Each rule of the planner, with the twin for which it must not hold.
#include "dfe/build/planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dfe {
namespace {

using dispatch::Strategy;
using ::testing::HasSubstr;

PlannerInput Release(const char* lto) {
  PlannerInput in;
  in.command = ParseCargoCommand({"build", "--release"});
  in.profile.name = "release";
  in.profile.opt_level = "3";
  in.profile.lto = lto;
  in.cores = 2;
  return in;
}

TEST(Planner, LtoProfilesGoLateOthersSingle) {
  PlannerOutput lto = MakePlan(Release("fat"));
  EXPECT_TRUE(lto.accelerate);
  EXPECT_EQ(lto.plan.with_lto, Strategy::kLate);
  PlannerOutput none = MakePlan(Release(""));
  EXPECT_TRUE(none.accelerate);
  EXPECT_EQ(none.plan.without_lto, Strategy::kSingle);
  EXPECT_EQ(none.plan.leaf_units, 4);
}

void ExpectPlain(const PlannerInput& in, const char* reason) {
  PlannerOutput out = MakePlan(in);
  EXPECT_FALSE(out.accelerate) << reason;
  EXPECT_THAT(out.reason, HasSubstr(reason));
}

TEST(Planner, EachObstacleToLateHasItsReason) {
  PlannerInput in = Release("fat");
  in.foreign_type = "staticlib";
  ExpectPlain(in, "staticlib in the workspace");
  in = Release("fat");
  in.linker_works = false;
  in.linker_detail = "unknown file type";
  ExpectPlain(in, "unknown file type");
  in = Release("fat");
  in.late_banned = true;
  ExpectPlain(in, "failed here before");
}

TEST(Planner, ObstaclesToLateDoNotConcernSingle) {
  PlannerInput in = Release("");
  in.foreign_type = "staticlib";
  in.linker_works = false;
  in.late_banned = true;
  EXPECT_TRUE(MakePlan(in).accelerate);
}

TEST(Planner, TheUsersOwnUnitsAreKept) {
  PlannerInput in = Release("");
  in.profile.codegen_units = 16;
  ExpectPlain(in, "sets codegen-units = 16");
  // Under LTO they are about the pre-link half, which late does not have.
  in = Release("fat");
  in.profile.codegen_units = 1;
  EXPECT_TRUE(MakePlan(in).accelerate);
  EXPECT_EQ(MakePlan(in).plan.codegen_units, 1);
}

TEST(Planner, ManyCoresKeepCargosUnits) {
  PlannerInput in = Release("");
  in.cores = 16;
  ExpectPlain(in, "expected at most 4 cores, got 16");
  in.choice = StrategyChoice::kSingle;
  EXPECT_TRUE(MakePlan(in).accelerate);
}

TEST(Planner, UnoptimisedAndIncrementalProfilesAreLeftAlone) {
  PlannerInput in = Release("fat");
  in.profile.opt_level = "0";
  ExpectPlain(in, "not optimised");
  in = Release("fat");
  in.profile.incremental = true;
  ExpectPlain(in, "incremental");
  in = Release("fat");
  in.command = ParseCargoCommand({"check", "--release"});
  ExpectPlain(in, "generates no optimised code");
}

TEST(Planner, AProfileOnTheCommandLineIsNotSeenThrough) {
  PlannerInput in = Release("fat");
  in.command.config = {"profile.release.lto=false"};
  ExpectPlain(in, "--config sets a profile");
  in.command.config = {"net.offline=true"};
  EXPECT_TRUE(MakePlan(in).accelerate);
}

TEST(Planner, UntestedReleasesNeedTheUsersWord) {
  PlannerInput in = Release("fat");
  in.rustc_tested = false;
  in.rustc_release = "1.2.3";
  ExpectPlain(in, "rustc 1.2.3 is not a tested release");
  in.choice = StrategyChoice::kLate;
  EXPECT_TRUE(MakePlan(in).accelerate);
}

TEST(Planner, SeededNeedsPermissionPluginAndSeeds) {
  PlannerInput in = Release("");
  in.choice = StrategyChoice::kSeeded;
  EXPECT_THAT(MakePlan(in).reason, HasSubstr("--unstable"));
  EXPECT_EQ(MakePlan(in).plan.without_lto, Strategy::kSingle);
  in.allow_unstable = in.have_plugin = true;
  EXPECT_THAT(MakePlan(in).reason, HasSubstr("no seeds yet"));
  in.have_seeds = true;
  EXPECT_EQ(MakePlan(in).plan.without_lto, Strategy::kSeeded);
}

PlannerInput Deferring(const char* lto) {
  PlannerInput in = Release(lto);
  in.have_deferral = true;
  in.rustc_tested = false;  // it calls itself a nightly
  return in;
}

TEST(Planner, ACompilerThatDefersIsAskedToWithOrWithoutLto) {
  for (const char* lto : {"", "off", "thin", "fat"}) {
    PlannerOutput out = MakePlan(Deferring(lto));
    EXPECT_TRUE(out.accelerate) << lto;
    EXPECT_EQ(out.plan.with_lto, Strategy::kDeferred) << lto;
    EXPECT_EQ(out.plan.without_lto, Strategy::kDeferred) << lto;
    EXPECT_EQ(out.reason, "");
  }
  EXPECT_EQ(MakePlan(Release("fat")).plan.with_lto, Strategy::kLate);
}

TEST(Planner, ALibraryOfTwoKindsDefersForWhoAsksByName) {
  for (const char* lto : {"off", "fat"}) {
    PlannerInput in = Deferring(lto);
    in.library_of_two_kinds = "both";
    PlannerOutput out = MakePlan(in);
    EXPECT_EQ(out.plan.with_lto, Strategy::kLate);
    EXPECT_EQ(out.plan.without_lto, Strategy::kSingle);
    EXPECT_FALSE(out.plan.learns);
    EXPECT_THAT(out.reason, HasSubstr("library both is a cdylib, too"));
    in.choice = StrategyChoice::kDeferred;
    EXPECT_EQ(MakePlan(in).plan.with_lto, Strategy::kDeferred);
    EXPECT_EQ(MakePlan(in).reason, "");
  }
}

TEST(Planner, SeveralLeavesDeferOnceItIsKnownWhatTheyShare) {
  PlannerInput in = Deferring("");
  in.leaves = 1;
  EXPECT_FALSE(MakePlan(in).plan.learns);
  in.leaves = 2;
  PlannerOutput out = MakePlan(in);
  EXPECT_TRUE(out.accelerate);
  EXPECT_TRUE(out.plan.learns);
  EXPECT_EQ(out.plan.without_lto, Strategy::kDeferred);
  EXPECT_EQ(out.plan.at_home, Strategy::kSingle);
  EXPECT_TRUE(out.reason.starts_with(kNothingKnown)) << out.reason;
  // cargo hashes the marker into symbols, so it is the same when they defer.
  EXPECT_EQ(out.plan.marker, MakePlan(Deferring("")).plan.marker);
  in.cores = 16;
  EXPECT_EQ(MakePlan(in).plan.at_home, Strategy::kPlain);
  EXPECT_TRUE(MakePlan(in).reason.starts_with(kNothingKnown));
  in.linker_works = false;
  EXPECT_TRUE(MakePlan(in).plan.learns);
  EXPECT_THAT(MakePlan(in).reason, HasSubstr("only a linker that"));
  in.shares_known = true;
  EXPECT_FALSE(MakePlan(in).plan.learns);
  EXPECT_EQ(MakePlan(in).reason, "");
  // What is compiled stays as it is, whatever the next command makes.
  in = Deferring("");
  in.leaves = 1;
  in.was_learning = true;
  EXPECT_TRUE(MakePlan(in).plan.learns);
}

TEST(Planner, TheLinkerIsAskedBeforehandWhereThePlanDependsOnIt) {
  EXPECT_TRUE(LinkerMatters(Release("fat")));
  EXPECT_FALSE(LinkerMatters(Release("")));
  EXPECT_FALSE(LinkerMatters(Deferring("fat")));
  PlannerInput in = Deferring("");
  EXPECT_FALSE(LinkerMatters(in));
  in.leaves = 2;  // who learns from maps needs lld's
  EXPECT_TRUE(LinkerMatters(in));
  in = Deferring("fat");
  in.deferred_banned = in.rustc_tested = true;
  EXPECT_TRUE(LinkerMatters(in));
  in = Release("");
  in.choice = StrategyChoice::kSeeded;
  in.allow_unstable = in.have_plugin = in.have_seeds = true;
  EXPECT_TRUE(LinkerMatters(in));
  in = Release("");
  in.choice = StrategyChoice::kLate;
  EXPECT_TRUE(LinkerMatters(in));
  in = Release("");
  in.flags_ask_for_lto = true;
  EXPECT_TRUE(LinkerMatters(in));
  in = Release("");
  in.profile_known = false;  // units with LTO may come
  EXPECT_TRUE(LinkerMatters(in));
}

TEST(Planner, FileNamesDoNotDependOnALinkerThatHasNoSay) {
  PlannerInput in = Release("");
  const int marker = MakePlan(in).plan.marker;
  in.linker_works = false;
  EXPECT_EQ(MakePlan(in).plan.marker, marker);
  in.profile.lto = "fat";
  EXPECT_NE(MakePlan(in).plan.marker, marker);
}

TEST(Planner, LtoAndWhoAsksByNameDeferWhateverIsKnown) {
  PlannerInput in = Deferring("fat");
  in.leaves = 8;
  EXPECT_EQ(MakePlan(in).plan.with_lto, Strategy::kDeferred);
  EXPECT_EQ(MakePlan(in).reason, "");
  in = Deferring("");
  in.leaves = 8;
  in.choice = StrategyChoice::kDeferred;
  EXPECT_EQ(MakePlan(in).plan.without_lto, Strategy::kDeferred);
  EXPECT_FALSE(MakePlan(in).plan.learns);
}

TEST(Planner, ObstaclesToLateAndSingleDoNotConcernDeferred) {
  PlannerInput in = Deferring("fat");
  in.foreign_type = "staticlib";
  in.linker_works = false;
  in.late_banned = true;
  in.cores = 64;
  in.profile.codegen_units = 3;
  PlannerOutput out = MakePlan(in);
  EXPECT_EQ(out.plan.with_lto, Strategy::kDeferred);
  EXPECT_EQ(out.plan.codegen_units, 3);
}

TEST(Planner, EachObstacleToDeferredHasItsReason) {
  PlannerInput in = Deferring("");
  in.choice = StrategyChoice::kDeferred;
  EXPECT_EQ(MakePlan(in).plan.without_lto, Strategy::kDeferred);
  in.have_deferral = false;
  in.deferral_detail = "expected a flag";
  ExpectPlain(in, "deferred: expected a flag");
  in = Deferring("");
  in.choice = StrategyChoice::kDeferred;
  in.profile.debug_assertions = true;
  ExpectPlain(in, "profile release has debug assertions");
  in.profile.debug_assertions = false;
  in.deferred_banned = true;
  ExpectPlain(in, "deferred build failed here before");
  // Left to itself, the planner takes the next best of a tested release.
  in.choice = StrategyChoice::kAuto;
  ExpectPlain(in, "not a tested release");
  in.rustc_tested = true;
  EXPECT_EQ(MakePlan(in).plan.without_lto, Strategy::kSingle);
}

TEST(Planner, WhatIsLeftAloneIsLeftAloneByDeferredToo) {
  PlannerInput in = Deferring("");
  in.profile.opt_level = "0";
  ExpectPlain(in, "not optimised");
  in = Deferring("");
  in.profile.incremental = true;
  ExpectPlain(in, "incremental");
  in = Deferring("");
  in.choice = StrategyChoice::kPlain;
  ExpectPlain(in, "asked for");
}

TEST(Planner, AnUnknownProfileGetsBothHalves) {
  PlannerInput in = Release("");
  in.profile_known = false;
  PlannerOutput out = MakePlan(in);
  EXPECT_TRUE(out.accelerate);
  EXPECT_EQ(out.plan.with_lto, Strategy::kLate);
  EXPECT_EQ(out.plan.without_lto, Strategy::kSingle);
  // Nor can its opt-level be told from that of single packages.
  EXPECT_EQ(out.plan.opt_level, "");
  EXPECT_EQ(MakePlan(Release("")).plan.opt_level, "3");
}

TEST(Planner, DifferentPlansHaveDifferentMarkers) {
  EXPECT_NE(MarkerFor(Strategy::kLate, Strategy::kSingle),
            MarkerFor(Strategy::kPlain, Strategy::kSingle));
  EXPECT_NE(MarkerFor(Strategy::kDeferred, Strategy::kDeferred),
            MarkerFor(Strategy::kLate, Strategy::kSingle));
}

}  // namespace
}  // namespace dfe
