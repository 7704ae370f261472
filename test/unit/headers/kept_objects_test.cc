// Keys of objects: what changes them, and what has none; orders that are read.
#include "dfe/headers/kept_objects.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dfe/dispatch/cc_kept.h"
#include "dfe/format/envelope.h"

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

TEST(KeptRefusal, NamesWhatNoRecordTells) {
  EXPECT_EQ(KeptRefusal(Unit()), "");
  ProjectUnit unit = Unit();
  unit.record.files[2].flags = kFileDate;
  EXPECT_EQ(KeptRefusal(unit), "the day or the time is in /inc/a.h");
  unit = Unit();
  unit.recorded = false;
  EXPECT_EQ(KeptRefusal(unit), "no record");
  for (const char* word :
       {"-gsplit-dwarf", "-ftest-coverage", "-save-temps", "-fprofile-use=p",
        "-fno-integrated-as", "-no-integrated-as", "-fdiagnostics-format=sarif",
        "-Wa,-adhln=a.lst", "-Wp,-DX", "-B.", "-specs=s", "-Xlinker"}) {
    EXPECT_NE(KeptRefusal(Unit({word})), "") << word;
  }
}

TEST(KeptRefusal, WhatARecordTellsIsKept) {
  for (const std::vector<std::string>& words :
       std::initializer_list<std::vector<std::string>>{
           {"-include", "b.h"},
           {"-nostdinc", "-isystem", "/inc"},
           {"-nostdinc++"},
           {"-Qunused-arguments"},
           {"-fdiagnostics-color=always"},
           {"-Wa,--noexecstack"},
           {"-march=native", "-mtune=native"},
           {"-stdlib=libc++"},
           {"-static-libgcc"},
           {"-Wl,-z,now", "-L.", "-L", "lib", "-lm", "-Xlinker", "-B.", "-s"},
           {"-Wp,-MMD,.a.d"}}) {
    EXPECT_EQ(KeptRefusal(Unit(words)), "") << words[0];
  }
  ProjectUnit unit = Unit();
  unit.call = CcInvocation({"clang", "-c", "below/a.x.c"});
  EXPECT_EQ(KeptRefusal(unit), "");
  EXPECT_EQ(unit.call.ObjectName(), "a.x.o");
}

class KeptObjects : public testing::Test {
 protected:
  KeptObjects()
      : folder_(testing::TempDir() + "kept-" + std::to_string(getpid())) {
    std::filesystem::create_directories(folder_);
  }
  ~KeptObjects() override { std::filesystem::remove_all(folder_); }
  std::string folder_;
};

TEST_F(KeptObjects, AreTakenWithWhatWasSaidInTheSameColours) {
  HeaderRecord record;
  ASSERT_FALSE(WriteFileAtomically(folder_ + "/r", record.Serialize("c")));
  const CcInvocation call({"clang", "-c", "a.c", "-o", folder_ + "/a.o"});
  const KeptOrder order{folder_ + "/x/k", "k", false, -1, folder_ + "/r", "h"};
  for (const bool coloured : {false, true}) {
    ASSERT_FALSE(WriteFileAtomically(call.output, "object"));
    KeepObject(call, folder_, order, {"a.c:1: warning", coloured});
    std::filesystem::remove(call.output);
    EXPECT_EQ(TakeObject(call, order, !coloured), std::nullopt);
    EXPECT_FALSE(std::filesystem::exists(call.output));
    EXPECT_EQ(TakeObject(call, order, coloured), "a.c:1: warning");
    EXPECT_TRUE(std::filesystem::exists(call.output));
  }
  // Silence has no colour.
  KeepObject(call, folder_, order, {"", true});
  EXPECT_EQ(TakeObject(call, order, false), "");
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
