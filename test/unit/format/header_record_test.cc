// Header records: round trip, and every way in which a file can be wrong.
#include "dfe/format/header_record.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "dfe/format/envelope.h"

namespace dfe {
namespace {

HeaderRecord Sample() {
  HeaderRecord record;
  record.main_file = "m.cpp";
  record.search_folders = {"/inc"};
  record.files = {{.name = "m.cpp"},
                  {.name = "/inc/a.h",
                   .flags = kFileOnce | kFileSystem,
                   .bytes = 300,
                   .content = ~uint64_t{0},
                   .modified_ns = uint64_t{1} << 60,
                   .guard = "A_H",
                   .tokens = 12,
                   .own_us = 5,
                   .instantiations = 2,
                   .asked = 300}};
  record.probes = {{"/early/a.h"},
                   {"/inc", ProbeKind::kFolder},
                   {"/inc/asked.h", ProbeKind::kFile, 12, uint64_t{1} << 61}};
  record.macros = {"A", "B"};
  record.definitions = {0, 77};
  record.pragmas = {"pack(1)"};
  record.routes = {{"a.h", kRouteAngled, 1, 7}};
  record.events = {{HeaderEvent::kEnter, 0},
                   {HeaderEvent::kDefine, 0, 1},
                   {HeaderEvent::kEnter, 1, 1, 2 * kDepthBracket + 1},
                   {HeaderEvent::kRead, 1, 0},
                   {HeaderEvent::kPragma, 0},
                   {HeaderEvent::kCounter},
                   {HeaderEvent::kExit},
                   {HeaderEvent::kSkip, 1, 1},
                   {HeaderEvent::kDefault, 1, 1, 0},
                   {HeaderEvent::kDefault, 0, 1, 0},
                   {HeaderEvent::kUndefine, 0},
                   {HeaderEvent::kCode},
                   {HeaderEvent::kExit}};
  return record;
}

FormatErrorKind KindOf(std::string_view bytes, std::string_view identity = "") {
  auto parsed = HeaderRecord::Parse(bytes, "f", identity);
  auto* error = std::get_if<FormatError>(&parsed);
  EXPECT_NE(error, nullptr);
  return error ? error->kind : FormatErrorKind::kIo;
}

TEST(HeaderRecord, SurvivesAFile) {
  const std::string path =
      testing::TempDir() + "/dfe_headers" + std::to_string(getpid());
  ASSERT_FALSE(Sample().Save(path, "clang 1").has_value());
  auto loaded = HeaderRecord::Load(path, "clang 1");
  ASSERT_TRUE(std::holds_alternative<HeaderRecord>(loaded));
  EXPECT_EQ(std::get<HeaderRecord>(loaded).Serialize(""),
            Sample().Serialize(""));
  EXPECT_TRUE(std::holds_alternative<FormatError>(
      HeaderRecord::Load(path + ".missing", "")));
}

TEST(HeaderRecord, DumpShowsWhoDidWhat) {
  EXPECT_EQ(Sample().Dump(),
            "main m.cpp\nsearch /inc\n"
            "file m.cpp bytes=0 tokens=0 instantiations=0\n"
            "file /inc/a.h once system guard=A_H bytes=300 tokens=12 "
            "instantiations=2\n"
            "enter m.cpp\n"
            "  define A #1\n"
            "  enter /inc/a.h by <a.h> in /inc depth 2 linkage 1\n"
            "    read B undefined\n"
            "    pragma pack(1)\n"
            "    counter\n"
            "  skip /inc/a.h by <a.h> in /inc\n"
            "  default B #1 without A\n"
            "  default A #1\n"
            "  undefine A\n"
            "  code\n");
}

TEST(HeaderRecord, ProbesAreShownWithTheCosts) {
  const std::string dump = Sample().Dump(/*with_costs=*/true);
  EXPECT_NE(dump.find("\nabsent /early/a.h\nfolder /inc\nasked "
                      "/inc/asked.h\nenter m.cpp\n"),
            std::string::npos)
      << dump;
  HeaderRecord wrong = Sample();
  wrong.probes[0].kind = static_cast<ProbeKind>(3);
  EXPECT_EQ(KindOf(wrong.Serialize("")), FormatErrorKind::kCorrupt);
}

TEST(HeaderRecord, EveryTruncationIsFound) {
  const std::string bytes = Sample().Serialize("clang 1");
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(KindOf(std::string_view(bytes).substr(0, size)),
              FormatErrorKind::kTruncated)
        << size;
  }
}

TEST(HeaderRecord, EveryFlippedBitIsFound) {
  const std::string bytes = Sample().Serialize("clang 1");
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    auto parsed = HeaderRecord::Parse(damaged, "f", "");
    EXPECT_TRUE(std::holds_alternative<FormatError>(parsed)) << bit;
  }
}

// The payloads of the sample, the first without the hash that ends it.
struct Payloads {
  Payloads() {
    const std::string bytes = Sample().Serialize("");
    const size_t head_size = FirstFrameSize(bytes);
    auto head = OpenEnvelope(std::string_view(bytes).substr(0, head_size), "",
                             "DFEHEADR", HeaderRecord::kVersion, "");
    rest = bytes.substr(head_size + 24, bytes.size() - head_size - 32);
    std::string hash = SealHeaderRecord("", "", rest);
    hash = hash.substr(24, FirstFrameSize(hash) - 32);
    const std::string whole(std::get<Envelope>(head).payload);
    this->head = whole.substr(0, whole.size() - hash.size());
  }
  std::string head;
  std::string rest;
};

// Damage below a right checksum: each payload, cut short at every byte.
TEST(HeaderRecord, EveryShortPayloadIsCorrupt) {
  const Payloads sample;
  ASSERT_EQ(SealHeaderRecord("", sample.head, sample.rest),
            Sample().Serialize(""));
  for (size_t size = 0; size < sample.rest.size(); ++size) {
    EXPECT_EQ(
        KindOf(SealHeaderRecord("", sample.head, sample.rest.substr(0, size))),
        FormatErrorKind::kCorrupt)
        << size;
  }
  for (size_t size = 0; size < sample.head.size(); ++size) {
    EXPECT_EQ(
        KindOf(SealHeaderRecord("", sample.head.substr(0, size), sample.rest)),
        FormatErrorKind::kCorrupt)
        << size;
  }
  EXPECT_EQ(KindOf(SealHeaderRecord("", sample.head, sample.rest + '\0')),
            FormatErrorKind::kCorrupt);
  EXPECT_EQ(KindOf(SealHeaderRecord("", sample.head + '\0', sample.rest)),
            FormatErrorKind::kCorrupt);
}

TEST(HeaderRecord, TheHeadAloneTellsAllButTheRest) {
  const std::string path =
      testing::TempDir() + "/dfe_head" + std::to_string(getpid());
  ASSERT_FALSE(Sample().Save(path, "clang 1").has_value());
  auto frame = ReadFirstFrame(path);
  const auto* bytes = std::get_if<std::string>(&frame);
  ASSERT_NE(bytes, nullptr);
  EXPECT_EQ(*bytes, Sample().Serialize("clang 1").substr(0, bytes->size()));
  std::string name;
  auto parsed = HeaderRecord::LoadHead(path, "clang 1", &name);
  ASSERT_TRUE(std::holds_alternative<HeaderRecord>(parsed));
  EXPECT_EQ(name, HashName(*bytes));
  EXPECT_TRUE(std::holds_alternative<FormatError>(
      HeaderRecord::LoadHead(path, "clang 2")));
  EXPECT_TRUE(std::holds_alternative<FormatError>(
      HeaderRecord::LoadHead(path + ".missing", "")));
  HeaderRecord record = std::get<HeaderRecord>(parsed);
  ASSERT_TRUE(record.rest);
  EXPECT_TRUE(record.events.empty());
  EXPECT_EQ(record.files.size(), 2u);
  EXPECT_EQ(record.probes.size(), 3u);
  EXPECT_EQ(record.RestHash(), Sample().RestHash());
  const HeaderRecord head = record;
  EXPECT_FALSE(record.LoadRest(path));
  EXPECT_FALSE(record.rest);
  EXPECT_EQ(record.Serialize(""), Sample().Serialize(""));
  // Nothing to add.
  EXPECT_FALSE(record.LoadRest(path + ".missing"));
  // Another record took its place, or it is gone or cut: nothing changes.
  HeaderRecord other = Sample();
  other.events.pop_back();
  other.events.push_back({HeaderEvent::kExit});
  other.macros[0] = "C";
  ASSERT_FALSE(other.Save(path, "clang 1").has_value());
  record = head;
  EXPECT_TRUE(record.LoadRest(path));
  EXPECT_TRUE(record.rest);
  EXPECT_TRUE(record.macros.empty());
  EXPECT_TRUE(record.LoadRest(path + ".missing"));
  ASSERT_FALSE(WriteFileAtomically(path, *bytes));
  EXPECT_TRUE(record.LoadRest(path));
  EXPECT_TRUE(record.rest);
}

TEST(HeaderRecord, RestsOfTwoRecordsAreToldApart) {
  const std::string one = Sample().Serialize("");
  HeaderRecord record = Sample();
  record.macros[1] = "C";
  const std::string two = record.Serialize("");
  ASSERT_EQ(one.size(), two.size());
  const size_t head = FirstFrameSize(one);
  EXPECT_EQ(KindOf(one.substr(0, head) + two.substr(head)),
            FormatErrorKind::kCorrupt);
}

TEST(HeaderRecord, EventsMustNestAndPointAtSomething) {
  for (const HeaderRecord::Event wrong :
       {HeaderRecord::Event{HeaderEvent::kEnter, 0},
        HeaderRecord::Event{HeaderEvent::kExit},
        HeaderRecord::Event{HeaderEvent::kSkip, 2},
        HeaderRecord::Event{HeaderEvent::kRead, 2, 0},
        HeaderRecord::Event{HeaderEvent::kRead, 0, 2},
        HeaderRecord::Event{HeaderEvent::kDefine, 0, 0},
        HeaderRecord::Event{HeaderEvent::kDefault, 0, 0},
        HeaderRecord::Event{HeaderEvent::kDefault, 2, 1},
        HeaderRecord::Event{HeaderEvent::kDefault, 0, 1, 2},
        HeaderRecord::Event{HeaderEvent::kPragma, 1}}) {
    HeaderRecord record = Sample();
    record.events.insert(record.events.begin() + 1, wrong);
    EXPECT_EQ(KindOf(record.Serialize("")), FormatErrorKind::kCorrupt)
        << static_cast<int>(wrong.kind);
  }
  HeaderRecord twice = Sample();
  twice.events.push_back({HeaderEvent::kEnter, 0});
  twice.events.push_back({HeaderEvent::kExit});
  EXPECT_EQ(KindOf(twice.Serialize("")), FormatErrorKind::kCorrupt);
}

TEST(HeaderRecord, VersionAndIdentityAreTheirOwnFaults) {
  const std::string bytes = Sample().Serialize("clang 1");
  EXPECT_EQ(KindOf(SealEnvelope("DFEHEADR", 1, "", "")),
            FormatErrorKind::kVersion);
  EXPECT_EQ(KindOf(bytes, "clang 2"), FormatErrorKind::kIdentity);
  EXPECT_EQ(KindOf("DFESEEDS" + bytes.substr(8)), FormatErrorKind::kForeign);
}

}  // namespace
}  // namespace dfe
