// Which calls have their objects kept, and which files a text names.
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
  EXPECT_EQ(Refusal({"-MMD", "-MF", "a.d"}),
            "dependency file without -MF and -MT");
  EXPECT_EQ(Refusal({"-MD", "-MF", "a.d", "-MT", "out/a.o"}), "");
}

TEST(FilesInMarkers, SystemHeadersAreNotTheUsers) {
  const NamedFiles files = FilesInMarkers(
      "# 0 \"a.c\"\n"
      "# 0 \"<built-in>\"\n"
      "# 1 \"/folder//\"\n"
      "# 1 \"/usr/include/stdc-predef.h\" 1 3 4\n"
      "# 32 \"/usr/include/stdc-predef.h\" 2 3 4\n"
      "# 1 \"with \\\"quotes\\\".h\" 1\n"
      "int at = 1; /* # 1 \"no.h\" */\n"
      "#pragma once \"no.h\"\n"
      "# 2 \"a.c\" 2");
  EXPECT_EQ(files.all, (std::vector<std::string>{"/usr/include/stdc-predef.h",
                                                 "a.c", "with \"quotes\".h"}));
  EXPECT_EQ(files.of_user,
            (std::vector<std::string>{"a.c", "with \"quotes\".h"}));
}

TEST(FilesInMarkers, BrokenMarkersNameNothing) {
  for (const char* text :
       {"", "# ", "# 1", "# 1 \"", "# 1 \"a.h", "# x \"a\""}) {
    EXPECT_TRUE(FilesInMarkers(text).all.empty()) << text;
  }
}

}  // namespace
}  // namespace dfe::dispatch
