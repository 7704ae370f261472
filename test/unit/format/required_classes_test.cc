// Required classes: what is written is read, and nothing else is.
#include "dfe/format/required_classes.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "dfe/format/envelope.h"

namespace dfe {
namespace {

bool Reads(const std::string& bytes, const std::string& identity = "clang") {
  return std::holds_alternative<RequiredClasses>(
      RequiredClasses::Parse(bytes, "x", identity));
}

std::string Sealed(const std::string& payload) {
  return SealEnvelope("DFEREQRD", 1, "clang", payload);
}

TEST(RequiredClasses, SurviveTheirFileInOrderAndOnce) {
  const RequiredClasses some = {{{2, 7}, {1, 4000000000}, {2, 7}, {1, 5}}};
  const auto parsed =
      RequiredClasses::Parse(some.Serialize("clang"), "x", "clang");
  ASSERT_TRUE(std::holds_alternative<RequiredClasses>(parsed));
  const std::vector<RequiredClass> expected = {{1, 5}, {1, 4000000000}, {2, 7}};
  EXPECT_EQ(std::get<RequiredClasses>(parsed).classes, expected);
  EXPECT_TRUE(Reads(RequiredClasses{}.Serialize("clang")));
}

TEST(RequiredClasses, AreNothingElse) {
  const std::string file =
      RequiredClasses{{{1, 300}, {2, 7}}}.Serialize("clang");
  EXPECT_FALSE(Reads(file, "another clang"));
  for (size_t size = 0; size < file.size(); ++size) {
    EXPECT_FALSE(Reads(file.substr(0, size))) << size;
  }
  for (size_t bit = 0; bit < 8 * file.size(); ++bit) {
    std::string flipped = file;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(Reads(flipped)) << bit;
  }
}

TEST(RequiredClasses, OfAProperFrameHaveAProperPayload) {
  EXPECT_TRUE(Reads(Sealed({"\1\1\5", 3})));
  EXPECT_FALSE(Reads(Sealed("")));                          // no length
  EXPECT_FALSE(Reads(Sealed({"\2\1\5", 3})));               // too few
  EXPECT_FALSE(Reads(Sealed({"\1\1\5\5", 4})));             // too many
  EXPECT_FALSE(Reads(Sealed({"\1\0\5", 3})));               // of itself
  EXPECT_FALSE(Reads(Sealed({"\2\1\5\1\5", 5})));           // twice
  EXPECT_FALSE(Reads(Sealed({"\2\2\5\1\5", 5})));           // falling
  EXPECT_FALSE(Reads(Sealed("\1\xff\xff\xff\xff\x1f\5")));  // no 32 bits
}

}  // namespace
}  // namespace dfe
