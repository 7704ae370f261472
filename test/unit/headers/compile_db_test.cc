// compile_commands.json in its forms, and damaged.
#include "dfe/headers/compile_db.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dfe::headers {
namespace {

using testing::ElementsAre;

TEST(CompileDb, WordsAreSplitAsAShellDoes) {
  EXPECT_THAT(SplitCommand("cc  -DX=\\\"a\\ b\\\" '-DY=1 2' \"-DZ=\\\"q\\\"\""),
              ElementsAre("cc", "-DX=\"a b\"", "-DY=1 2", "-DZ=\"q\""));
  EXPECT_THAT(SplitCommand("a ''"), ElementsAre("a", ""));
  EXPECT_TRUE(SplitCommand("  ").empty());
}

TEST(CompileDb, BothFormsAreRead) {
  auto commands = ParseCompileDb(
      R"([{"directory":"/b","file":"a.c","command":"/x/dfe-cc cc -c a.c"},
          {"directory":"/b","file":"b.c","arguments":["cc","-c","b.c"]}])",
      "db");
  ASSERT_TRUE(commands.ok());
  EXPECT_THAT((*commands)[0].words, ElementsAre("cc", "-c", "a.c"));
  EXPECT_TRUE((*commands)[0].launched);
  EXPECT_THAT((*commands)[1].words, ElementsAre("cc", "-c", "b.c"));
  EXPECT_FALSE((*commands)[1].launched);
}

TEST(CompileDb, DamageIsNamed) {
  EXPECT_EQ(ParseCompileDb("[{]", "db").status().message(),
            "db: expected a JSON list");
  EXPECT_EQ(ParseCompileDb("[{}]", "db").status().message(),
            "db: entry 0: expected a directory, got none");
  EXPECT_EQ(ParseCompileDb(R"([{"directory":"/b"}])", "db").status().message(),
            "db: entry 0: expected a command, got none");
  EXPECT_TRUE(ParseCompileDb("[]", "db")->empty());
}

}  // namespace
}  // namespace dfe::headers
