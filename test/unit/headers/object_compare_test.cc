// Objects of the compiler at hand, compared.
#include "dfe/headers/object_compare.h"

#include <gtest/gtest.h>

#include "dfe/base/subprocess.h"
#include "dfe/format/envelope.h"

namespace dfe::headers {
namespace {

std::string Compiled(const std::string& name, const std::string& source) {
  const std::string stem = testing::TempDir() + "/dfe_object_" + name;
  EXPECT_FALSE(WriteFileAtomically(stem + ".c", source).has_value());
  SubprocessOptions run;
  run.argv = {"cc", "-O0", "-fno-ident", "-c", stem + ".c", "-o", stem + ".o"};
  absl::StatusOr<SubprocessResult> result = RunSubprocess(run);
  EXPECT_TRUE(result.ok() && result->ok());
  auto bytes = ReadFile(stem + ".o");
  return std::get<std::string>(bytes);
}

TEST(CompareObjects, WhatALinkerSeesCounts) {
  const std::string one = Compiled("a", "int f(void) { return 1; }");
  const std::string two = Compiled("a", "int f(void) { return 2; }");
  const std::string named = Compiled("a", "int g(void) { return 1; }");
  const std::string calls = Compiled("a", "int h(); int f() { return h(); }");
  const std::string others = Compiled("a", "int i(); int f() { return i(); }");
  EXPECT_EQ(CompareObjects(one, one), "");
  EXPECT_EQ(CompareObjects(one, two), "section .text#0: bytes");
  EXPECT_EQ(CompareObjects(one, named).substr(0, 7), "symbol ");
  EXPECT_EQ(CompareObjects(calls, others), "section .text#0: relocations");
}

TEST(CompareObjects, NumberingDoesNot) {
  // The same definitions; the undefined symbols are numbered otherwise.
  const std::string ab = Compiled("b", "extern int a, b; int *p[] = {&a, &b};");
  const std::string ba = Compiled("b", "extern int b, a; int *p[] = {&a, &b};");
  EXPECT_EQ(CompareObjects(ab, ba), "");
}

// The linker merges literals by their text.
TEST(CompareObjects, TheOrderOfLiteralsDoesNot) {
  const std::string flags =
      "__attribute__((section(\".text.g\"))) const char *g(void)";
  const std::string one =
      Compiled("c", "const char *p = \"one\", *q = \"two\";\n" + flags +
                        "{ return \"three\"; }");
  const std::string two =
      Compiled("c", flags +
                        "{ return \"three\"; }\n"
                        "const char *p = \"one\", *q = \"two\";");
  const std::string swapped =
      Compiled("c", "const char *p = \"two\", *q = \"one\";\n" + flags +
                        "{ return \"three\"; }");
  EXPECT_EQ(CompareObjects(one, one), "");
  EXPECT_NE(CompareObjects(one, swapped), "");
  EXPECT_NE(CompareObjects(two, swapped), "");
}

TEST(CompareObjects, WhatIsNoObjectIsComparedByItsBytes) {
  EXPECT_EQ(CompareObjects("a", "b"), "bytes");
  EXPECT_EQ(CompareObjects("", ""), "");
  std::string cut = Compiled("a", "int f(void) { return 1; }");
  EXPECT_EQ(CompareObjects(cut, cut.substr(0, cut.size() / 2)), "bytes");
}

}  // namespace
}  // namespace dfe::headers
