// cargo's command lines, read as cargo reads them.
#include "dfe/build/cargo_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dfe {
namespace {

using ::testing::ElementsAre;

TEST(CargoCommand, ProfileOfEachSubcommand) {
  EXPECT_EQ(ParseCargoCommand({"build"}).profile, "dev");
  EXPECT_EQ(ParseCargoCommand({"b", "-r"}).profile, "release");
  EXPECT_EQ(ParseCargoCommand({"b", "-r"}).subcommand, "build");
  EXPECT_EQ(ParseCargoCommand({"test", "--profile", "dist"}).profile, "dist");
  EXPECT_EQ(ParseCargoCommand({"test", "--profile=dist"}).profile, "dist");
  EXPECT_EQ(ParseCargoCommand({"bench"}).profile, "bench");
  EXPECT_EQ(ParseCargoCommand({"install", "--path", "."}).profile, "release");
}

TEST(CargoCommand, CheckAndUnknownCommandsCompileNothing) {
  EXPECT_FALSE(ParseCargoCommand({"check", "--release"}).compiles);
  EXPECT_FALSE(ParseCargoCommand({"nextest", "run", "-r"}).compiles);
  EXPECT_TRUE(ParseCargoCommand({"+1.0", "run", "--release"}).compiles);
  EXPECT_EQ(ParseCargoCommand({"+1.0", "run"}).toolchain, "+1.0");
}

TEST(CargoCommand, WordsOfTheProgramAreNotCargos) {
  CargoCommand c = ParseCargoCommand({"run", "--", "--release", "-j9"});
  EXPECT_EQ(c.profile, "dev");
  EXPECT_EQ(c.jobs, 0);
}

TEST(CargoCommand, ValuesAreNotTakenForTheSubcommand) {
  CargoCommand c = ParseCargoCommand({"--color", "always", "build", "-j4", "-p",
                                      "foo", "-pbar", "--bin", "x"});
  EXPECT_EQ(c.subcommand, "build");
  EXPECT_EQ(c.jobs, 4);
  EXPECT_THAT(c.packages, ElementsAre("foo", "bar"));
}

}  // namespace
}  // namespace dfe
