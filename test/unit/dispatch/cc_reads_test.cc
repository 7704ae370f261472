// What a compile read, and which changes would have it read something else.
#include "dfe/dispatch/cc_reads.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace dfe::dispatch {
namespace {

using Texts = std::vector<std::string>;

Texts Asked(const std::string& text, const std::string& expected = "",
            bool of_macros = false) {
  Texts names;
  bool macros = false;
  EXPECT_EQ(NamesAskedFor(text, &names, &macros), expected) << text;
  EXPECT_EQ(macros, of_macros) << text;
  return names;
}

TEST(NamesAskedFor, BranchesThatAreNotTakenAsk) {
  EXPECT_EQ(Asked("#include <a.h>\n#if 0\n #  include_next \"b/c.h\" // d\n"
                  "#endif\n#import<e>\n"),
            (Texts{"a.h", "b/c.h", "e"}));
}

TEST(NamesAskedFor, QuestionsAsk) {
  EXPECT_EQ(Asked("#if defined(__has_include) && __has_include ( <a.h> )\n"
                  "#ifdef __has_include_next\n"
                  "#if __has_include_next(\"b.h\")\n"),
            (Texts{"a.h", "b.h"}));
  const std::string why = "asks for headers whose names macros make";
  Asked("#if __has_include(A)", why);
  Asked("#define HAS __has_include\n", why);
  Asked("#define HAS(x) __has_include(x)\n", why);
  Asked("#if __has_include__(<a.h>)", "asks for headers by another name");
}

TEST(NamesAskedFor, OtherWordsDoNot) {
  EXPECT_EQ(Asked("int include; // include \"a.h\"\nif (a.include < b > c)\n"
                  "#define includes <d.h>\n"),
            Texts{});
  EXPECT_EQ(Asked("#include A_H\n", "", true), Texts{});
  EXPECT_EQ(Asked("#include \"a.h\n", "", true), Texts{});
}

TEST(NamesAskedFor, WhatChangesWithoutAChangeIsRefused) {
  for (const char* word : {"__DATE__", "__TIME__", "__TIMESTAMP__"}) {
    Asked(std::string("const char* at = ") + word + ";",
          "says when it is compiled");
  }
  EXPECT_EQ(Asked("__TIME_T x__DATE__ __TIME__R"), Texts{});
  for (const char* line :
       {"asm(\".incbin \\\"a\\\"\");", "asm(\"nop\\n.include a\");",
        "\"label:.include\"", "\"nop\\012.incbin\""}) {
    Asked(line, "assembly reads files");
  }
  EXPECT_EQ(Asked("a.include = b.incbin; asm(\".include_x\");"), Texts{});
  Asked("# embed <a>", "embeds files");
  Asked("#if __has_embed(<a>)", "embeds files");
  EXPECT_EQ(Asked("int embedded; // # of embed"), Texts{});
}

TEST(ReadsMoreFiles, KnowsDirectivesFromMembers) {
  for (const char* text : {".include", "x .incbin y", "\"\\t.include a\"",
                           "#embed <a>", "f().include"}) {
    EXPECT_TRUE(ReadsMoreFiles(text)) << text;
  }
  // A comment hides it, and what only looks like one does not.
  for (const char* text :
       {"/* x */ .include", "\"/*\" .incbin \"*/\"", "/* .include",
        "'/*' .incbin /* */", "// /*\n.incbin // */", "R\"(/*)\" .incbin /* */",
        "1'0 /*\n.incbin /**/", "a /* b */ .incbin /* c */",
        "\"\\\"/*\" .incbin \"*/\"", "// \\\n/*\n.incbin */"}) {
    EXPECT_TRUE(ReadsMoreFiles(text)) << text;
  }
  for (const char* text :
       {"/* asm(\".include <a.h>\") */", "\"'\" /* .incbin */",
        "1'000 x;\n/* .incbin */", "/**/ /* .include */ // */"}) {
    EXPECT_FALSE(ReadsMoreFiles(text)) << text;
  }
  for (const char* text : {"", "include", "a.include", "b->c.incbin = 1",
                           ".includes", "x.include_all", "embed"}) {
    EXPECT_FALSE(ReadsMoreFiles(text)) << text;
  }
}

// A folder of its own, which is the current one.
class Reads : public testing::Test {
 protected:
  Reads()
      : before_(std::filesystem::current_path()),
        folder_(testing::TempDir() + "cc_reads." + std::to_string(getpid())) {
    std::filesystem::remove_all(folder_);
    for (const char* name : {"src", "first", "second/sys"}) {
      std::filesystem::create_directories(folder_ / name);
    }
    std::filesystem::current_path(folder_);
    Write("src/a.c", "#include <sys/b.h>\n#if __has_include(<no.h>)\n#endif\n");
    Write("second/sys/b.h", "#define C \"c.h\"\n#include C\n");
    Write("second/sys/c.h", "int c;\n");
  }
  ~Reads() override {
    std::filesystem::current_path(before_);
    std::filesystem::remove_all(folder_);
  }

  static void Write(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
  }
  std::string Record(const Texts& given = {}) {
    object_ = {};
    return RecordReads({"src/a.c", "second/sys/b.h", "second/sys/c.h"}, kSearch,
                       given, &object_);
  }
  bool Same() const { return ReadsTheSame(object_, kSearch); }

  const Texts kSearch = {"first", "second", "."};
  KeptObject object_;

 private:
  std::filesystem::path before_;
  std::filesystem::path folder_;
};

TEST_F(Reads, TheSameIsTheSame) {
  ASSERT_EQ(Record(), "");
  EXPECT_EQ(object_.names, (Texts{"c.h", "no.h", "sys/b.h"}));
  EXPECT_EQ(object_.found, Texts{});
  EXPECT_TRUE(Same());
  // What nobody asks for may come.
  Write("first/other.h", "");
  std::filesystem::create_directories("first/c.h");
  EXPECT_TRUE(Same());
}

TEST_F(Reads, TextsCount) {
  ASSERT_EQ(Record(), "");
  Write("second/sys/c.h", "int d;\n");
  EXPECT_FALSE(Same());
  Write("second/sys/c.h", "int c;\n");
  EXPECT_TRUE(Same());
  std::filesystem::remove("second/sys/c.h");
  EXPECT_FALSE(Same());
}

TEST_F(Reads, AHeaderThatIsFoundEarlierCounts) {
  ASSERT_EQ(Record(), "");
  // By a folder of the search, the folder of the source, the current one, the
  // folder of the header, and as the precompiled form of one.
  std::filesystem::create_directories("first/sys");
  for (const char* path :
       {"first/sys/b.h", "src/c.h", "c.h", "no.h", "second/no.h",
        "second/sys/no.h", "second/sys/b.h.gch", "first/c.h"}) {
    Write(path, "");
    EXPECT_FALSE(Same()) << path;
    std::filesystem::remove(path);
    EXPECT_TRUE(Same()) << path;
  }
}

TEST_F(Reads, WhatWasThereMayStayAndNotGo) {
  Write("first/c.h", "");
  ASSERT_EQ(Record(), "");
  EXPECT_EQ(object_.found, Texts{"first/c.h"});
  EXPECT_TRUE(Same());
  std::filesystem::remove("first/c.h");
  EXPECT_FALSE(Same());
}

TEST_F(Reads, NamesOfMacrosOfTheCommandLineCount) {
  ASSERT_EQ(Record({"given.h"}), "");
  Write("first/given.h", "");
  EXPECT_FALSE(Same());
}

TEST_F(Reads, ReasonsNotToKeep) {
  Write("second/sys/c.h.gch", "");
  EXPECT_EQ(Record(), "precompiled header beside");
  std::filesystem::remove("second/sys/c.h.gch");
  Write("second/sys/c.h", "#pragma once\n");
  Write("second/sys/b.h", "#pragma once\n");
  EXPECT_EQ(Record(), "two headers have the same text");
  Write("second/sys/b.h", "__DATE__");
  EXPECT_EQ(Record(), "says when it is compiled");
  std::filesystem::remove("second/sys/b.h");
  EXPECT_EQ(Record(), "dependency cannot be read");
}

}  // namespace
}  // namespace dfe::dispatch
