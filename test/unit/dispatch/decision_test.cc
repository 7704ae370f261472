// One case for each rule of dispatch, with the twin for which it must not hold.
#include "dfe/dispatch/decision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace dfe::dispatch {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

using Words = std::vector<std::string>;

bool Yes(const RustcInvocation&, const Plan&, void*) { return true; }
bool No(const RustcInvocation&, const Plan&, void*) { return false; }

Plan LatePlan() {
  Plan plan;
  plan.marker = 57313;
  plan.with_lto = Strategy::kLate;
  plan.without_lto = Strategy::kSingle;
  plan.jobs = 2;
  plan.import_limit_lto = 5;
  return plan;
}

// A unit of the accelerated profile under LTO, as cargo writes it.
RustcInvocation Unit(const std::string& type, Words more = {}) {
  Words words = {"rustc",
                 "--crate-name",
                 "foo",
                 "src/foo.rs",
                 "--crate-type",
                 type,
                 "--emit=dep-info,metadata,link",
                 "-C",
                 "opt-level=3",
                 "-C",
                 "codegen-units=57313",
                 "-C",
                 "metadata=abc"};
  const bool leaf = type == "bin" || type == "cdylib";
  words.push_back("-C");
  words.push_back(leaf ? "lto" : "linker-plugin-lto");
  words.insert(words.end(), more.begin(), more.end());
  return RustcInvocation(words);
}

Decision For(const RustcInvocation& in, bool primary = true,
             decltype(&Yes) linker = Yes) {
  return Decide(in, LatePlan(), primary, linker, nullptr);
}

Words Applied(RustcInvocation in, Decision d, std::string map = "") {
  Apply(d, LatePlan(), map, &in);
  return in.words;
}

TEST(Decide, LibraryAndLeafUnderLtoAreLate) {
  EXPECT_EQ(For(Unit("lib")).strategy, Strategy::kLate);
  EXPECT_EQ(For(Unit("bin")).strategy, Strategy::kLate);
  EXPECT_EQ(For(Unit("cdylib")).strategy, Strategy::kLate);
}

TEST(Decide, UnmarkedUnitsAreLeftAlone) {
  RustcInvocation in = Unit("lib");
  in.RemoveCodegen("codegen-units");
  EXPECT_EQ(For(in).reason, Reason::kHostUnit);
  const Words before = in.words;
  EXPECT_EQ(Applied(in, For(in)), before);
  // The user's own number is not the marker.
  in.AddCodegen("codegen-units=16");
  EXPECT_EQ(For(in).reason, Reason::kHostUnit);
}

TEST(Decide, ProcMacrosAreLeftAlone) {
  EXPECT_EQ(For(Unit("proc-macro")).reason, Reason::kHostUnit);
}

TEST(Decide, EachOptionThatWantsTheUsualPipelineIsPlain) {
  const std::pair<Words, Reason> cases[] = {
      {{"-C", "incremental=x"}, Reason::kIncremental},
      {{"-C", "split-debuginfo=packed"}, Reason::kSplitDebuginfo},
      {{"-C", "split-debuginfo=unpacked"}, Reason::kSplitDebuginfo},
      {{"-C", "instrument-coverage=yes"}, Reason::kInstrumentation},
      {{"-C", "profile-use=x"}, Reason::kInstrumentation},
      {{"-Zsanitizer=address"}, Reason::kSanitizer},
      {{"-C", "save-temps=yes"}, Reason::kSaveTemps},
      {{"-C", "link-dead-code=yes"}, Reason::kLinkDeadCode},
      {{"-C", "llvm-args=-x"}, Reason::kUserPasses},
      {{"-C", "opt-level=0"}, Reason::kUnoptimised},
      {{"--emit=asm"}, Reason::kEmitsMore},
      {{"@/no/such/file"}, Reason::kArgumentFile},
  };
  for (const auto& [words, reason] : cases) {
    Decision d = For(Unit("lib", words));
    EXPECT_EQ(d.reason, reason) << words.back();
    EXPECT_EQ(d.strategy, Strategy::kPlain) << words.back();
  }
}

TEST(Decide, ABareBooleanOptionCounts) {
  EXPECT_EQ(For(Unit("lib", {"-Cinstrument-coverage"})).reason,
            Reason::kInstrumentation);
  EXPECT_EQ(For(Unit("lib", {"-Clink-dead-code"})).reason,
            Reason::kLinkDeadCode);
  EXPECT_EQ(For(Unit("bin", {"-Cprefer-dynamic"})).reason,
            Reason::kPreferDynamic);
  EXPECT_EQ(For(Unit("lib", {"-Cinstrument-coverage=off"})).strategy,
            Strategy::kLate);
}

TEST(Decide, MetadataOnlyUnitsAreLeftAlone) {
  RustcInvocation in({"rustc", "--crate-name", "x", "x.rs", "--crate-type",
                      "lib", "--emit=dep-info,metadata", "-Copt-level=3",
                      "-Ccodegen-units=57313"});
  EXPECT_EQ(For(in).reason, Reason::kMetadataOnly);
}

TEST(Decide, ALinkerThatIsNotLldStopsLateAndTheLeafAsksForARebuild) {
  EXPECT_EQ(For(Unit("lib"), true, No).reason, Reason::kLinkerNotLld);
  EXPECT_FALSE(For(Unit("lib"), true, No).needs_rebuild);
  EXPECT_TRUE(For(Unit("bin"), true, No).needs_rebuild);
  EXPECT_FALSE(For(Unit("bin"), true, Yes).needs_rebuild);
}

TEST(Decide, AStaticLibraryOfTheUsersOwnAsksForARebuild) {
  Decision d = For(Unit("staticlib"));
  EXPECT_EQ(d.reason, Reason::kStaticlib);
  EXPECT_TRUE(d.needs_rebuild);
  // A dependency's by-product is nobody's artifact.
  EXPECT_EQ(For(Unit("staticlib,rlib"), /*primary=*/false).strategy,
            Strategy::kLate);
  EXPECT_EQ(For(Unit("dylib")).reason, Reason::kDylib);
}

TEST(Decide, WithoutLtoTheOtherStrategyApplies) {
  RustcInvocation in = Unit("lib", {"-C", "embed-bitcode=no"});
  in.RemoveCodegen("linker-plugin-lto");
  EXPECT_EQ(For(in).strategy, Strategy::kSingle);
  EXPECT_THAT(Applied(in, For(in, false)), Contains("-Ccodegen-units=1"));
  EXPECT_THAT(Applied(in, For(in)), Not(Contains("-Clinker-plugin-lto")));
}

TEST(Decide, WhatComesLateIsCutForAllCores) {
  Plan plan = LatePlan();
  plan.leaf_units = 4;
  for (const char* type : {"lib", "bin"}) {
    for (bool primary : {false, true}) {
      RustcInvocation in = Unit(type);
      in.RemoveCodegen("linker-plugin-lto");
      in.RemoveCodegen("lto");
      Apply(Decide(in, plan, primary, Yes, nullptr), plan, "", &in);
      const bool late = primary || type == std::string("bin");
      EXPECT_THAT(in.words,
                  Contains(late ? "-Ccodegen-units=4" : "-Ccodegen-units=1"))
          << type << primary;
    }
  }
}

TEST(Decide, LtoSwitchedOffIsNoLto) {
  RustcInvocation in = Unit("bin");
  in.RemoveCodegen("lto");
  in.AddCodegen("lto=off");
  EXPECT_EQ(For(in).strategy, Strategy::kSingle);
}

TEST(Apply, LateReplacesWhatCargoSaidAboutLto) {
  Words words = Applied(Unit("bin"), For(Unit("bin")), "/m ap");
  EXPECT_THAT(words, Not(Contains("lto")));
  EXPECT_THAT(words, Not(Contains("codegen-units=57313")));
  EXPECT_THAT(words, Contains("-Cno-prepopulate-passes"));
  EXPECT_THAT(words, Contains("-Clink-arg=-Wl,--lto-newpm-passes=default<O3>"));
  EXPECT_THAT(words, Contains("-Clink-arg=-Wl,-mllvm,-import-instr-limit=5"));
  EXPECT_THAT(words, Contains("-Clink-arg=-Wl,--Map=/m ap"));
}

// The plan of a build whose linker was tried with std's bitcode.
Plan StdPlan() {
  Plan plan = LatePlan();
  plan.compilers = "rustc\n/sysroot/bin/rustc";
  plan.std_bitcode = "/a b/objects/libdfe_std_bitcode.a";
  plan.std_bitcode_linker = Unit("bin").LinkerKey();
  return plan;
}

constexpr char kStd[] = "-lstatic:-bundle,-whole-archive=dfe_std_bitcode";

Words AppliedWithStd(RustcInvocation in) {
  Apply(For(in), StdPlan(), "", &in);
  return in.words;
}

TEST(Apply, ALateLinkUnderLtoTakesTheBitcodeOfStd) {
  for (const char* type : {"bin", "cdylib"}) {
    const Words words = AppliedWithStd(Unit(type));
    EXPECT_THAT(words, Contains(kStd)) << type;
    EXPECT_THAT(words, Contains("-Lnative=/a b/objects"));
    EXPECT_THAT(words, Contains(HasSubstr("import-instr-limit=30")));
  }
  EXPECT_THAT(AppliedWithStd(Unit("lib")),
              Not(Contains(HasSubstr("-lstatic"))));
  EXPECT_THAT(Applied(Unit("bin"), For(Unit("bin"))),
              Not(Contains(HasSubstr("-lstatic"))));
}

TEST(Apply, WhereStdMayBeAnotherItIsLinkedAsItIs) {
  RustcInvocation compiler = Unit("bin");
  compiler.words[0] = "/other/bin/rustc";
  RustcInvocation both = Unit("cdylib", {"--crate-type", "rlib"});
  for (const RustcInvocation& in :
       {compiler, both, Unit("bin", {"--sysroot", "/other"}),
        Unit("bin", {"--sysroot=/other"}),
        Unit("bin", {"--extern", "noprelude:std=/t/libstd-1.rlib"}),
        Unit("bin", {"--target", "i686-unknown-linux-gnu"}),
        Unit("bin", {"-Clinker=other"})}) {
    const Words words = AppliedWithStd(in);
    EXPECT_THAT(words, Not(Contains(kStd)));
    EXPECT_THAT(words, Contains(HasSubstr("import-instr-limit=5")));
  }
}

TEST(Apply, APathWithACommaIsNotHandedThroughTheCompilerDriver) {
  for (const std::string& word :
       Applied(Unit("bin"), For(Unit("bin")), "/a,b/map")) {
    EXPECT_THAT(word, Not(HasSubstr("--Map")));
  }
}

TEST(Apply, TheOptimisationLevelIsTheProfiles) {
  RustcInvocation in = Unit("bin", {"-Copt-level=s"});
  EXPECT_THAT(Applied(in, For(in)),
              Contains("-Clink-arg=-Wl,--lto-newpm-passes=default<Os>"));
}

// A unit whose package has its own opt-level, 1, where the profile says 3.
RustcInvocation OwnLevelUnit(const std::string& type) {
  return Unit(type, {"-Copt-level=1"});
}

TEST(Decide, ALibraryWithItsOwnLevelIsPlainUnderLate) {
  Plan plan = LatePlan();
  plan.opt_level = "3";
  RustcInvocation in = OwnLevelUnit("lib");
  Decision d = Decide(in, plan, true, Yes, nullptr);
  EXPECT_EQ(d.strategy, Strategy::kPlain);
  EXPECT_EQ(d.reason, Reason::kOwnOptLevel);
  EXPECT_FALSE(d.needs_rebuild);
  // The profile's own level is no reason, nor is any where none is known.
  EXPECT_EQ(Decide(Unit("lib"), plan, true, Yes, nullptr).strategy,
            Strategy::kLate);
  EXPECT_EQ(For(in).strategy, Strategy::kLate);
  // Under single each unit is optimised by its own rustc.
  plan.with_lto = Strategy::kSingle;
  EXPECT_EQ(Decide(in, plan, true, Yes, nullptr).strategy, Strategy::kSingle);
}

TEST(Apply, ALeafWithItsOwnLevelLinksItsLibrariesAtTheProfiles) {
  Plan plan = LatePlan();
  plan.opt_level = "3";
  RustcInvocation in = OwnLevelUnit("bin");
  Decision d = Decide(in, plan, true, Yes, nullptr);
  EXPECT_EQ(d.strategy, Strategy::kLate);
  Apply(d, plan, "", &in);
  EXPECT_THAT(in.words,
              Contains("-Clink-arg=-Wl,--lto-newpm-passes=default<O3>"));
  EXPECT_THAT(in.words, Not(Contains("-Cno-prepopulate-passes")));
}

TEST(Apply, LibrariesGetNoLinkArguments) {
  for (const std::string& word : Applied(Unit("lib"), For(Unit("lib")))) {
    EXPECT_THAT(word, Not(HasSubstr("link-arg")));
  }
}

TEST(Apply, LldCalledByItselfGetsBareOptions) {
  RustcInvocation in = Unit("bin", {"-Clinker=/x/rust-lld"});
  EXPECT_THAT(Applied(in, For(in)), Contains("-Clink-arg=--thinlto-jobs=2"));
  RustcInvocation cc = Unit("bin", {"-Clinker=/x/clang-22"});
  EXPECT_THAT(Applied(cc, For(cc)),
              Contains("-Clink-arg=-Wl,--thinlto-jobs=2"));
}

TEST(Apply, PlainRestoresTheProfilesOwnNumber) {
  RustcInvocation in = Unit("lib", {"-Cincremental=x"});
  EXPECT_THAT(Applied(in, For(in)), Not(Contains(HasSubstr("codegen-units"))));
  Plan plan = LatePlan();
  plan.codegen_units = 7;
  RustcInvocation again = in;
  Apply(For(in), plan, "", &again);
  EXPECT_THAT(again.words, Contains("-Ccodegen-units=7"));
}

RustcInvocation UnitWithoutLto(const std::string& type) {
  RustcInvocation in = Unit(type);
  in.RemoveCodegen("lto");
  in.RemoveCodegen("linker-plugin-lto");
  return in;
}

Plan PlanWith(const std::string& crate, Strategy strategy, bool leaf = false) {
  Plan plan = LatePlan();
  plan.units = {{crate, leaf, strategy}};
  return plan;
}

Decision By(const Plan& plan, const RustcInvocation& in) {
  return Decide(in, plan, true, Yes, nullptr);
}

TEST(Decide, LibrariesThatThePlanNamesAreCompiledItsWay) {
  RustcInvocation in = UnitWithoutLto("lib");
  const Decision plain = By(PlanWith("foo", Strategy::kPlain), in);
  EXPECT_EQ(plain.strategy, Strategy::kPlain);
  EXPECT_EQ(plain.reason, Reason::kRecordedCost);
  const Decision seeded = By(PlanWith("foo", Strategy::kSeeded), in);
  EXPECT_EQ(seeded.strategy, Strategy::kSeeded);
  EXPECT_EQ(seeded.reason, Reason::kNone);
  Apply(plain, PlanWith("foo", Strategy::kPlain), "", &in);
  EXPECT_THAT(in.words, Not(Contains(HasSubstr("codegen-units"))));
}

TEST(Decide, ALeafThatThePlanNamesStillHasItsMap) {
  Plan plan = PlanWith("foo", Strategy::kPlain, true);
  RustcInvocation in = UnitWithoutLto("bin");
  const Decision d = By(plan, in);
  EXPECT_EQ(d.reason, Reason::kRecordedCost);
  plan.map = true;
  EXPECT_FALSE(MayHaveMap(d, plan, in));
  plan.linkers = {{in.LinkerKey(), true}};
  EXPECT_TRUE(MayHaveMap(d, plan, in));
  Apply(d, plan, "/map", &in);
  EXPECT_THAT(in.words, Contains(HasSubstr("--Map=/map")));
  EXPECT_THAT(in.words, Not(Contains(HasSubstr("codegen-units"))));
}

TEST(Decide, OtherCratesAndKindsOfThatNameAreNot) {
  EXPECT_EQ(
      By(PlanWith("bar", Strategy::kPlain), UnitWithoutLto("lib")).strategy,
      Strategy::kSingle);
  EXPECT_EQ(
      By(PlanWith("foo", Strategy::kPlain), UnitWithoutLto("bin")).strategy,
      Strategy::kSingle);
}

TEST(Decide, RecordedCostsSayNothingOfProfilesWithLto) {
  EXPECT_EQ(By(PlanWith("foo", Strategy::kPlain), Unit("lib")).strategy,
            Strategy::kLate);
}

Plan DeferredPlan() {
  Plan plan = LatePlan();
  plan.with_lto = plan.without_lto = Strategy::kDeferred;
  plan.object_cache = "/store/objects";
  return plan;
}

Decision Deferred(const RustcInvocation& in, decltype(&Yes) linker = Yes) {
  return Decide(in, DeferredPlan(), true, linker, nullptr);
}

Words Deferring(RustcInvocation in, const Plan& plan = DeferredPlan()) {
  const Decision d = Decide(in, plan, true, Yes, nullptr);
  Apply(d, plan, MayHaveMap(d, plan, in) ? "/map" : "", &in);
  return in.words;
}

constexpr char kCached[] = "-Zdead-fn-elimination=cache:/store/objects";

TEST(Deferred, EachKindOfUnitIsDeferredWhateverItsLinker) {
  for (const char* type : {"lib", "rlib", "bin", "cdylib", "staticlib"}) {
    Decision d = Deferred(Unit(type), No);
    EXPECT_EQ(d.strategy, Strategy::kDeferred) << type;
    EXPECT_FALSE(d.needs_rebuild) << type;
  }
  EXPECT_THAT(Deferring(Unit("lib")), Contains("-Zdead-fn-elimination"));
  for (const char* type : {"bin", "cdylib", "staticlib"}) {
    EXPECT_THAT(Deferring(Unit(type)), Contains(kCached)) << type;
  }
}

TEST(Deferred, TheProfilesWordsStayAndOnlyTheMarkerGoes) {
  RustcInvocation in = Unit("bin");
  Words expected = in.words;
  expected.erase(expected.begin() + 9, expected.begin() + 11);
  expected.emplace_back(kCached);
  EXPECT_EQ(Deferring(in), expected);
  Plan plan = DeferredPlan();
  plan.codegen_units = 3;
  EXPECT_THAT(Deferring(Unit("lib"), plan), Contains("-Ccodegen-units=3"));
}

TEST(Deferred, AMapIsOnlyAskedOfALinkerThatIsKnownToBeLld) {
  Plan plan = DeferredPlan();
  EXPECT_THAT(Deferring(Unit("bin"), plan), Not(Contains(HasSubstr("--Map"))));
  plan.map = true;
  plan.linkers = {{"other", true}, {Unit("bin").LinkerKey(), false}};
  EXPECT_THAT(Deferring(Unit("bin"), plan), Not(Contains(HasSubstr("--Map"))));
  plan.linkers[1].second = true;
  EXPECT_THAT(Deferring(Unit("bin"), plan),
              Contains("-Clink-arg=-Wl,--Map=/map"));
  EXPECT_THAT(Deferring(Unit("lib"), plan), Not(Contains(HasSubstr("--Map"))));
}

constexpr char kFold[] = "-Clink-arg=-Wl,--icf=safe";

TEST(Decide, WhatIsTheSameBecomesOneUnderLto) {
  const Decision leaf = For(Unit("bin"));
  EXPECT_THAT(Applied(Unit("bin"), leaf), Contains(kFold));
  EXPECT_THAT(Applied(Unit("lib"), For(Unit("lib"))), Not(Contains(kFold)));
  const RustcInvocation native = UnitWithoutLto("bin");
  EXPECT_THAT(Applied(native, For(native)), Not(Contains(kFold)));
  // Late, as asked for by name.
  EXPECT_THAT(Applied(native, leaf), Not(Contains(kFold)));
  for (const char* own :
       {"link-arg=-Wl,--icf=all", "link-args=-Wl,-icf=none"}) {
    const RustcInvocation said = Unit("bin", {"-C", own});
    EXPECT_THAT(Applied(said, For(said)), Not(Contains(kFold))) << own;
  }
}

TEST(Deferred, WhatIsTheSameBecomesOneUnderLtoIfTheLinkerIsLld) {
  Plan plan = DeferredPlan();
  EXPECT_THAT(Deferring(Unit("bin"), plan), Not(Contains(kFold)));
  plan.linkers = {{Unit("bin").LinkerKey(), true}};
  EXPECT_THAT(Deferring(Unit("bin"), plan),
              AllOf(Contains(kFold), Contains("-Cllvm-args=-addrsig")));
  EXPECT_THAT(Deferring(Unit("lib"), plan), Not(Contains(kFold)));
  EXPECT_THAT(Deferring(UnitWithoutLto("bin"), plan), Not(Contains(kFold)));
}

TEST(Decide, OnlyUnitsThatLinkAndAreOursHaveMaps) {
  Plan plan = LatePlan();
  plan.map = true;
  auto may = [&plan](const RustcInvocation& in, decltype(&Yes) linker) {
    return MayHaveMap(Decide(in, plan, true, linker, nullptr), plan, in);
  };
  EXPECT_TRUE(may(Unit("bin"), Yes));
  EXPECT_FALSE(may(Unit("lib"), Yes));
  EXPECT_FALSE(may(Unit("bin"), No));
  plan.map = false;
  EXPECT_FALSE(may(Unit("bin"), Yes));
}

TEST(Decide, NoLinkerIsCalledForAStaticlib) {
  for (const char* type : {"bin", "cdylib", "dylib"}) {
    EXPECT_TRUE(IsLinked(Unit(type))) << type;
  }
  EXPECT_TRUE(IsLinked(Unit("lib", {"--test"})));
  for (const char* type : {"lib", "rlib", "staticlib"}) {
    EXPECT_FALSE(IsLinked(Unit(type))) << type;
  }
  Plan plan = DeferredPlan();
  plan.map = true;
  const RustcInvocation in = Unit("staticlib");
  plan.linkers = {{in.LinkerKey(), true}};
  const Decision d = Decide(in, plan, true, Yes, nullptr);
  EXPECT_EQ(d.strategy, Strategy::kDeferred);
  EXPECT_FALSE(MayHaveMap(d, plan, in));
  EXPECT_THAT(Deferring(in, plan), Not(Contains(HasSubstr("addrsig"))));
}

TEST(Deferred, ACacheThatCannotBeNamedIsDoneWithout) {
  Plan plan = DeferredPlan();
  plan.object_cache = "/a,b/objects";
  EXPECT_THAT(Deferring(Unit("bin"), plan), Contains("-Zdead-fn-elimination"));
  plan.object_cache = "";
  EXPECT_THAT(Deferring(Unit("bin"), plan), Contains("-Zdead-fn-elimination"));
}

TEST(Deferred, LeavesSayWhatTheyNeededAndLibrariesCompileWhatIsShared) {
  Plan plan = DeferredPlan();
  plan.needs = "/needs";
  plan.shared = "/needs/shared.deferred";
  // Under LTO the leaf's unit is the program.
  EXPECT_THAT(Deferring(Unit("lib"), plan), Contains("-Zdead-fn-elimination"));
  EXPECT_THAT(Deferring(Unit("bin"), plan), Contains(kCached));
  RustcInvocation lib = Unit("lib");
  lib.RemoveCodegen("linker-plugin-lto");
  EXPECT_THAT(Deferring(lib, plan),
              Contains("-Zdead-fn-elimination=seeds:/needs/shared.deferred"));
  RustcInvocation bin = Unit("bin", {"--test"});
  bin.RemoveCodegen("lto");
  EXPECT_THAT(Deferring(bin, plan),
              Contains(std::string(kCached) +
                       ",emit:/needs/foo.test.src_foo.rs.needs"));
  plan.shared = plan.needs = "/a,b";
  EXPECT_THAT(Deferring(lib, plan), Contains("-Zdead-fn-elimination"));
  EXPECT_THAT(Deferring(bin, plan), Contains(kCached));
}

TEST(Deferred, WhatIsSharedIsCompiledInOneUnitAsLibrariesOfSingleAre) {
  RustcInvocation lib = Unit("lib");
  lib.RemoveCodegen("linker-plugin-lto");
  auto units = [&](const Plan& plan, bool primary) {
    RustcInvocation in = lib;
    Apply(Decide(in, plan, primary, Yes, nullptr), plan, "", &in);
    return in.Codegen("codegen-units").value_or("");
  };
  Plan plan = DeferredPlan();
  plan.leaf_units = 4;
  plan.at_home = Strategy::kSingle;
  EXPECT_EQ(units(plan, false), "");
  plan.shared = "/needs/shared.deferred";
  EXPECT_EQ(units(plan, false), "1");
  EXPECT_EQ(units(plan, true), "4");
  plan.at_home = Strategy::kPlain;
  EXPECT_EQ(units(plan, true), "");
}

TEST(Deferred, LibrariesThatDoNotDeferYetListTheirFunctions) {
  RustcInvocation lib = Unit("lib");
  lib.RemoveCodegen("linker-plugin-lto");
  RustcInvocation bin = Unit("bin");
  bin.RemoveCodegen("lto");
  constexpr char kFlag[] = "-Zdead-fn-elimination=names:/names/foo.names";
  for (Strategy usual : {Strategy::kSingle, Strategy::kPlain}) {
    Plan plan = DeferredPlan();
    plan.learns = true;
    plan.at_home = usual;
    EXPECT_THAT(Deferring(lib, plan),
                Not(Contains(HasSubstr("dead-fn-elimination"))));
    plan.names = "/names";
    Decision decision = Decide(lib, plan, false, Yes, nullptr);
    EXPECT_EQ(decision.strategy, usual);
    RustcInvocation applied = lib;
    Apply(decision, plan, "", &applied);
    EXPECT_THAT(applied.words, Contains(kFlag));
    EXPECT_EQ(std::count(applied.words.begin(), applied.words.end(),
                         "-Ccodegen-units=1"),
              usual == Strategy::kSingle ? 1 : 0);
    // Leaves are as ever, and so are libraries under LTO.
    EXPECT_THAT(Deferring(bin, plan), Contains(kCached));
    EXPECT_THAT(Deferring(Unit("lib"), plan),
                Contains("-Zdead-fn-elimination"));
    // What would not defer either is left alone.
    for (const char* word : {"-Zsanitizer=address", "-Zdead-fn-elimination",
                             "-Cdebug-assertions=yes"}) {
      Words more = lib.words;
      more.emplace_back(word);
      EXPECT_THAT(Deferring(RustcInvocation(more), plan),
                  Not(Contains(HasSubstr("names:"))))
          << word;
    }
    EXPECT_EQ(NamesFile(decision, plan, lib), "/names/foo.names");
    applied.AddCodegen("extra-filename=-1");
    EXPECT_EQ(NamesFile(decision, plan, applied), "/names/foo-1.names");
    plan.names = "/a,b";
    EXPECT_EQ(NamesFile(decision, plan, lib), "");
    EXPECT_THAT(Deferring(lib, plan),
                Not(Contains(HasSubstr("dead-fn-elimination"))));
  }
}

TEST(Deferred, HostUnitsAreLeftAlone) {
  EXPECT_EQ(Deferred(Unit("proc-macro")).reason, Reason::kHostUnit);
  RustcInvocation in = Unit("bin");
  in.RemoveCodegen("codegen-units");
  EXPECT_EQ(Deferred(in).reason, Reason::kHostUnit);
  EXPECT_EQ(Deferring(in), in.words);
}

TEST(Deferred, AUnitWithOptionsOfItsOwnIsPlainAndServesTheOthers) {
  const std::pair<Words, Reason> cases[] = {
      {{"-Zdead-fn-elimination"}, Reason::kOwnFlag},
      {{"-Z", "dead_fn_elimination=no"}, Reason::kOwnFlag},
      {{"-C", "debug-assertions=on"}, Reason::kDebugAssertions},
      {{"-C", "instrument-coverage"}, Reason::kInstrumentation},
      {{"-C", "link-dead-code"}, Reason::kLinkDeadCode},
      {{"-C", "prefer-dynamic"}, Reason::kPreferDynamic},
      {{"-C", "incremental=x"}, Reason::kIncremental},
      {{"-C", "opt-level=0"}, Reason::kUnoptimised},
      {{"-Zsanitizer=address"}, Reason::kSanitizer},
  };
  for (const char* type : {"lib", "bin"}) {
    for (const auto& [words, reason] : cases) {
      RustcInvocation in = Unit(type, words);
      Decision d = Deferred(in);
      EXPECT_EQ(d.reason, reason) << words.back();
      EXPECT_EQ(d.strategy, Strategy::kPlain) << words.back();
      EXPECT_FALSE(d.needs_rebuild) << words.back();
      Words expected = in.words;
      expected.erase(expected.begin() + 9, expected.begin() + 11);
      EXPECT_EQ(Deferring(in), expected);
    }
  }
  EXPECT_EQ(Deferred(Unit("bin", {"-Cdebug-assertions=off"})).strategy,
            Strategy::kDeferred);
}

TEST(Deferred, OnlyPlansThatSaySoHaveTheFlag) {
  EXPECT_THAT(Applied(Unit("bin"), For(Unit("bin"))),
              Not(Contains(HasSubstr("dead-fn-elimination"))));
}

}  // namespace
}  // namespace dfe::dispatch
