// Which compiler calls are left alone, and which are the same call.
#include "dfe/dispatch/cc_invocation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "dfe/headers/compile_db.h"

namespace dfe::dispatch {
namespace {

using testing::ElementsAre;

CcInvocation Call(const std::string& words) {
  return CcInvocation(headers::SplitCommand(words));
}

TEST(CcInvocation, OneCompileIsUnderstood) {
  const CcInvocation call = Call(
      "clang++ -I inc -DX=1 -O2 -MD -MT o/a.o -MF o/a.d -c s/a.cc -o o/a.o");
  EXPECT_EQ(call.refusal, "");
  EXPECT_EQ(call.source, "s/a.cc");
  EXPECT_EQ(call.output, "o/a.o");
  EXPECT_EQ(call.language, "c++");
  EXPECT_EQ(call.dependency_file, "o/a.d");
  EXPECT_THAT(call.flags, ElementsAre("clang++", "-I", "inc", "-DX=1", "-O2"));
}

TEST(CcInvocation, DependencyFilesWithoutAName) {
  EXPECT_EQ(Call("cc -MMD -c s/a.c -o o/a.o").dependency_file, "o/a.d");
  EXPECT_EQ(Call("cc -MD -c s/a.c").dependency_file, "a.d");
  EXPECT_EQ(Call("cc -Wp,-MMD,x/.a.d -c a.c -o a.o").dependency_file, "x/.a.d");
  EXPECT_EQ(Call("cc -c s/a.c").dependency_file, "");
  EXPECT_TRUE(Call("cc -MMD -c a.c").only_user_dependencies);
  EXPECT_TRUE(Call("cc -Wp,-MMD,x -c a.c").only_user_dependencies);
  EXPECT_FALSE(Call("cc -MD -c a.c").only_user_dependencies);
}

TEST(CcInvocation, WhatIsNoPlainCompileIsLeftAlone) {
  EXPECT_EQ(Call("cc a.o -o a").refusal, "not C or C++: a.o");
  EXPECT_EQ(Call("cc a.c -o a").refusal, "makes no object");
  EXPECT_EQ(Call("cc -E a.c").refusal, "makes no object");
  EXPECT_EQ(Call("cc -c a.c b.c").refusal, "several files");
  EXPECT_EQ(Call("cc -c a.m").refusal, "not C or C++: a.m");
  EXPECT_EQ(Call("cc -x c -c a.c").refusal, "names its language: -x");
  EXPECT_EQ(Call("cc @args -c a.c").refusal, "argument file");
  EXPECT_EQ(Call("cc -imacros x.h -c a.c").refusal,
            "has headers in front already: -imacros");
  EXPECT_EQ(Call("cc -include x.h -c a.c").refusal, "");
  EXPECT_EQ(Call("ccache cc -c a.c").refusal, "goes through ccache");
  EXPECT_EQ(Call("cc -c a.c -gsplit-dwarf").refusal,
            "writes more files: -gsplit-dwarf");
}

TEST(CcInvocation, WordsThatReachTheCompilerOnOtherWaysAreSeen) {
  for (const std::string words :
       {"--config=x.cfg", "--config x.cfg", "-ivfsoverlay x.yaml",
        "-Xclang -include -Xclang x.h", "-Xclang -include-pch -Xclang x",
        "-Wp,-include,x.h", "-Xpreprocessor -DX", "-Xclang -emit-llvm",
        "-gmodules", "-fdebug-macro", "-frecord-command-line",
        "-target x86_64-windows-msvc", "--target=x86_64-pc-windows-gnu"}) {
    EXPECT_NE(Call("cc -c a.c " + words).refusal, "") << words;
  }
  for (const std::string words :
       {"-Xclang -disable-llvm-passes", "-Wp,-D_FORTIFY_SOURCE=2", "-gdwarf-5",
        "--target=x86_64-linux-gnu", "-DX=windows", "-target arm64-linux"}) {
    EXPECT_EQ(Call("cc -c a.c " + words).refusal, "") << words;
  }
}

TEST(CcInvocation, WhatVariesFromFileToFileIsNoToolchain) {
  EXPECT_THAT(Call("cc -I a -DX -isystem b -std=c11 -O2 -Wall -fPIC -g -Xclang "
                   "-v -c a.c")
                  .ToolchainWords(),
              ElementsAre());
  EXPECT_THAT(
      Call("cc -target arm64 -march=native --sysroot=/s -gcc-toolchain /g "
           "-stdlib=libc++ -m32 -c a.c")
          .ToolchainWords(),
      ElementsAre("-target", "arm64", "-march=native", "--sysroot=/s",
                  "-gcc-toolchain", "/g", "-stdlib=libc++", "-m32"));
}

TEST(EnvironmentRefusal, NamesTheVariable) {
  EXPECT_EQ(EnvironmentRefusal(), "");
  setenv("CPATH", "", 1);
  setenv("LIBRARY_PATH", "/x", 1);
  EXPECT_EQ(EnvironmentRefusal(), "");
  for (const char* name : {"CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH",
                           "CCC_OVERRIDE_OPTIONS"}) {
    setenv(name, "/x", 1);
    EXPECT_EQ(EnvironmentRefusal(), std::string(name) + " is set");
    unsetenv(name);
  }
  unsetenv("LIBRARY_PATH");
}

TEST(CcInvocation, TheKeyKnowsNothingOfDependencyFiles) {
  const std::string key = Call("cc -O2 -c a.c -o a.o").Key("/b");
  EXPECT_EQ(Call("cc -O2 -MD -MT a.o -MF a.d -o a.o -c a.c").Key("/b"), key);
  EXPECT_NE(Call("cc -O3 -c a.c -o a.o").Key("/b"), key);
  EXPECT_NE(Call("cc -O2 -c a.c -o a.o").Key("/c"), key);
  EXPECT_NE(Call("cc -O2 -c b.c -o a.o").Key("/b"), key);
}

}  // namespace
}  // namespace dfe::dispatch
