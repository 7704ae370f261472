// Dependency files are those of the plain compile.
#include "dfe/dispatch/cc_dependencies.h"

#include <gtest/gtest.h>

namespace dfe::dispatch {
namespace {

const std::vector<std::string> kSources = {"/c/1.h", "/c/2.h"};
const std::vector<FileName> kNames = {{"/p/a.h", "./a.h"},
                                      {"/p/a.h.h", "q/../a.h.h"}};

TEST(PlainDependencies, OnlyOurSourcesGo) {
  const std::vector<std::string> order = {"/p/m.cc", "/p/a.h", "/c/12.h"};
  EXPECT_EQ(PlainDependencies("m.o: /p/m.cc \\\n  /c/1.h \\\n  /p/a.h\n",
                              kSources, order),
            "m.o: /p/m.cc /p/a.h\n");
  EXPECT_EQ(PlainDependencies("m.o: /p/m.cc \\\n  /p/a.h \\\n  /c/2.h\n"
                              "/p/a.h:\n/c/2.h:\n",
                              kSources, order),
            "m.o: /p/m.cc /p/a.h\n/p/a.h:\n");
  EXPECT_EQ(PlainDependencies("m.o: /p/m.cc /c/12.h\n", kSources, order),
            "m.o: /p/m.cc /c/12.h\n");
}

TEST(PlainDependencies, TheOrderIsThatOfThePlainCompile) {
  EXPECT_EQ(PlainDependencies("m.o: /c/1.h /p/b.h /p/a.h /c/2.h m.c a.h\n"
                              "/p/b.h:\n/p/a.h:\nm.c:\na.h:\n",
                              kSources, {"m.c", "./a.h", "/p/b.h"}, {}, kNames),
            "m.o: m.c a.h /p/b.h\na.h:\n/p/b.h:\n");
  // A second name of a file.
  EXPECT_EQ(PlainDependencies("m.o: /c/1.h a.h m.c t.h q/./t.h u.h\n", kSources,
                              {"m.c", "a.h", "t.h", "u.h"}),
            "m.o: m.c a.h t.h q/./t.h u.h\n");
  EXPECT_EQ(PlainDependencies("m.o: /c/1.h m.c q/./t.h\nm.c:\nq/./t.h:\n",
                              kSources, {"m.c", "t.h"}),
            "m.o: m.c q/./t.h\nq/./t.h:\n");
  // What the compiler was given besides comes first.
  EXPECT_EQ(PlainDependencies("m.o: list.txt /c/1.h a.h m.c\n", kSources,
                              {"m.c", "a.h"}),
            "m.o: list.txt m.c a.h\n");
}

TEST(PlainDependencies, LinesEndWhereClangEndsThem) {
  const std::string name(33, 'x');
  EXPECT_EQ(PlainDependencies("m.o: /c/1.h m.c " + name + " y" + name + "\n",
                              kSources, {"m.c", name, "y" + name}),
            "m.o: m.c " + name + " \\\n  y" + name + "\n");
  EXPECT_EQ(
      PlainDependencies("long.o \\\n  second.o: m.c /c/1.h\n", kSources, {}),
      "long.o \\\n  second.o: m.c\n");
}

TEST(PlainDependencies, NamesWithBlanksAreWhole) {
  EXPECT_EQ(PlainDependencies("a\\ b.o: /c/1.h q\\ r/1.h q\\ r/2.h m\\#$$.c\n"
                              "q\\ r/1.h:\nq\\ r/2.h:\nm\\#$$.c:\n",
                              kSources, {"m#$.c", "q r/2.h", "q r/1.h"}),
            "a\\ b.o: m\\#$$.c q\\ r/2.h q\\ r/1.h\nq\\ r/2.h:\nq\\ r/1.h:\n");
}

TEST(PlainDependencies, WhatWasAskedForIsListed) {
  EXPECT_EQ(PlainDependencies("m.o: /c/1.h m.c a.h\nm.c:\na.h:\n", kSources,
                              {"m.c", "./q r#$.h", "a.h", "b.h"},
                              {"./q r#$.h", "a.h"}),
            "m.o: m.c q\\ r\\#$$.h a.h\nq\\ r\\#$$.h:\na.h:\n");
}

TEST(PlainDependencies, WhatIsNoRuleStays) {
  EXPECT_EQ(PlainDependencies("", kSources, {}), "");
  EXPECT_EQ(PlainDependencies("nothing\nof the kind\n", kSources, {}),
            "nothing\nof the kind\n");
  EXPECT_EQ(PlainDependencies("m.o: m.c\n# more\n", kSources, {"m.c"}),
            "m.o: m.c\n# more\n");
}

}  // namespace
}  // namespace dfe::dispatch
