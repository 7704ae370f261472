// Plans from records alone.
#include "dfe/headers/header_planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "record_testing.h"

namespace dfe::headers {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// Units of one group, each with a record.
class Planned {
 public:
  explicit Planned(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) records.push_back(RecordOf(text));
    for (size_t i = 0; i < records.size(); ++i) {
      units.push_back({"u" + std::to_string(i) + ".cpp", "g", &records[i], ""});
    }
    // Headers here are small; a node costs nothing but its tokens.
    cost.node_us = cost.use_us = cost.worth = 0;
  }
  const HeaderPlan& Run() { return plan = PlanHeaders(units, banned, cost); }

  std::vector<HeaderRecord> records;
  std::vector<PlannedUnit> units;
  std::vector<std::string> banned;
  CostModel cost;
  HeaderPlan plan;
};

TEST(HeaderPlanner, SharesWhatAllInclude) {
  Planned planned({"> own0.h\n> a.h\n<\n<\n> b.h\n<\ncode",
                   "> b.h\n<\n> a.h\n<\ncode", "> a.h\n<\n> b.h\n<\ncode"});
  planned.Run();
  ASSERT_EQ(planned.plan.nodes.size(), 1u);
  EXPECT_THAT(planned.plan.nodes[0].headers, ElementsAre("/i/a.h", "/i/b.h"));
  EXPECT_THAT(planned.plan.nodes[0].lines,
              ElementsAre("#include <a.h>", "#include <b.h>"));
  EXPECT_THAT(planned.plan.node_of_unit, ElementsAre(0, 0, 0));
  EXPECT_LT(planned.plan.planned_us, planned.plan.plain_us);
}

TEST(HeaderPlanner, WhatGainsNextToNothingIsNotShared) {
  Planned planned(std::vector<std::string>(4, "> a.h\n<\n> b.h\n<\ncode"));
  planned.Run();
  ASSERT_EQ(planned.plan.nodes.size(), 1u);
  const HeaderPlan& plan = planned.plan;
  const double gained = plan.plain_us - plan.planned_us;
  const double all = plan.plain_us + plan.rest_us;
  planned.cost.worth = 0.99 * gained / all;
  EXPECT_EQ(planned.Run().nodes.size(), 1u);
  planned.cost.worth = 1.01 * gained / all;
  EXPECT_TRUE(planned.Run().nodes.empty());
  EXPECT_THAT(plan.node_of_unit, ElementsAre(-1, -1, -1, -1));
  EXPECT_EQ(plan.reason_of_unit[3], "shares too little to gain");
  EXPECT_DOUBLE_EQ(plan.planned_us, plan.plain_us);
  // Nor if each file would pay more for having it.
  planned.cost.worth = 0;
  planned.cost.use_us = 0.99 * gained / 4;
  EXPECT_EQ(planned.Run().nodes.size(), 1u);
  planned.cost.use_us = 1.01 * gained / 4;
  EXPECT_TRUE(planned.Run().nodes.empty());
}

TEST(HeaderPlanner, AHeaderWithoutALineIsSharedWithItsIncluderOnly) {
  Planned planned(std::vector<std::string>(
      3, "> outer.h\n> inner.h\n<\n<\n> b.h\n<\ncode"));
  planned.banned = {absl::StrCat(kNoLine, "/i/inner.h")};
  planned.Run();
  ASSERT_EQ(planned.plan.nodes.size(), 1u);
  EXPECT_THAT(planned.plan.nodes[0].headers, Contains("/i/inner.h"));
  EXPECT_THAT(planned.plan.nodes[0].lines,
              ElementsAre("#include <outer.h>", "#include <b.h>"));
  planned.banned.push_back("/i/outer.h");
  planned.Run();
  ASSERT_EQ(planned.plan.nodes.size(), 1u);
  EXPECT_THAT(planned.plan.nodes[0].lines, ElementsAre("#include <b.h>"));
  planned.banned.erase(planned.banned.begin());
  planned.Run();
  ASSERT_EQ(planned.plan.nodes.size(), 1u);
  EXPECT_THAT(planned.plan.nodes[0].lines, Contains("#include <inner.h>"));
}

// As where a makefile compiles its sources in their own folder.
Planned RelativelyNamed() {
  Planned planned(std::vector<std::string>(3, "> a.h\n<\ncode"));
  for (HeaderRecord& record : planned.records) {
    record.files[FileNamed(record, "a.h")].name = "./a.h";
    record.search_folders = {"inc", "."};
    for (HeaderRecord::Route& route : record.routes) {
      route.search = 0;
      route.flags = 0;
    }
  }
  return planned;
}

TEST(HeaderPlanner, ARelativeNameIsNamedByItsSearchFolder) {
  Planned planned = RelativelyNamed();
  // The copy has the records in another place.
  for (size_t i = 0; i < 3; ++i) planned.units[i].record = &planned.records[i];
  planned.Run();
  ASSERT_EQ(planned.plan.nodes.size(), 1u);
  EXPECT_THAT(planned.plan.nodes[0].lines, ElementsAre("#include \"a.h\""));
}

TEST(HeaderPlanner, ARelativeNameThatCanBeToldIsNotShared) {
  for (int why = 0; why < 4; ++why) {
    Planned planned = RelativelyNamed();
    for (size_t i = 0; i < 3; ++i) {
      planned.units[i].record = &planned.records[i];
      HeaderRecord& record = planned.records[i];
      if (why == 0) record.search_folders = {"inc", "/i"};
      if (why == 1) planned.units[i].names_refusal = "told";
      if (why == 2) record.files[0].flags |= kFileTellsNames;
      if (why == 3) {
        // Entered once more, it would tell another one.
        const auto route = static_cast<uint32_t>(record.routes.size());
        for (HeaderRecord::File& file : record.files) {
          if (file.name != "./a.h") continue;
          file.flags |= kFileName;
          const auto number =
              static_cast<uint32_t>(&file - record.files.data());
          record.events.insert(
              record.events.end() - 1,
              {{HeaderEvent::kEnter, number, route}, {HeaderEvent::kExit}});
        }
      }
    }
    planned.Run();
    EXPECT_TRUE(planned.plan.nodes.empty()) << why;
  }
}

TEST(HeaderPlanner, ARelativeNameThatIsToldOnceIsTheSame) {
  Planned planned = RelativelyNamed();
  for (size_t i = 0; i < 3; ++i) {
    planned.units[i].record = &planned.records[i];
    for (HeaderRecord::File& file : planned.records[i].files) {
      if (file.name == "./a.h") file.flags |= kFileName;
    }
  }
  planned.Run();
  EXPECT_EQ(planned.plan.nodes.size(), 1u);
}

// Each file has a macro of its own; one header reads it.
TEST(HeaderPlanner, MacrosOfTheCommandLineMayDiffer) {
  const std::string text =
      "> @\n+ NAME 1\n> pre.h\n<\n<\n> a.h\n<\n> b.h\n? NAME 1\n<\n? NAME 1";
  Planned planned(std::vector<std::string>(4, text));
  for (size_t i = 0; i < 4; ++i) {
    planned.units[i].macros = {{"SAME", "-DSAME=1"},
                               {"NAME", absl::StrCat("-DNAME=", i)}};
  }
  planned.Run();
  ASSERT_EQ(planned.plan.nodes.size(), 1u);
  const PlannedNode& node = planned.plan.nodes[0];
  EXPECT_THAT(node.headers, ElementsAre("/i/a.h", "/i/pre.h"));
  EXPECT_THAT(node.lines, ElementsAre("#include <a.h>"));
  EXPECT_THAT(node.hidden, ElementsAre("NAME"));
  EXPECT_EQ(planned.plan.node_of_unit, std::vector<int>(4, 0));
}

// As with _GNU_SOURCE: what a file defines first comes first in its node, too.
TEST(HeaderPlanner, WhatFilesDefineFirstComesFirst) {
  const std::string reads = "> a.h\n? X 1\n<\n> b.h\n<\ncode";
  const std::string unset = absl::StrReplaceAll(reads, {{"X 1", "X 0"}});
  std::vector<std::string> texts(3, "lead Y\nlead X\n" + reads);
  texts.resize(6, unset);
  Planned planned(texts);
  planned.Run();
  ASSERT_EQ(planned.plan.nodes.size(), 2u);
  EXPECT_THAT(planned.plan.node_of_unit, ElementsAre(1, 1, 1, 0, 0, 0));
  EXPECT_THAT(planned.plan.nodes[0].lines,
              ElementsAre("#include <a.h>", "#include <b.h>"));
  EXPECT_THAT(planned.plan.nodes[1].lines,
              ElementsAre("#define X", "#include <a.h>", "#include <b.h>"));
  // Where the compiler would warn of it, the header stays behind.
  for (PlannedUnit& unit : planned.units) unit.group += "\n-Wunused-macros";
  planned.Run();
  for (int unit = 0; unit < 3; ++unit) {
    const int node = planned.plan.node_of_unit[unit];
    ASSERT_GE(node, 0);
    EXPECT_THAT(planned.plan.nodes[node].headers, ElementsAre("/i/b.h"));
  }
  for (const PlannedNode& node : planned.plan.nodes) {
    EXPECT_THAT(node.lines, Not(Contains("#define X")));
  }
  // Too few say it.
  texts.resize(2);
  texts.resize(5, unset);
  Planned few(texts);
  few.Run();
  ASSERT_FALSE(few.plan.nodes.empty());
  for (const PlannedNode& node : few.plan.nodes) {
    EXPECT_THAT(node.lines, Not(Contains("#define X")));
  }
}

TEST(HeaderPlanner, WhatTheCommandLineIncludesIsSharedOrNothingIs) {
  const std::string text = "> @\n> pre.h\n<\n<\n> a.h\n<\ncode";
  Planned planned(std::vector<std::string>(4, text));
  planned.Run();
  EXPECT_EQ(planned.plan.nodes.size(), 1u);
  planned.banned = {"/i/pre.h"};
  planned.Run();
  EXPECT_TRUE(planned.plan.nodes.empty());
  EXPECT_EQ(planned.plan.reason_of_unit[0],
            "/i/pre.h is in front already: left out");
}

TEST(HeaderPlanner, WithOtherSearchFoldersAHeaderIncludesOtherFiles) {
  std::vector<std::string> texts(4, "> a.h\n> config.h\n<\n<\n> b.h\n<\ncode");
  Planned planned(texts);
  for (size_t i = 2; i < 4; ++i) {
    HeaderRecord& record = planned.records[i];
    record.files[FileNamed(record, "config.h")].name = "/other/config.h";
  }
  planned.Run();
  ASSERT_FALSE(planned.plan.nodes.empty());
  for (const PlannedNode& node : planned.plan.nodes) {
    EXPECT_THAT(node.headers, ElementsAre("/i/b.h"));
  }
  // The same files, but __has_include answered otherwise in one of them.
  Planned asked(std::vector<std::string>(4, "> a.h\n<\n> b.h\n<\ncode"));
  HeaderRecord& record = asked.records[3];
  record.files[FileNamed(record, "a.h")].asked = 7;
  asked.Run();
  ASSERT_FALSE(asked.plan.nodes.empty());
  const int node = asked.plan.node_of_unit[3];
  EXPECT_TRUE(node < 0 || asked.plan.nodes[node].headers ==
                              std::vector<std::string>{"/i/b.h"});
}

TEST(HeaderPlanner, NobodyGetsAHeaderThatItDoesNotInclude) {
  std::vector<std::string> texts(4, "> a.h\n<\n> b.h\n<");
  texts.resize(8, "> a.h\n<\n> c.h\n<");
  Planned planned(texts);
  planned.Run();
  for (size_t i = 0; i < planned.units.size(); ++i) {
    const int node = planned.plan.node_of_unit[i];
    ASSERT_GE(node, 0);
    EXPECT_THAT(planned.plan.nodes[node].headers,
                ElementsAre("/i/a.h", i < 4 ? "/i/b.h" : "/i/c.h"));
    EXPECT_EQ(planned.plan.nodes[node].parent, 0);
  }
}

TEST(HeaderPlanner, WhoeverCanNameMostLeads) {
  // The first file meets part.h inside of a system header: no line names it.
  Planned planned({"> sys.h\n> part.h\n<\n<\n> b.h\n<\ncode",
                   "> part.h\n<\n> b.h\n<\ncode", "> part.h\n<\n> b.h\n<\ncode",
                   "> part.h\n<\n> b.h\n<\ncode"});
  for (HeaderRecord& record : planned.records) {
    for (HeaderRecord::File& file : record.files) {
      if (file.name == "/i/sys.h" || file.name == "/i/part.h") {
        file.flags |= kFileSystem;
      }
    }
  }
  planned.Run();
  ASSERT_EQ(planned.plan.nodes.size(), 1u);
  EXPECT_THAT(planned.plan.nodes[0].lines,
              ElementsAre("#include <part.h>", "#include <b.h>"));
  EXPECT_THAT(planned.plan.node_of_unit, ElementsAre(0, 0, 0, 0));
}

TEST(HeaderPlanner, OnlyWhatIsEnteredByThoseInFrontIsInFront) {
  // def.h gives b.h a part of itself, and all to what stays behind.
  Planned planned(std::vector<std::string>(
      4,
      "> b.h\n+ PART 1\n> !def.h\n? PART 1\n- PART\n<\n<\n+ OWN 1\n"
      "> late.h\n? OWN 1\n> !def.h\n? PART 0\n> rest.h\n<\n<\n<\ncode"));
  planned.Run();
  ASSERT_EQ(planned.plan.nodes.size(), 1u);
  EXPECT_THAT(planned.plan.nodes[0].headers, ElementsAre("/i/b.h", "/i/def.h"));
}

TEST(HeaderPlanner, FewThatLackOneHeaderEachDoNotSpoilTheOthersPart) {
  const std::string all = "> a.h\n<\n> b.h\n<\n> c.h\n<\ncode";
  Planned planned({all, "> a.h\n<\ncode", all, "> b.h\n<\ncode", all,
                   "> c.h\n<\ncode", all});
  planned.Run();
  ASSERT_GE(planned.plan.nodes.size(), 1u);
  EXPECT_THAT(planned.plan.nodes[0].headers,
              ElementsAre("/i/a.h", "/i/b.h", "/i/c.h"));
  EXPECT_THAT(planned.plan.nodes[0].units, ElementsAre(0, 2, 4, 6));
}

TEST(HeaderPlanner, HoweverManyPartsThereAre) {
  // Depth is that of chains, not the number of parts beside each other.
  std::vector<std::string> texts;
  for (int part = 0; part < 8; ++part) {
    texts.insert(texts.end(), 3, "> p" + std::to_string(part) + ".h\n<\ncode");
  }
  Planned planned(texts);
  planned.Run();
  EXPECT_EQ(planned.plan.nodes.size(), 8u);
  EXPECT_THAT(planned.plan.node_of_unit, Not(Contains(-1)));
}

TEST(HeaderPlanner, AChainHasALimit) {
  // Each file includes one header more than the one before.
  std::vector<std::string> texts;
  std::string includes;
  for (int length = 0; length < 8; ++length) {
    includes += "> h" + std::to_string(length) + ".h\n<\n";
    texts.insert(texts.end(), 3, includes + "code");
  }
  Planned planned(texts);
  planned.cost.max_depth = 2;
  planned.Run();
  for (const PlannedNode& node : planned.plan.nodes) {
    if (node.parent < 0) continue;
    EXPECT_LT(planned.plan.nodes[node.parent].parent, 0);
  }
}

TEST(HeaderPlanner, AFileOfASampleStandsForOthers) {
  Planned planned({"> a.h\n<\ncode", "> a.h\n<\ncode"});
  planned.Run();
  EXPECT_TRUE(planned.plan.nodes.empty());
  const double plain = planned.plan.plain_us + planned.plan.rest_us;
  for (PlannedUnit& unit : planned.units) unit.files = 2;
  planned.Run();
  EXPECT_EQ(planned.plan.nodes.size(), 1u);
  EXPECT_GT(planned.plan.plain_us + planned.plan.rest_us, plain);
  EXPECT_LT(planned.plan.planned_us, planned.plan.plain_us);
}

TEST(HeaderPlanner, OtherFlagsShareNothing) {
  Planned planned(std::vector<std::string>(4, "> a.h\n<"));
  planned.units[2].group = planned.units[3].group = "other";
  planned.Run();
  EXPECT_TRUE(planned.plan.nodes.empty());
  EXPECT_EQ(planned.plan.reason_of_unit[0], "too few files with these flags");
}

TEST(HeaderPlanner, AHeaderThatReadsAMacroOfTheFileIsLeftOut) {
  Planned planned(
      std::vector<std::string>(4, "+ X 1\n> a.h\n? X 1\n<\n> b.h\n<\ncode"));
  planned.Run();
  ASSERT_EQ(planned.plan.nodes.size(), 1u);
  EXPECT_THAT(planned.plan.nodes[0].headers, ElementsAre("/i/b.h"));
  ASSERT_EQ(planned.plan.left_out.size(), 1u);
  EXPECT_EQ(planned.plan.left_out[0].first, "/i/a.h");
  EXPECT_EQ(planned.plan.left_out[0].second, "macro X in /i/a.h");
}

// One file of many in which the order matters does not spoil it for the others.
TEST(HeaderPlanner, OneThatObjectsIsSetApart) {
  std::vector<std::string> texts(12, "> a.h\n<\n> b.h\n<");
  texts[3] = "+ X 1\n> a.h\n? X 1\n<\n> b.h\n<";
  Planned planned(texts);
  planned.Run();
  EXPECT_THAT(planned.plan.nodes[0].headers, ElementsAre("/i/a.h", "/i/b.h"));
  EXPECT_EQ(planned.plan.node_of_unit[3], -1);
  EXPECT_EQ(planned.plan.node_of_unit[4], 0);
}

TEST(HeaderPlanner, IfAllObjectThoseWithTheSameReasonShare) {
  std::vector<std::string> texts;
  for (int i = 0; i < 6; ++i) {
    const std::string macro = i < 3 ? "M" : "N";
    texts.push_back(absl::StrCat(
        "> own", i, ".h\n+ ", macro, " 1\n<\n> a.h\n? M ", i < 3 ? 1 : 0,
        "\n<\n> b.h\n? N ", i < 3 ? 0 : 1, "\n<\n> c.h\n<\ncode"));
  }
  Planned planned(texts);
  planned.Run();
  ASSERT_EQ(planned.plan.nodes.size(), 2u);
  const int first = planned.plan.node_of_unit[0];
  EXPECT_THAT(
      planned.plan.node_of_unit,
      ElementsAre(first, first, first, 1 - first, 1 - first, 1 - first));
  EXPECT_THAT(planned.plan.nodes[first].headers,
              ElementsAre("/i/b.h", "/i/c.h"));
  EXPECT_THAT(planned.plan.nodes[1 - first].headers,
              ElementsAre("/i/a.h", "/i/c.h"));
}

TEST(HeaderPlanner, ABannedHeaderAndItsIncluderStayOut) {
  Planned planned(std::vector<std::string>(4, "> a.h\n> b.h\n<\n<\n> c.h\n<"));
  planned.banned = {"/i/b.h"};
  planned.Run();
  ASSERT_EQ(planned.plan.nodes.size(), 1u);
  EXPECT_THAT(planned.plan.nodes[0].headers, ElementsAre("/i/c.h"));
}

TEST(HeaderPlanner, EqualNamesWithOtherTextAreNotOneHeader) {
  Planned planned(std::vector<std::string>(3, "> a.h\n<"));
  planned.records[1].files[1].content ^= 2;
  planned.Run();
  EXPECT_TRUE(planned.plan.nodes.empty());
}

TEST(HeaderPlanner, WithoutGainNothingIsDone) {
  Planned planned(std::vector<std::string>(3, "> a.h\n<"));
  planned.cost.node_us = 1e9;
  planned.Run();
  EXPECT_TRUE(planned.plan.nodes.empty());
  EXPECT_EQ(planned.plan.reason_of_unit[0], "shares too little to gain");
  EXPECT_EQ(planned.plan.planned_us, planned.plan.plain_us);
}

TEST(HeaderPlanner, MemoryIsALimit) {
  Planned planned(std::vector<std::string>(3, "> a.h\n<"));
  planned.cost.node_bytes = 1;
  EXPECT_TRUE(planned.Run().nodes.empty());
}

// A name relative to the working folder cannot be said from elsewhere.
TEST(HeaderPlanner, RelativeNamesAreLeftAlone) {
  Planned planned(std::vector<std::string>(3, "> a.h\n<"));
  for (HeaderRecord& record : planned.records) {
    record.files[1].name = "./a.h";
    record.routes[0].search = 0;
  }
  EXPECT_TRUE(planned.Run().nodes.empty());
  for (HeaderRecord& record : planned.records) record.files[1].name = "/p/a.h";
  ASSERT_EQ(planned.Run().nodes.size(), 1u);
  EXPECT_THAT(planned.plan.nodes[0].lines, ElementsAre("#include \"/p/a.h\""));
}

TEST(HeaderPlanner, DescriptionNamesGainAndReasons) {
  Planned planned(std::vector<std::string>(4, "> a.h\n<"));
  planned.units.push_back({"x.cpp", "g", nullptr, ""});
  planned.units.push_back({"y.cpp", "g", nullptr, "argument file"});
  planned.Run();
  const std::string text = Describe(planned.plan, planned.units, false);
  EXPECT_THAT(text, HasSubstr("pch 0: 4 files, 1 headers, 1000 tokens more\n"));
  EXPECT_THAT(text, HasSubstr("plain: 1 files: no record\n"));
  EXPECT_THAT(text, HasSubstr("plain: 1 files: argument file\n"));
  EXPECT_THAT(text, HasSubstr("predicted: "));
}

TEST(HeaderPlanner, TokensOfCCostLess) {
  Planned planned(std::vector<std::string>(4, "> a.h\n<\ncode"));
  for (HeaderRecord& record : planned.records) record.files[1].tokens = 20'000;
  for (PlannedUnit& unit : planned.units) unit.group = "/f\nc++\ncc";
  planned.cost = CostModel();
  planned.Run();
  EXPECT_EQ(planned.plan.nodes.size(), 1u);
  const double cxx = planned.plan.plain_us;
  for (PlannedUnit& unit : planned.units) unit.group = "/f\nc\ncc";
  planned.Run();
  EXPECT_TRUE(planned.plan.nodes.empty());
  EXPECT_LT(planned.plan.plain_us, cxx);
}

// Where Clang looks at all that a precompiled header declares, few files do not
// pay for one.
TEST(HeaderPlanner, AWarningThatLooksAtAllMakesSharingPayLess) {
  Planned planned(std::vector<std::string>(3, "> a.h\n<\ncode"));
  auto nodes = [&planned](const std::string& words) {
    for (PlannedUnit& unit : planned.units) unit.group = words;
    return planned.Run().nodes.size();
  };
  EXPECT_EQ(nodes("/f\nc++\n-Wall"), 1u);
  EXPECT_EQ(nodes("/f\nc++\n-Weverything"), 0u);
  EXPECT_EQ(nodes("/f\nc++\n-Wunsafe-buffer-usage"), 0u);
  EXPECT_EQ(nodes("/f\nc++\n-Weverything\n-Wno-unsafe-buffer-usage"), 1u);
  EXPECT_EQ(nodes("/f\nc++\n-Wno-everything\n-Weverything"), 0u);
  EXPECT_EQ(nodes("/f\nc++\n-Weverything\n-w"), 1u);
  EXPECT_EQ(nodes("/f\nc\n-Weverything"), 1u);
  // Many do.
  Planned many(std::vector<std::string>(6, "> a.h\n<\ncode"));
  for (PlannedUnit& unit : many.units) unit.group = "/f\nc++\n-Weverything";
  EXPECT_EQ(many.Run().nodes.size(), 1u);
}

// What a file does besides its headers costs the same either way, and more
// where the compiler optimises it: so it limits the gain.
TEST(HeaderPlanner, ThePredictionIsOfWholeFiles) {
  Planned planned(std::vector<std::string>(4, "> a.h\n<\ncode"));
  planned.cost = {.parse = 3, .own = 10, .optimised = 20, .file_us = 5};
  planned.cost.node_us = planned.cost.use_us = 0;
  planned.Run();
  EXPECT_DOUBLE_EQ(planned.plan.plain_us, 4 * 1000 * 3.0);
  EXPECT_LT(planned.plan.planned_us, planned.plan.plain_us);
  EXPECT_DOUBLE_EQ(planned.plan.rest_us, 4 * (100 * 10 + 5.0));
  for (PlannedUnit& unit : planned.units) unit.group = "/f\nc++\n-O0\n-O2\n-g";
  EXPECT_DOUBLE_EQ(planned.Run().rest_us, 4 * (100 * 20 + 5.0));
  for (PlannedUnit& unit : planned.units) unit.group = "/f\nc++\n-O2\n-O0";
  EXPECT_DOUBLE_EQ(planned.Run().rest_us, 4 * (100 * 10 + 5.0));
}

}  // namespace
}  // namespace dfe::headers
