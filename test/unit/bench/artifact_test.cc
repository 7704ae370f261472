#include "dfe/bench/artifact.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "bench_testing.h"

namespace dfe::bench {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Library(const std::string& folder, const std::string& name,
                    const std::string& source) {
  WriteAll(folder + "/l.c", source);
  const std::string out = folder + "/" + name;
  EXPECT_EQ(
      system(("cc -g -shared -fPIC -nostdlib -o " + out + " " + folder + "/l.c")
                 .c_str()),
      0);
  return out;
}

TEST(Artifact, StrippedSizeIsSmallerAndTheFileStays) {
  const std::string folder = NewFolder();
  const std::string path = Library(folder, "a.so", "int f(void){return 1;}");
  const std::string before = ReadAll(path);
  auto stripped = StrippedSize(path, folder + "/scratch");
  ASSERT_TRUE(stripped.ok()) << stripped.status();
  EXPECT_GT(*stripped, 0);
  EXPECT_LT(*stripped, *FileSize(path));
  EXPECT_EQ(ReadAll(path), before);
  EXPECT_FALSE(std::filesystem::exists(folder + "/scratch"));
}

TEST(Artifact, ToolsThatRefuseAFileSayUnavailable) {
  const std::string folder = NewFolder();
  const std::string script = folder + "/script";
  WriteAll(script, "#!/bin/sh\n");
  EXPECT_EQ(StrippedSize(script, folder + "/x").status().code(),
            absl::StatusCode::kUnavailable);
  const absl::Status refused = DynamicSymbols(script).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable);
  // It is kept with results, which are published.
  EXPECT_THAT(std::string(refused.message()), Not(HasSubstr(folder)));
  EXPECT_EQ(FileSize(folder + "/none").status().code(),
            absl::StatusCode::kNotFound);
}

TEST(Artifact, SymbolsAreSortedAndCompared) {
  const std::string folder = NewFolder();
  auto a = DynamicSymbols(Library(
      folder, "a.so", "int z(void){return 1;} int data=3; static int s;"));
  ASSERT_TRUE(a.ok()) << a.status();
  EXPECT_THAT(*a, ElementsAre("D data", "T z"));
  auto b = DynamicSymbols(
      Library(folder, "b.so", "int y(void){return 1;} int data=4;"));
  EXPECT_THAT(*b, Contains("T y"));
  EXPECT_TRUE(CompareSymbols(*a, *a).same);
  Difference d = CompareSymbols(*a, *b);
  EXPECT_FALSE(d.same);
  EXPECT_EQ(d.detail, "1 gone, 1 added: -T z, +T y");
}

TEST(Artifact, StampTellsARewriteOfTheSameBytes) {
  const std::string folder = NewFolder();
  const std::string path = folder + "/f";
  EXPECT_EQ(FileStamp(path), "");
  WriteAll(path, "same");
  const std::string first = FileStamp(path);
  EXPECT_EQ(FileStamp(path), first);
  ASSERT_TRUE(CopyFile(path, path + "2").ok());
  std::filesystem::rename(path + "2", path);
  EXPECT_NE(FileStamp(path), first);
}

TEST(Artifact, OutputsAreComparedByteForByte) {
  EXPECT_TRUE(CompareOutputs({"a\nb\n", 1}, {"a\nb\n", 1}, "")->same);
  auto d = CompareOutputs({"a\nb\n", 0}, {"a\nc\n", 0}, "");
  EXPECT_FALSE(d->same);
  EXPECT_EQ(d->detail, "first at byte 2, line 2 (4 bytes before, 4 after)");
  EXPECT_FALSE(CompareOutputs({"a", 0}, {"a\n", 0}, "")->same);
  EXPECT_EQ(CompareOutputs({"a", 0}, {"a", 1}, "")->detail,
            "exit code 0 before, 1 after");
}

TEST(Artifact, IgnoredTextIsCutOutOfBoth) {
  const std::string ignore = "took [0-9]+ ms";
  EXPECT_TRUE(CompareOutputs({"x took 12 ms, took 3 ms\n", 0},
                             {"x took 7 ms, took 44 ms\n", 0}, ignore)
                  ->same);
  EXPECT_FALSE(
      CompareOutputs({"x took 12 ms\n", 0}, {"y took 12 ms\n", 0}, ignore)
          ->same);
  // "^" is the line's start only, not that of what is left after a cut.
  EXPECT_FALSE(CompareOutputs({"aab", 0}, {"ab", 0}, "^a")->same);
  const std::string zero("n\0 took 1 ms", 12);
  const std::string zero2("n\0 took 2 ms", 12);
  EXPECT_TRUE(CompareOutputs({zero, 0}, {zero2, 0}, ignore)->same);
  absl::Status bad = CompareOutputs({"", 0}, {"", 0}, "(").status();
  EXPECT_EQ(bad.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(bad.message()), HasSubstr("--output-ignore"));
}

}  // namespace
}  // namespace dfe::bench
