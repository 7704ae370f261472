// Keys of objects: what changes them, and what has none; orders that are read.
#include "dfe/headers/kept_objects.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dfe/dispatch/cc_kept.h"

namespace dfe::headers {
namespace {

using dispatch::CcInvocation;
using dispatch::KeptOrder;
using dispatch::ParseKeptOrder;

ProjectUnit Unit(const std::vector<std::string>& more = {}) {
  std::vector<std::string> words = {"clang++", "-O2", "-c", "a.cpp",
                                    "-o",      "a.o", "-MD"};
  words.insert(words.end(), more.begin(), more.end());
  ProjectUnit unit{"/folder",  CcInvocation(std::move(words)),
                   "clang 22", "setup",
                   {},         true,
                   "/record",  "hash"};
  unit.record.files = {
      {.name = "<built-in>", .flags = kFileBuiltin},
      {.name = "a.cpp", .bytes = 3, .content = 7, .modified_ns = 5},
      {.name = "/inc/a.h", .bytes = 4, .content = 8}};
  unit.record.probes = {{"/early/a.h", ProbeKind::kAbsent}};
  return unit;
}

TEST(ObjectKey, TimesDoNotMatterAndContentsDo) {
  const std::string key = ObjectKey(Unit(), "plain");
  EXPECT_EQ(key.size(), 32u);
  ProjectUnit unit = Unit();
  unit.record.files[1].modified_ns = 6;
  EXPECT_EQ(ObjectKey(unit, "plain"), key);
  unit.record.files[1].content = 9;
  EXPECT_NE(ObjectKey(unit, "plain"), key);
  unit = Unit();
  unit.record.probes[0].kind = ProbeKind::kFile;
  EXPECT_NE(ObjectKey(unit, "plain"), key);
  unit = Unit();
  unit.setup = "another";
  EXPECT_NE(ObjectKey(unit, "plain"), key);
  unit = Unit();
  unit.directory = "/elsewhere";
  EXPECT_NE(ObjectKey(unit, "plain"), key);
  EXPECT_NE(ObjectKey(Unit({"-DX"}), "plain"), key);
  EXPECT_NE(ObjectKey(Unit(), "/pch/1"), key);
}

TEST(ObjectKey, WhatNoRecordTellsHasNone) {
  ProjectUnit unit = Unit();
  unit.record.files[2].flags = kFileDate;
  EXPECT_EQ(ObjectKey(unit, "plain"), "");
  unit = Unit();
  unit.recorded = false;
  EXPECT_EQ(ObjectKey(unit, "plain"), "");
  for (const char* word : {"-gsplit-dwarf", "-ftest-coverage", "-save-temps",
                           "-fprofile-use=p", "-march=native"}) {
    EXPECT_EQ(ObjectKey(Unit({word}), "plain"), "") << word;
  }
}

TEST(KeptOrder, SurvivesItsText) {
  const KeptOrder order{"/objects/ab/abc", "abc", true, 12,
                        "/a record",       "hash"};
  const std::string text = KeptOrderText(order);
  const auto parsed = ParseKeptOrder(text);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(KeptOrderText(*parsed), text);
  EXPECT_EQ(parsed->record, "/a record");
  EXPECT_TRUE(parsed->parts);
  EXPECT_EQ(parsed->node, 12);
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(ParseKeptOrder(text.substr(0, size)).has_value()) << size;
  }
  EXPECT_FALSE(ParseKeptOrder(text + "more\n").has_value());
  EXPECT_FALSE(ParseKeptOrder("path\nkey\n2\n0\nrecord\nhash\n").has_value());
  for (const char* node : {"", "-2", "x", "1x", "99999999999"}) {
    EXPECT_FALSE(ParseKeptOrder(std::string("path\nkey\n1\n") + node +
                                "\nrecord\nhash\n")
                     .has_value())
        << node;
  }
}

}  // namespace
}  // namespace dfe::headers
