#include "dfe/base/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dfe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr CommandSpec kCommands[] = {
    {"", "", ""},
    {"build", "[-- COMMAND]", "builds", true},
    {"clean", "[NAME…]", "cleans", false},
    {"probe", "", "for ourselves", false, /*internal=*/true},
};
constexpr OptionSpec kOptions[] = {
    {"strict", OptionKind::kFlag, "", "", "build", "fail on our own faults"},
    {"jobs", OptionKind::kInteger, "N", "2", "build", "how many at once"},
    {"keep", OptionKind::kList, "NAME", "", "build", "names to keep"},
    {"help", OptionKind::kFlag, "", "", "*", "this text"},
};
const OptionTable& Table() {
  static const OptionTable table("dfe", kCommands, kOptions);
  return table;
}

TEST(OptionTable, CommandLineWinsOverEnvironment) {
  const char* env[] = {"DFE_JOBS=7", "DFE_STRICT=1", "HOME=x"};
  auto p = Table().Parse({"build", "--jobs=3"}, env);
  ASSERT_TRUE(p.ok()) << p.status();
  EXPECT_EQ(p->Integer("jobs"), 3);
  EXPECT_TRUE(p->Flag("strict"));
  EXPECT_FALSE(p->Flag("help"));
}

TEST(OptionTable, RestIsPassedOnUntouched) {
  auto p = Table().Parse({"build", "--strict", "cargo", "build", "--jobs"}, {});
  ASSERT_TRUE(p.ok()) << p.status();
  EXPECT_THAT(p->rest, ElementsAre("cargo", "build", "--jobs"));
  p = Table().Parse({"build", "--", "--strict"}, {});
  ASSERT_TRUE(p.ok());
  EXPECT_THAT(p->rest, ElementsAre("--strict"));
  EXPECT_FALSE(p->Flag("strict"));
}

TEST(OptionTable, HelpListsCommandsButNotOurOwn) {
  const std::string help = *Table().Help();
  EXPECT_THAT(help, HasSubstr("usage: dfe COMMAND"));
  EXPECT_THAT(help, HasSubstr("  build         builds\n"));
  EXPECT_THAT(help, HasSubstr("  clean         cleans\n"));
  EXPECT_THAT(help, Not(HasSubstr("probe")));
  EXPECT_THAT(Table().ManPage("1"), Not(HasSubstr("probe")));
  EXPECT_TRUE(Table().Parse({"probe"}, {}).ok());
  EXPECT_EQ(Table().Help("biuld").status().message(),
            "unknown command 'biuld': did you mean 'build'?");
}

TEST(OptionTable, UnknownOptionNamesTheNearest) {
  auto p = Table().Parse({"build", "--strickt"}, {});
  EXPECT_EQ(p.status().message(),
            "unknown option '--strickt': did you mean '--strict'?");
}

TEST(OptionTable, UnknownCommandNamesTheNearest) {
  auto p = Table().Parse({"biuld"}, {});
  EXPECT_EQ(p.status().message(),
            "unknown command 'biuld': did you mean 'build'?");
}

TEST(OptionTable, UnknownVariableIsAnError) {
  const char* env[] = {"DFE_STRIKT=1"};
  auto p = Table().Parse({"build"}, env);
  EXPECT_EQ(p.status().message(),
            "unknown environment variable 'DFE_STRIKT': did you mean "
            "'DFE_STRICT'?");
}

TEST(OptionTable, PrivateVariableIsPassedOver) {
  const char* env[] = {"DFE_SESSION=x"};
  EXPECT_TRUE(Table().Parse({"build"}, env, {"DFE_SESSION"}).ok());
}

TEST(OptionTable, BadNumberIsAnError) {
  EXPECT_EQ(Table().Parse({"build", "--jobs", "two"}, {}).status().message(),
            "--jobs: expected a whole number, got 'two'");
  EXPECT_EQ(Table().Parse({"build", "--jobs"}, {}).status().message(),
            "--jobs: expected N, got nothing");
}

TEST(OptionTable, ListsGrowAndReplaceTheEnvironment) {
  const char* env[] = {"DFE_KEEP=a:b"};
  auto p = Table().Parse({"build"}, env);
  EXPECT_THAT(p->List("keep"), ElementsAre("a", "b"));
  p = Table().Parse({"build", "--keep", "c", "--keep=d"}, env);
  EXPECT_THAT(p->List("keep"), ElementsAre("c", "d"));
}

TEST(OptionTable, EveryTextNamesEveryOption) {
  for (const OptionSpec& spec : kOptions) {
    EXPECT_THAT(*Table().Help("build"), HasSubstr(spec.name));
    for (const char* shell : {"bash", "zsh", "fish"}) {
      EXPECT_THAT(*Table().Completions(shell), HasSubstr(spec.name));
    }
  }
  EXPECT_THAT(Table().ManPage("1"), HasSubstr(".B \\-\\-strict"));
  EXPECT_FALSE(Table().Completions("csh").ok());
}

}  // namespace
}  // namespace dfe
