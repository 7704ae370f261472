// Diagnostics and dependency files without traces of precompiled headers.
#include <gtest/gtest.h>

#include "dfe/dispatch/cc_diagnostics.h"
#include "dfe/dispatch/cc_names.h"

namespace dfe::dispatch {
namespace {

const std::vector<std::string> kSources = {"/c/1.h", "/c/2.h"};
const std::vector<TraceLine> kTrace = {{"/p/own.h", "/p/m.cc", 3},
                                       {"/p/a.h", "/p/own.h", 7}};

std::string Plain(const std::string& text, int* warnings) {
  return PlainDiagnostics(text, kSources, "/p/m.cc", kTrace, warnings);
}

TEST(PlainDiagnostics, TheWayGoesThroughTheUnit) {
  int warnings = 0;
  EXPECT_EQ(Plain("In file included from /c/1.h:2:\n"
                  "/p/a.h:1:5: warning: odd [-Wodd]\n"
                  "    1 | int x;\n"
                  "1 warning generated.\n",
                  &warnings),
            "In file included from /p/m.cc:3:\n"
            "In file included from /p/own.h:7:\n"
            "/p/a.h:1:5: warning: odd [-Wodd]\n"
            "    1 | int x;\n");
  EXPECT_EQ(warnings, 1);
}

TEST(PlainDiagnostics, ColoursAreLookedThrough) {
  int warnings = 0;
  EXPECT_EQ(Plain("\033[0mIn file included from /c/2.h:2:\n"
                  "\033[1m/p/own.h:1:5: \033[0mwarning\n"
                  "\033[0m1 warning generated.\n",
                  &warnings),
            "\033[0mIn file included from /p/m.cc:3:\n"
            "\033[1m/p/own.h:1:5: \033[0mwarning\n\033[0m");
  EXPECT_EQ(warnings, 1);
}

// What is instantiated in the file itself, from a shared template.
TEST(PlainDiagnostics, TheMainFilesFirstLineIsNoWayByItself) {
  int warnings = 0;
  EXPECT_EQ(Plain("In file included from /p/m.cc:1:\n/p/a.h:1:5: note: n\n",
                  &warnings),
            "In file included from /p/m.cc:3:\n"
            "In file included from /p/own.h:7:\n/p/a.h:1:5: note: n\n");
  const std::string private_header =
      "In file included from /p/m.cc:1:\n/p/z.h:1:5: note: n\n";
  EXPECT_EQ(Plain(private_header, &warnings), private_header);
}

TEST(AboutHeaders, WhatIsSaidOfWordsIsLeftOut) {
  const std::string words =
      "cc: warning: argument unused during compilation: '-s'\n"
      "warning: unknown warning option '-Wodd'\n";
  const std::string header = "/p/a.h:1:5: warning: odd\nwarning: late\n";
  int warnings = 0;
  EXPECT_EQ(AboutWords(words + header, "/bin/cc.real", &warnings),
            words.size());
  EXPECT_EQ(warnings, 1);
  EXPECT_EQ(AboutHeaders(words + header + "3 warnings generated.\n", "cc"),
            header + "2 warnings generated.\n");
  EXPECT_EQ(AboutHeaders(words + "1 warning generated.\n", "cc"), "");
  // Colours that open a line close those of the line before.
  EXPECT_EQ(
      AboutHeaders("\033[1mcc: \033[0mwarning: a\n\033[0m/p/a.h:1: n\n", "cc"),
      "\033[0m/p/a.h:1: n\n");
  // Another program's name, and what comes later, are no words' messages.
  for (const std::string text :
       {"gcc: warning: a\n1 warning generated.\n",
        "/p/a.h:1: n\nwarning: late\n1 warning generated.\n", ""}) {
    EXPECT_EQ(AboutHeaders(text, "cc"), text);
  }
}

TEST(PlainDiagnostics, OtherWaysStayAsTheyAre) {
  const std::string text =
      "In file included from /p/m.cc:9:\n/p/z.h:1:1: warning: w\n";
  int warnings = 0;
  EXPECT_EQ(Plain(text + "12 warnings generated.\n", &warnings), text);
  EXPECT_EQ(warnings, 12);
  EXPECT_EQ(Plain("3 warnings generated, they say\n", &warnings),
            "3 warnings generated, they say\n");
  EXPECT_EQ(warnings, 12);
}

const std::vector<FileName> kNames = {{"/p/a.h", "./a.h"},
                                      {"/p/a.h.h", "q/../a.h.h"}};

TEST(Names, AreThoseOfThePlainCompile) {
  EXPECT_EQ(KeptName("/p", "./a.h"), "/p/a.h");
  EXPECT_EQ(KeptName("/p/", "q//./../a.h"), "/p/q/../a.h");
  EXPECT_EQ(ParseNames("/p/a.h\t./a.h\ndamaged\n").size(), 1);
  EXPECT_EQ(DiagnosticsWithNames("In file included from /p/a.h:1:\n"
                                 "/p/a.h.h:7:1: note: '/p/a.h' or /p/a.h:x\n",
                                 kNames),
            "In file included from ./a.h:1:\n"
            "q/../a.h.h:7:1: note: '/p/a.h' or /p/a.h:x\n");
}

TEST(Names, DebugInformationGetsThemAndNothingElseNeedsThem) {
  EXPECT_EQ(DebugNameWords(CcInvocation({"cc", "-g", "-c", "a.c"}), kNames)[0],
            "-fdebug-prefix-map=/p/a.h=./a.h");
  EXPECT_TRUE(
      DebugNameWords(CcInvocation({"cc", "-c", "a.c"}), kNames).empty());
  EXPECT_EQ(NamesRefusal(CcInvocation({"cc", "-O2", "-g", "-c", "a.c"})), "");
  for (const char* word : {"-fsanitize=undefined", "-fdebug-prefix-map=/p=.",
                           "-fcoverage-mapping", "-Rpass=inline"}) {
    EXPECT_NE(NamesRefusal(CcInvocation({"cc", word, "-c", "a.c"})), "");
  }
  EXPECT_EQ(NamesRefusal(kNames[0]), "");
  EXPECT_NE(NamesRefusal(FileName{"/p q/a.h", "./a.h"}), "");
}

TEST(TellsADefault, OnlyOfWhatCouldBeDefinedElsewhere) {
  HeaderRecord record;
  record.macros = {"X", "Y", "LIMIT"};
  record.events = {{HeaderEvent::kDefine, 0, 1},
                   {HeaderEvent::kDefault, 1, 1, 2}};
  EXPECT_TRUE(
      TellsADefault("a.h:1:11: note: expanded from macro 'Y'\n", record));
  EXPECT_FALSE(
      TellsADefault("a.h:1:11: note: expanded from macro 'X'\n", record));
  EXPECT_FALSE(TellsADefault("m.c:1: warning: unused 'LIMIT', Y\n", record));
}

}  // namespace
}  // namespace dfe::dispatch
