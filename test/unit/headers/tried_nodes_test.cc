// Which header failed, by what Clang says.
#include "dfe/headers/tried_nodes.h"

#include "gtest/gtest.h"

namespace dfe::headers {
namespace {

constexpr char kSource[] = "/cache/node.h";

std::string HeaderOf(absl::string_view messages, absl::string_view source) {
  return FindFailedLine(messages, source).header;
}

TEST(FailedLine, IsTheOneThatTheSourceEntered) {
  EXPECT_EQ(HeaderOf("In file included from /cache/node.h:39:\n"
                     "./include/a.h:4:2: error: no\n",
                     kSource),
            "./include/a.h");
  EXPECT_EQ(HeaderOf("In file included from /cache/node.h:39:\n"
                     "In file included from ./include/a.h:4:\n"
                     "./include/b.h:7:1: fatal error: no\n",
                     kSource),
            "./include/a.h");
}

TEST(FailedLine, IsNotOneThatOnlyWarns) {
  EXPECT_EQ(HeaderOf("In file included from /cache/node.h:1:\n"
                     "a.h:4:2: warning: no\n"
                     "In file included from /cache/node.h:2:\n"
                     "b.h:1:2: warning: no\n"
                     "b.h:2:2: error: no\n"
                     "In file included from /cache/node.h:3:\n"
                     "c.h:1:2: error: no\n",
                     kSource),
            "b.h");
}

TEST(FailedLine, IsUnknownWithoutAnErrorOrItsPlace) {
  EXPECT_EQ(HeaderOf("", kSource), "");
  EXPECT_EQ(HeaderOf("In file included from /cache/node.h:1:\n"
                     "a.h:4:2: warning: no\n",
                     kSource),
            "");
  EXPECT_EQ(HeaderOf("a.h:4:2: error: no\n", kSource), "");
  EXPECT_EQ(HeaderOf("In file included from /cache/other.h:1:\n"
                     "a.h:4:2: error: no\n",
                     kSource),
            "");
}

TEST(FailedLine, HasTheNumberOfTheLine) {
  const FailedLine failed = FindFailedLine(
      "In file included from /cache/node.h:7:\na.h:1:2: warning: no\n"
      "In file included from /cache/node.h:39:\n./a.h:4:2: error: no\n",
      kSource);
  EXPECT_EQ(failed.header, "./a.h");
  EXPECT_EQ(failed.line, 39);
  EXPECT_EQ(FindFailedLine("In file included from /cache/node.h:x:\n"
                           "a.h:4:2: error: no\n",
                           kSource)
                .header,
            "");
}

}  // namespace
}  // namespace dfe::headers
