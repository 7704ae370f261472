// What Ninja is asked, and what its answer says.
#include "dfe/headers/ninja_project.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace dfe::headers {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(DryRunWords, NinjaSaysWhatItWouldRun) {
  EXPECT_THAT(DryRunWords({"/usr/bin/ninja", "-C", "b", "app"}, "/"),
              ElementsAre("/usr/bin/ninja", "-n", "-v", "-C", "b", "app"));
}

TEST(DryRunWords, OthersAreNotAsked) {
  EXPECT_THAT(DryRunWords({"make", "app"}, "/"), IsEmpty());
  EXPECT_THAT(DryRunWords({"ninja", "-t", "clean"}, "/"), IsEmpty());
  EXPECT_THAT(DryRunWords({"ninja", "-tclean"}, "/"), IsEmpty());
  EXPECT_THAT(DryRunWords({"cmake", "-S", "."}, "/"), IsEmpty());
}

TEST(DryRunWords, CMakeAsksItsNinja) {
  const std::string folder =
      testing::TempDir() + "/dry-run-" + std::to_string(getpid());
  std::filesystem::create_directories(folder + "/b");
  EXPECT_THAT(DryRunWords({"cmake", "--build", "b"}, folder), IsEmpty());
  std::ofstream(folder + "/b/build.ninja") << "\n";
  EXPECT_THAT(DryRunWords({"cmake", "--build", "b"}, folder),
              ElementsAre("cmake", "--build", "b", "--", "-n", "-v"));
  EXPECT_THAT(DryRunWords({"cmake", "--build", "b", "--", "-k0"}, folder),
              ElementsAre("cmake", "--build", "b", "--", "-k0", "-n", "-v"));
  EXPECT_THAT(DryRunWords({"cmake", "--build", "b", "--clean-first"}, folder),
              IsEmpty());
  // cmake's own -t is a target, Ninja's a tool.
  EXPECT_THAT(
      DryRunWords({"cmake", "--build", "b", "-t", "app"}, folder),
      ElementsAre("cmake", "--build", "b", "-t", "app", "--", "-n", "-v"));
  EXPECT_THAT(
      DryRunWords({"cmake", "--build", "b", "--", "-t", "clean"}, folder),
      IsEmpty());
  std::filesystem::remove_all(folder);
}

TEST(OutputsIn, AreThoseOfAllCommands) {
  EXPECT_THAT(
      OutputsIn("ninja: Entering directory `b'\n"
                "[1/4] dfe-cc /usr/bin/clang++ -DX=\\\"-o\\\" -MF a.o.d "
                "-o CMakeFiles/a.dir/a.o -c /s/a.cc\n"
                "[2/4] cd /s && python3 gen.py\n"
                "[3/4] cc -c 'a b.c' '-oa b.o'\n"
                "[4/4] : && clang++ a.o -o app && :\n"
                "ninja: no work to do.\n"),
      ElementsAre("CMakeFiles/a.dir/a.o", "a b.o", "app"));
  EXPECT_THAT(OutputsIn("ninja: no work to do.\n"), IsEmpty());
}

}  // namespace
}  // namespace dfe::headers
