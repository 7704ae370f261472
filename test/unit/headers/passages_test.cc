// One number and one place for what records have in common.
#include "dfe/headers/passages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dfe/headers/replay.h"
#include "record_testing.h"

namespace dfe::headers {
namespace {

using testing::ElementsAre;

TEST(Passages, ANameHasOneNumberForAllRecords) {
  Passages passages;
  HeaderRecord one;
  one.macros = {"A", "B"};
  one.definitions = {0, 76, 77 | kTakesParameters};
  one.pragmas = {"pack(1)"};
  one.routes = {{"a.h", kRouteAngled, 1, 7}};
  HeaderRecord other;
  other.macros = {"C", "B"};
  other.definitions = {0, 77 | kTakesParameters};
  other.pragmas = {"pack(2)", "pack(1)"};
  other.routes = {{"a.h", kRouteAngled, 2, 7}, {"a.h", kRouteAngled, 1, 9}};
  const Passages::Numbers first = passages.Add(one);
  const Passages::Numbers second = passages.Add(other);
  EXPECT_NE(first.macros[1], first.macros[0]);
  EXPECT_EQ(second.macros[1], first.macros[1]);
  EXPECT_NE(second.macros[0], first.macros[0]);
  EXPECT_EQ(passages.MacroName(second.macros[0]), "C");
  EXPECT_EQ(passages.FindMacro("B"), first.macros[1]);
  EXPECT_EQ(passages.FindMacro("D"), std::nullopt);
  EXPECT_EQ(first.definitions[0], 0u);
  EXPECT_FALSE(TakesParameters(first.definitions[1]));
  EXPECT_TRUE(TakesParameters(first.definitions[2]));
  EXPECT_THAT(second.definitions, ElementsAre(0, first.definitions[2]));
  EXPECT_EQ(second.pragmas[1], first.pragmas[0]);
  EXPECT_EQ(passages.PragmaText(second.pragmas[0]), "pack(2)");
  // Lines do not count, search folders do.
  EXPECT_EQ(second.routes[1], first.routes[0]);
  EXPECT_EQ(passages.RouteOf(second.routes[0]).search, 2u);
}

// A definition whose hash happens to be that of none is one all the same.
TEST(Passages, NoDefinitionIsTheFirstOnly) {
  Passages passages;
  HeaderRecord record;
  record.definitions = {0, 0};
  EXPECT_NE(passages.Add(record).definitions[1], 0u);
}

TEST(Passages, EqualOnesAreOne) {
  Passages passages;
  const Passage a = {{1, 2, 3, 4}, {1, 2, 3, 5}};
  Passage b = a;
  b[1].depth = 6;
  const auto kept = passages.Keep({a, b, a, {}});
  EXPECT_EQ(kept[0], kept[2]);
  EXPECT_NE(kept[0], kept[1]);
  EXPECT_EQ(*kept[0], a);
  EXPECT_EQ(passages.Keep({b, {}}), (std::vector{kept[1], kept[3]}));
}

TEST(Passages, SlotsAreAsNewForEachWalk) {
  Passages passages;
  HeaderRecord record;
  record.macros = {"A", "B"};
  passages.Add(record);
  {
    Passages::Slots one(&passages);
    Passages::Slots other(&passages);
    one.Touch(1).definition = 5;
    one.Touch(1).marked = true;
    EXPECT_EQ(one[1].definition, 5u);
    EXPECT_EQ(other[1].definition, 0u);
  }
  Passages::Slots again(&passages);
  Passages::Slots also(&passages);
  for (Passages::Slots* slots : {&again, &also}) {
    EXPECT_EQ((*slots)[1].definition, 0u);
    EXPECT_FALSE((*slots)[1].marked);
  }
}

// Two files that read the same headers in another order, after others, and
// under other brackets: each is asked for its own order.
TEST(Passages, FilesThatShareThemKeepTheirOwnOrder) {
  const HeaderRecord one =
      RecordOf("> a.h\n? X 0\n<\n> b.h\n+ X 1\n<\n> c.h\n<\ncode");
  const HeaderRecord other =
      RecordOf("> b.h\n+ X 1\n<\n> c.h\n<\n> d.h\n? X 1\n<\ncode");
  Passages passages;
  Replay first(one, one, &passages);
  Replay second(other, other, &passages);
  first.Learn();
  second.Learn();
  EXPECT_TRUE(first.Reorder({FileNamed(one, "b.h")}));
  EXPECT_FALSE(first.Reorder({FileNamed(one, "c.h")}));
  EXPECT_FALSE(second.Reorder({FileNamed(other, "b.h")}));
  EXPECT_TRUE(second.Reorder({FileNamed(other, "d.h")}));
  EXPECT_FALSE(first.Reorder({FileNamed(one, "c.h")}));
}

}  // namespace
}  // namespace dfe::headers
