// Which macros split a group, and which are hidden from precompiled headers.
#include "dfe/headers/shared_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace dfe::headers {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

dispatch::CcInvocation Call(const std::vector<std::string>& more) {
  std::vector<std::string> words = {"clang"};
  words.insert(words.end(), more.begin(), more.end());
  words.insert(words.end(), {"-c", "a.c"});
  return dispatch::CcInvocation(std::move(words));
}

TEST(SharedWords, AreAllButMacrosAndSearchFolders) {
  EXPECT_EQ(
      SharedWords(Call({"-DX=1", "-Ia", "-O2", "-D", "Y", "-I", "b", "-UZ",
                        "-isystem", "c", "-iquote", "d", "-idirafter", "e",
                        "-include", "f.h", "-isysroot", "g", "-Wall"})),
      "c\nclang\n-O2\n-include\nf.h\n-isysroot\ng\n-Wall");
}

TEST(MacroWords, HaveTheirNames) {
  const std::vector<MacroWord> macros =
      MacroWords(Call({"-DX=1", "-D", "Y(a)=a", "-UZ", "-Wp,-MD,x"}));
  ASSERT_EQ(macros.size(), 3);
  EXPECT_EQ(macros[0].name, "X");
  EXPECT_EQ(macros[1].name, "Y");
  EXPECT_EQ(macros[1].word, "-DY(a)=a");
  EXPECT_TRUE(macros[2].undefines);
}

TEST(NodeWords, LackWhatIsHidden) {
  EXPECT_THAT(NodeWords(Call({"-DX=1", "-D", "Y", "-O2", "-Ia"}), {"Y"}),
              ElementsAre("clang", "-DX=1", "-O2", "-Ia"));
}

// Files that each define some macros; their one header reads `read`.
struct Group {
  Group(const std::vector<std::vector<std::string>>& words,
        const std::string& read) {
    record.files.resize(2);
    record.macros = {read};
    record.definitions = {0, 77};
    record.events = {{HeaderEvent::kEnter, 0},
                     {HeaderEvent::kEnter, 1},
                     {HeaderEvent::kRead, 0},
                     {HeaderEvent::kExit},
                     {HeaderEvent::kExit}};
    for (const std::vector<std::string>& more : words) {
      PlannedUnit unit;
      unit.record = &record;
      unit.macros = MacroWords(Call(more));
      members.push_back(static_cast<int>(units.size()));
      units.push_back(std::move(unit));
    }
  }
  std::vector<MacroGroup> Split() const {
    Passages passages;
    Replays replays;
    for (const PlannedUnit& unit : units) {
      replays.push_back(
          std::make_unique<Replay>(*unit.record, *unit.record, &passages));
      replays.back()->Learn();
    }
    return SplitByMacros(units, members, replays, CostModel());
  }
  HeaderRecord record;
  std::vector<PlannedUnit> units;
  std::vector<int> members;
};

TEST(SplitByMacros, WhatNoHeaderReadsIsHidden) {
  const Group group({{"-DNAME=a", "-DX"}, {"-DNAME=b", "-DX"}}, "OTHER");
  const std::vector<MacroGroup> parts = group.Split();
  ASSERT_EQ(parts.size(), 1);
  EXPECT_THAT(parts[0].hidden, ElementsAre("NAME"));
}

TEST(SplitByMacros, WhatDecidesADefaultIsRead) {
  Group group({{"-DNAME=a"},
               {"-DNAME=a"},
               {"-DNAME=a"},
               {"-DNAME=b"},
               {"-DNAME=b"},
               {"-DNAME=b"}},
              "NAME");
  group.record.macros.push_back("OTHER");
  group.record.events[2] = {HeaderEvent::kDefault, 1, 1, 0};
  EXPECT_EQ(group.Split().size(), 2);
  group.record.events[2] = {HeaderEvent::kDefault, 1, 1, 1};
  EXPECT_EQ(group.Split().size(), 1);
}

TEST(SplitByMacros, WhatHeadersReadSplitsIfManySayTheSame) {
  std::vector<std::vector<std::string>> words(12, {"-DKIND=1"});
  for (size_t i = 0; i < 6; ++i) words[i] = {"-DKIND=2"};
  const std::vector<MacroGroup> parts = Group(words, "KIND").Split();
  ASSERT_EQ(parts.size(), 2);
  EXPECT_EQ(parts[0].members.size(), 6);
  EXPECT_THAT(parts[0].hidden, IsEmpty());
  // Half of them say the same, the others each another thing.
  for (size_t i = 6; i < 12; ++i) words[i] = {absl::StrCat("-DKIND=", i)};
  EXPECT_EQ(Group(words, "KIND").Split().size(), 7);
  // Two groups of the least size, and one file more with a word of its own.
  EXPECT_EQ(
      Group({{"-DKIND=1"}, {"-DKIND=1"}, {"-DKIND=1"}, {}, {}, {}, {}}, "KIND")
          .Split()
          .size(),
      2);
  EXPECT_EQ(Group({{}, {}, {}, {"-DKIND=1"}}, "KIND").Split().size(), 2);
  // As many values as files: those headers are left out for these files.
  for (size_t i = 0; i < words.size(); ++i) {
    words[i] = {absl::StrCat("-DKIND=", i)};
  }
  ASSERT_EQ(Group(words, "KIND").Split().size(), 1);
}

// As KBUILD_MODNAME, which only a few files have read by headers.
TEST(SplitByMacros, WhatHeadersOfFewFilesReadIsHidden) {
  std::vector<std::vector<std::string>> words(12, {"-DKIND=1"});
  for (size_t i = 0; i < 6; ++i) words[i] = {"-DKIND=2"};
  Group group(words, "KIND");
  const Group without(words, "OTHER");
  for (size_t i = 5; i < 12; ++i) group.units[i].record = &without.record;
  const std::vector<MacroGroup> parts = group.Split();
  ASSERT_EQ(parts.size(), 1);
  EXPECT_THAT(parts[0].hidden, ElementsAre("KIND"));
}

TEST(SplitByMacros, WhatIsUndefinedOrDefinedTwiceMustBeTheSame) {
  EXPECT_EQ(Group({{"-DX"}, {"-UX"}}, "OTHER").Split().size(), 2);
  EXPECT_EQ(Group({{"-DX"}, {"-DX", "-DX=2"}}, "OTHER").Split().size(), 2);
  EXPECT_EQ(Group({{"-UX"}, {"-UX"}}, "OTHER").Split().size(), 1);
}

}  // namespace
}  // namespace dfe::headers
