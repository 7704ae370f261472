// Which calls have their objects kept.
#include "dfe/dispatch/cc_objects.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dfe::dispatch {
namespace {

std::string Refusal(std::vector<std::string> more) {
  std::vector<std::string> words = {"cc", "-c", "a.c", "-o", "out/a.o"};
  words.insert(words.end(), more.begin(), more.end());
  return ObjectRefusal(CcInvocation(std::move(words)));
}

TEST(ObjectRefusal, WordsOfTheCrateCcAreKnown) {
  EXPECT_EQ(Refusal({"-O3", "-ffunction-sections", "-fdata-sections", "-fPIC",
                     "-m64", "-I", "include", "-Iother", "-DNAME=native", "-w",
                     "-std=c99", "-pthread", "--target=x86_64-linux-gnu"}),
            "word that objects are not kept for: -DNAME=native");
  EXPECT_EQ(Refusal({"-O3", "-ffunction-sections", "-fdata-sections", "-fPIC",
                     "-m64", "-I", "include", "-Iother", "-DNAME=1", "-w",
                     "-std=c99", "-pthread", "--target=x86_64-linux-gnu"}),
            "");
}

TEST(ObjectRefusal, WhatWritesOrReadsMoreIsNotKept) {
  for (const char* word :
       {"-march=native", "-fstack-usage", "-fprofile-use=a", "-fplugin=a.so",
        "-fdump-tree-all", "-Wa,-adhlns=a.lst", "-specs=a.specs",
        "-fsanitize=address", "-aux-info", "-B/other", "-nostdinc++x",
        "-wrapper", "-fopt-info"}) {
    EXPECT_EQ(Refusal({word}),
              std::string("word that objects are not kept for: ") + word);
  }
}

TEST(ObjectRefusal, TheNameOfAnOutputIsNeeded) {
  EXPECT_EQ(ObjectRefusal(CcInvocation({"cc", "-c", "a.c"})),
            "names no output");
}

TEST(ObjectRefusal, DependencyFilesNameTargetAndFile) {
  EXPECT_EQ(Refusal({"-MD"}), "dependency file without -MF and -MT");
  EXPECT_EQ(Refusal({"-MMD", "-MF", "a.d", "-MT", "out/a.o"}),
            "dependency file without headers of the system");
  EXPECT_EQ(Refusal({"-MD", "-MF", "a.d", "-MT", "out/a.o"}), "");
  for (const char* word : {"-MFa.d", "-MP", "-MTa.o"}) {
    EXPECT_EQ(Refusal({word}), "words about a dependency file without one");
  }
}

}  // namespace
}  // namespace dfe::dispatch
