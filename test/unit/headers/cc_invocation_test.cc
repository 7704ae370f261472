// Which compiler calls are left alone, and which are the same call.
#include "dfe/dispatch/cc_invocation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
}

TEST(CcInvocation, WhatIsNoPlainCompileIsLeftAlone) {
  EXPECT_EQ(Call("cc a.o -o a").refusal, "not C or C++: a.o");
  EXPECT_EQ(Call("cc a.c -o a").refusal, "makes no object");
  EXPECT_EQ(Call("cc -E a.c").refusal, "makes no object");
  EXPECT_EQ(Call("cc -c a.c b.c").refusal, "several files");
  EXPECT_EQ(Call("cc -c a.m").refusal, "not C or C++: a.m");
  EXPECT_EQ(Call("cc -x c -c a.c").refusal, "names its language: -x");
  EXPECT_EQ(Call("cc @args -c a.c").refusal, "argument file");
  EXPECT_EQ(Call("cc -include x.h -c a.c").refusal,
            "has headers in front already: -include");
  EXPECT_EQ(Call("ccache cc -c a.c").refusal, "not C or C++: cc");
  EXPECT_EQ(Call("cc -c a.c -gsplit-dwarf").refusal,
            "writes more files: -gsplit-dwarf");
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
