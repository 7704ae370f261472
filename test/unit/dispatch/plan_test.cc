// The plan survives a round trip; anything else is refused as a whole.
#include "dfe/dispatch/plan.h"

#include <gtest/gtest.h>

namespace dfe::dispatch {
namespace {

Plan Sample() {
  Plan plan;
  plan.marker = 57313;
  plan.codegen_units = 4;
  plan.opt_level = "s";
  plan.with_lto = Strategy::kLate;
  plan.jobs = 2;
  plan.lto_cache = "/a b/c\\d\ne";
  plan.object_cache = "/a b/o";
  plan.needs = "/n";
  plan.shared = "/n/s";
  plan.names = "/n/names";
  plan.learns = true;
  plan.at_home = Strategy::kSingle;
  plan.compilers = "rustc\n/s/bin/rustc";
  plan.asked_linker =
      "\x1f"
      "Clinker=y";
  plan.std_bitcode = "/o/libx.a";
  plan.std_bitcode_linker =
      "\x1f"
      "Clinker=x";
  plan.map = true;
  plan.linkers = {{"", true},
                  {"\x1f"
                   "Clinker=x y",
                   false}};
  plan.units = {{"regex_automata", false, Strategy::kPlain},
                {"regex_automata", true, Strategy::kSingle}};
  return plan;
}

TEST(Plan, RoundTrip) {
  Plan in = Sample();
  std::optional<Plan> out = Plan::Parse(in.Render());
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->Render(), in.Render());
  EXPECT_EQ(out->lto_cache, in.lto_cache);
  EXPECT_EQ(out->object_cache, in.object_cache);
  EXPECT_EQ(out->needs, in.needs);
  EXPECT_EQ(out->shared, in.shared);
  EXPECT_EQ(out->names, in.names);
  EXPECT_TRUE(out->learns);
  EXPECT_EQ(out->at_home, Strategy::kSingle);
  EXPECT_FALSE(Plan::Parse(Plan().Render())->learns);
  EXPECT_EQ(Plan::Parse(Plan().Render())->asked_linker, std::nullopt);
  EXPECT_EQ(out->opt_level, "s");
  EXPECT_EQ(out->compilers, in.compilers);
  EXPECT_EQ(out->std_bitcode, in.std_bitcode);
  EXPECT_EQ(out->std_bitcode_linker, in.std_bitcode_linker);
  EXPECT_EQ(out->linkers, in.linkers);
  EXPECT_EQ(out->asked_linker, in.asked_linker);
  EXPECT_EQ(out->units, in.units);
  EXPECT_EQ(out->with_lto, Strategy::kLate);
  EXPECT_EQ(out->without_lto, Strategy::kPlain);
}

TEST(Plan, AProgramIsListedByAWholeLine) {
  const std::string lines = "rustc\n/s/bin/rustc";
  EXPECT_TRUE(IsListed(lines, "rustc"));
  EXPECT_TRUE(IsListed(lines, "/s/bin/rustc"));
  EXPECT_TRUE(IsListed(lines + "\n", "/s/bin/rustc"));
  for (const char* other : {"", "rust", "bin/rustc", "rustc\n/s/bin/rustc"}) {
    EXPECT_FALSE(IsListed(lines, other)) << other;
  }
  EXPECT_FALSE(IsListed("", "rustc"));
}

TEST(Plan, ForeignVersionIsRefused) {
  std::string text = Sample().Render();
  text[9] = '2';
  EXPECT_FALSE(Plan::Parse(text).has_value());
  EXPECT_FALSE(Plan::Parse("").has_value());
  EXPECT_FALSE(Plan::Parse("\x7f"
                           "ELF")
                   .has_value());
}

TEST(Plan, UnknownKeyIsRefused) {
  EXPECT_FALSE(Plan::Parse(Sample().Render() + "surprise 1\n").has_value());
}

TEST(Plan, TruncationNeverYieldsAnotherStrategy) {
  const std::string text = Sample().Render();
  for (size_t n = 0; n < text.size(); ++n) {
    std::optional<Plan> plan = Plan::Parse(text.substr(0, n));
    if (!plan) continue;
    // Cut at a line's end: fewer facts, never other facts.
    EXPECT_EQ(text[n - 1], '\n');
    EXPECT_EQ(plan->without_lto, Strategy::kPlain);
  }
}

TEST(Plan, BadNumberIsRefused) {
  EXPECT_FALSE(Plan::Parse("dfe-plan 1\njobs two\n").has_value());
  EXPECT_FALSE(Plan::Parse("dfe-plan 1\nunit fast x\n").has_value());
  EXPECT_FALSE(Plan::Parse("dfe-plan 1\nleaf x\n").has_value());
  EXPECT_FALSE(Plan::Parse("dfe-plan 1\nwith-lto fast\n").has_value());
}

}  // namespace
}  // namespace dfe::dispatch
