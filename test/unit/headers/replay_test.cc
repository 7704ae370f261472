// Each hazard of another order, and its harmless twin.
#include "dfe/headers/replay.h"

#include <gtest/gtest.h>

#include "record_testing.h"

namespace dfe::headers {
namespace {

// Of one record, with passages of its own.
struct OwnPassages {
  Passages passages;
};
struct LoneReplay : OwnPassages, Replay {
  explicit LoneReplay(const HeaderRecord& record)
      : Replay(record, record, &passages) {
    Learn();
  }
};

// What goes wrong if `names` come first; "" if nothing does.
// `hidden` macros of the command line come after them.
std::string Moving(const std::string& text,
                   const std::vector<std::string>& names,
                   const std::vector<std::string>& hidden = {}) {
  const HeaderRecord record = RecordOf(text);
  LoneReplay replay(record);
  EXPECT_EQ(replay.refusal(), "");
  const std::string refusal = replay.Hide(hidden);
  if (!refusal.empty()) return refusal;
  std::vector<uint32_t> first;
  for (const std::string& name : names) {
    first.push_back(FileNamed(record, name));
    const std::string& why = replay.Immovable(first.back());
    if (!why.empty()) return why;
  }
  std::optional<Conflict> conflict = replay.Reorder(first);
  if (!conflict) return "";
  return conflict->what + " in " + record.files[conflict->reader].name +
         " by " + record.files[conflict->culprit].name;
}

TEST(Replay, IndependentHeadersMove) {
  EXPECT_EQ(Moving("> a.h\n<\n> b.h\n<\ncode", {"b.h"}), "");
}

TEST(Replay, AMacroOfTheMainFileStaysBeforeItsReader) {
  EXPECT_EQ(Moving("+ X 1\n> a.h\n? X 1\n<", {"a.h"}),
            "macro X in /i/a.h by m.cpp");
  EXPECT_EQ(Moving("+ X 1\n> a.h\n? Y 0\n<\n+ Y 1", {"a.h"}), "");
}

TEST(Replay, AConfigurationHeaderMovesOnlyTogether) {
  const std::string text = "> config.h\n+ X 1\n<\n> a.h\n? X 1\n<";
  EXPECT_EQ(Moving(text, {"a.h"}), "macro X in /i/a.h by m.cpp");
  EXPECT_EQ(Moving(text, {"config.h", "a.h"}), "");
}

TEST(Replay, ANameThatBecomesAMacroLaterIsSeen) {
  EXPECT_EQ(Moving("> a.h\n? min 0\n<\n> b.h\n+ min 1\n<", {"b.h"}),
            "macro min in /i/a.h by /i/b.h");
  EXPECT_EQ(Moving("> a.h\n? min 0\n<\n> b.h\n+ min 1\n- min\n<", {"b.h"}), "");
}

TEST(Replay, ANameWithoutBracketIsNoMacroWithParameters) {
  EXPECT_EQ(Moving("> a.h\n. min 0\n<\n> b.h\n+ min 2\n<", {"b.h"}), "");
  EXPECT_EQ(Moving("> b.h\n+ min 2\n<\n> a.h\n. min 2\n<", {"a.h"}), "");
  EXPECT_EQ(Moving("> a.h\n. min 0\n<\n> b.h\n+ min 1\n<", {"b.h"}),
            "macro min in /i/a.h by /i/b.h");
}

TEST(Replay, EqualDefinitionsAreEqual) {
  EXPECT_EQ(
      Moving("> a.h\n+ X 1\n<\n> b.h\n+ X 1\n<\n> c.h\n? X 1\n<", {"b.h"}), "");
  EXPECT_EQ(
      Moving("> a.h\n+ X 1\n- X\n<\n> b.h\n+ X 2\n<\n> c.h\n? X 2\n<", {"b.h"}),
      "macro X, defined twice in /i/a.h by /i/b.h");
}

// The compiler says something of a second definition, but not in a system's
// header.
TEST(Replay, ADefinitionThatBecomesTheSecondIsSeen) {
  const std::string text = "> a.h\n+ X 1\n- X\n<\n> b.h\n+ X 4\n<\ncode";
  EXPECT_EQ(Moving(text, {"b.h"}),
            "macro X, defined twice in /i/a.h by /i/b.h");
  HeaderRecord record = RecordOf(text);
  const uint32_t first = FileNamed(record, "a.h");
  record.files[first].flags |= kFileSystem;
  EXPECT_FALSE(LoneReplay(record).Reorder({FileNamed(record, "b.h")}));
  // It was the second one before.
  EXPECT_EQ(Moving("+ X 4\n> a.h\n+ X 1\n<\n> b.h\n<\ncode", {"b.h"}), "");
}

TEST(Replay, WhatIsDefinedOnlyIfItIsNotYetIsNoRead) {
  // <wchar.h> and <stdint.h>.
  EXPECT_EQ(Moving("> a.h\n~ Y 5 X\n~ X 1\n<\n> b.h\n~ Y 5 X\n~ X 1\n? X 1\n"
                   "? Y 5\n<\ncode",
                   {"b.h"}),
            "");
  EXPECT_EQ(Moving("> a.h\n~ X 1\n<\n> b.h\n~ X 4\n? X 1\n<\ncode", {"b.h"}),
            "macro X in /i/b.h by /i/b.h");
  EXPECT_EQ(Moving("> a.h\n~ X 1\n<\n> b.h\n~ X 4\n<\ncode\n? X 1", {"b.h"}),
            "macro X in m.cpp by /i/b.h");
  EXPECT_EQ(Moving("> a.h\n~ X 1\n<\n> b.h\n~ X 4\n<\ncode", {"b.h"}), "");
  // Which macro decides can be another one.
  EXPECT_EQ(Moving("> a.h\n+ X 1\n<\n> b.h\n~ Y 4 X\n<\ncode\n? Y 0", {"b.h"}),
            "macro Y in m.cpp by /i/b.h");
  EXPECT_EQ(Moving("> a.h\n+ X 1\n<\n> b.h\n~ Y 4 X\n<\ncode", {"b.h"}), "");
  // A default that becomes the first definition, of two.
  EXPECT_EQ(Moving("> a.h\n+ X 1\n<\n> b.h\n~ X 4\n<\ncode", {"b.h"}),
            "macro X, defined twice in /i/a.h by /i/b.h");
  EXPECT_EQ(Moving("> a.h\n+ X 1\n<\n> b.h\n~ X 1\n<\ncode", {"b.h"}), "");
  // What no precompiled header knows.
  const std::string start = "> @\n+ X 1\n<\n";
  EXPECT_EQ(Moving(start + "> a.h\n~ X 4\n<", {"a.h"}, {"X"}),
            "macro X of the command line");
  EXPECT_EQ(Moving(start + "> a.h\n~ Y 4 X\n<", {"a.h"}, {"X"}),
            "macro X of the command line");
  EXPECT_EQ(Moving(start + "> a.h\n~ Y 4 X\n<", {"a.h"}), "");
}

TEST(Replay, AHiddenMacroComesAfterWhatMoves) {
  const std::string start = "> @\n+ X 1\n<\n";
  EXPECT_EQ(Moving(start + "> a.h\n<\n? X 1\ncode", {"a.h"}, {"X"}), "");
  EXPECT_EQ(Moving(start + "> a.h\n<\n> b.h\n? X 1\n<", {"a.h"}, {"X", "Z"}),
            "");
  EXPECT_EQ(Moving(start + "> a.h\n? X 1\n<", {"a.h"}), "");
  EXPECT_EQ(Moving(start + "> a.h\n? X 1\n<", {"a.h"}, {"X"}),
            "macro X of the command line");
  EXPECT_EQ(Moving(start + "> a.h\n> b.h\n+ X 2\n<\n<", {"a.h"}, {"X"}),
            "includes /i/b.h");
  EXPECT_EQ(Moving(start + "> a.h\n- X\n<", {"a.h"}, {"X"}),
            "macro X of the command line");
  EXPECT_EQ(Moving("> @\n+ X 1\n+ X 2\n<\n> a.h\n<", {"a.h"}, {"X"}),
            "defines X more than once");
  EXPECT_EQ(Moving("> @\n+ X 1\n- X\n<\n> a.h\n<", {"a.h"}, {"X"}),
            "defines X more than once");
  // Another file's: here it is an ordinary macro.
  EXPECT_EQ(Moving("> a.h\n+ X 1\n<\n? X 1", {"a.h"}, {"X"}), "");
}

TEST(Replay, WhatLeadsIsSaidInFront) {
  const HeaderRecord record =
      RecordOf("lead X\nlead Y\n> a.h\n? X 1\n<\n> b.h\n? Y 1\n<\ncode");
  LoneReplay replay(record);
  EXPECT_TRUE(replay.Reorder({FileNamed(record, "a.h")}));
  replay.Lead({{"X", ""}});
  EXPECT_FALSE(replay.Reorder({FileNamed(record, "a.h")}));
  EXPECT_TRUE(replay.Reorder({FileNamed(record, "b.h")}));
  // The main file asks first whether it is defined.
  const HeaderRecord asks = RecordOf("? X 0\nlead X\n> a.h\n? X 1\n<\ncode");
  LoneReplay asking(asks);
  asking.Lead({{"X", ""}});
  EXPECT_TRUE(asking.Reorder({FileNamed(asks, "a.h")}));
}

TEST(Replay, WhatTheCommandLineIncludesIsInFront) {
  const HeaderRecord record = RecordOf(
      "> @\n+ X 1\n> pre.h\n> part.h\n<\n<\n<\n> a.h\n= part.h\n<\ncode");
  LoneReplay replay(record);
  EXPECT_EQ(replay.refusal(), "");
  EXPECT_TRUE(replay.InFront()[FileNamed(record, "pre.h")]);
  EXPECT_TRUE(replay.InFront()[FileNamed(record, "part.h")]);
  EXPECT_FALSE(replay.InFront()[FileNamed(record, "a.h")]);
  EXPECT_FALSE(replay.InFront()[0]);
  EXPECT_FALSE(replay.Reorder({FileNamed(record, "a.h")}));
  // It reads what would come later.
  const HeaderRecord reads =
      RecordOf("> @\n+ X 1\n> pre.h\n? X 1\n<\n<\n> a.h\n<\ncode");
  LoneReplay hiding(reads);
  EXPECT_EQ(hiding.Hide({"X"}), "");
  EXPECT_NE(hiding.Immovable(FileNamed(reads, "pre.h")), "");
  EXPECT_TRUE(hiding.Reorder({FileNamed(reads, "a.h")}));
}

// a.h includes b.h, which includes a.h, which its guard keeps out.
TEST(Replay, AFileThatIsOpenAlreadyIsSkipped) {
  const std::string text =
      "> a.h\n> b.h\n> !a.h\n? a_h 9\n<\n<\n<\n> c.h\n= b.h\n<\ncode";
  EXPECT_EQ(Moving(text, {"b.h"}), "");
  EXPECT_EQ(Moving(text, {"c.h"}), "");
  // Without a guard each entry counts.
  EXPECT_NE(Moving("> !x.h\n> b.h\n> !x.h\n? X 0\n<\n<\n<\ncode", {"b.h"}), "");
}

TEST(Replay, CountersThatAreNamesMayDiffer) {
  HeaderRecord record =
      RecordOf("> a.h\ncounter\n<\n> b.h\ncounter\n<\ncode\ncounter");
  const auto moves = [&record](bool names) {
    LoneReplay replay(record);
    if (names) replay.CountersAreNames();
    return !replay.Reorder({FileNamed(record, "b.h")}).has_value();
  };
  EXPECT_FALSE(moves(false));
  EXPECT_TRUE(moves(true));
  record.files[FileNamed(record, "b.h")].flags |= kFileCounterNumber;
  EXPECT_FALSE(moves(true));
  // The main file's count.
  record = RecordOf("> a.h\n<\ncounter\n> b.h\ncounter\n<\ncounter\ncode");
  EXPECT_FALSE(moves(true));
}

// An X-macro file does something else each time it is read.
TEST(Replay, AnXMacroFileIsReadAsOften) {
  const std::string text =
      "> a.h\n+ X 1\n> !x.def\n? X 1\n- X\n<\n<\n"
      "> b.h\n+ X 2\n> !x.def\n? X 2\n- X\n<\n<";
  EXPECT_EQ(Moving(text, {"b.h"}), "");
  EXPECT_EQ(Moving(text, {"b.h", "a.h"}), "");
  EXPECT_EQ(Moving(text, {"x.def"}), "macro X in /i/x.def by m.cpp");
  EXPECT_EQ(Moving("> a.h\n> !plain.inc\n<\n<", {"plain.inc"}),
            "guard in /i/plain.inc by /i/plain.inc");
}

// <assert.h> has no guard and does less the second time.
TEST(Replay, AHeaderThatBehavesDifferentlyTheSecondTime) {
  const std::string text =
      "> a.h\n> !assert.h\n? ONCE 0\n+ ONCE 1\n<\n<\n"
      "> b.h\n> !assert.h\n? ONCE 1\n<\n<";
  EXPECT_EQ(Moving(text, {"b.h"}), "");
  EXPECT_EQ(Moving("> a.h\n> !f.h\n? N 0\n+ N 1\n<\n<\n> b.h\n? N 1\n"
                   "> !f.h\n? N 1\n+ N 2\n<\n<",
                   {"b.h"}),
            "macro N in /i/b.h by m.cpp");
}

TEST(Replay, PragmaStateIsThatOfThePlainOrder) {
  EXPECT_EQ(Moving("> a.h\n# pack(push, 1)\n> b.h\n<\n# pack(pop)\n<", {"b.h"}),
            "#pragma state in /i/b.h by m.cpp");
  EXPECT_EQ(Moving("> a.h\n# pack(push, 1)\n# pack(pop)\n<\n> b.h\n<", {"b.h"}),
            "");
  EXPECT_EQ(Moving("> a.h\n<\n> b.h\n# pack(1)\n<", {"b.h"}),
            "#pragma pack in /i/a.h by /i/b.h");
  EXPECT_EQ(Moving("> a.h\n# once\n# mark here\n<\n> b.h\n<", {"b.h"}), "");
}

TEST(Replay, TheCounterCountsTheSame) {
  EXPECT_EQ(Moving("> a.h\ncounter\n<\n> b.h\ncounter\n<", {"b.h"}),
            "__COUNTER__ in /i/b.h by m.cpp");
  EXPECT_EQ(Moving("> a.h\n<\n> b.h\ncounter\n<\ncounter", {"b.h"}), "");
}

TEST(Replay, NothingMovesOverCode) {
  EXPECT_EQ(Moving("> a.h\n<\ncode\n> b.h\n<", {"b.h"}), "included after code");
  EXPECT_EQ(Moving("> a.h\n<\ncode\n> b.h\n<", {"a.h"}), "");
}

TEST(Replay, WhatDependsOnTimeOrPlaceStays) {
  HeaderRecord record = RecordOf("> a.h\n> b.h\n<\n<");
  record.files[FileNamed(record, "b.h")].flags = kFileDate;
  EXPECT_EQ(LoneReplay(record).Immovable(FileNamed(record, "a.h")),
            "includes /i/b.h");
  record.files[FileNamed(record, "b.h")].flags = kFilePlace;
  EXPECT_EQ(LoneReplay(record).Immovable(FileNamed(record, "b.h")),
            "asks for its place");
}

TEST(Replay, BracketsAroundAnIncludeCount) {
  HeaderRecord record = RecordOf("> a.h\n<\n> b.h\n<");
  const uint32_t b = FileNamed(record, "b.h");
  for (HeaderRecord::Event& event : record.events) {
    if (event.kind == HeaderEvent::kEnter && event.subject == b) {
      event.depth = 1;  // extern "C" {
    }
  }
  EXPECT_EQ(LoneReplay(record).Reorder({b})->what, "open brackets");
  record.files[b].flags = kFileSystem;
  EXPECT_FALSE(LoneReplay(record).Reorder({b}).has_value());
  for (HeaderRecord::Event& event : record.events) {
    if (event.depth == 1) event.depth = kDepthBracket;  // namespace {
  }
  EXPECT_EQ(LoneReplay(record).Reorder({b})->what, "open brackets");
}

TEST(Replay, ARecordThatDoesNotExplainItselfIsRefused) {
  const HeaderRecord record = RecordOf("> a.h\n+ X 1\n<\n> b.h\n? X 2\n<");
  EXPECT_EQ(LoneReplay(record).refusal(),
            "not explained by its record: /i/b.h: macro X");
}

}  // namespace
}  // namespace dfe::headers
