// Which header failed, by what Clang says.
#include "dfe/headers/tried_nodes.h"

#include "gtest/gtest.h"

namespace dfe::headers {
namespace {

constexpr char kSource[] = "/cache/node.h";

TEST(FailedHeader, IsTheOneThatTheSourceEntered) {
  EXPECT_EQ(FailedHeader("In file included from /cache/node.h:39:\n"
                         "./include/a.h:4:2: error: no\n",
                         kSource),
            "./include/a.h");
  EXPECT_EQ(FailedHeader("In file included from /cache/node.h:39:\n"
                         "In file included from ./include/a.h:4:\n"
                         "./include/b.h:7:1: fatal error: no\n",
                         kSource),
            "./include/a.h");
}

TEST(FailedHeader, IsNotOneThatOnlyWarns) {
  EXPECT_EQ(FailedHeader("In file included from /cache/node.h:1:\n"
                         "a.h:4:2: warning: no\n"
                         "In file included from /cache/node.h:2:\n"
                         "b.h:1:2: warning: no\n"
                         "b.h:2:2: error: no\n"
                         "In file included from /cache/node.h:3:\n"
                         "c.h:1:2: error: no\n",
                         kSource),
            "b.h");
}

TEST(FailedHeader, IsUnknownWithoutAnErrorOrItsPlace) {
  EXPECT_EQ(FailedHeader("", kSource), "");
  EXPECT_EQ(FailedHeader("In file included from /cache/node.h:1:\n"
                         "a.h:4:2: warning: no\n",
                         kSource),
            "");
  EXPECT_EQ(FailedHeader("a.h:4:2: error: no\n", kSource), "");
  EXPECT_EQ(FailedHeader("In file included from /cache/other.h:1:\n"
                         "a.h:4:2: error: no\n",
                         kSource),
            "");
}

}  // namespace
}  // namespace dfe::headers
