// Frames and atomic files.
#include "dfe/format/envelope.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>
#include <thread>

namespace dfe {
namespace {

FormatErrorKind KindOf(std::string_view bytes, std::string_view identity = "") {
  auto opened = OpenEnvelope(bytes, "f", "DFETEST1", 7, identity);
  auto* error = std::get_if<FormatError>(&opened);
  EXPECT_NE(error, nullptr);
  return error ? error->kind : FormatErrorKind::kIo;
}

TEST(Envelope, OpensWhatItSealed) {
  const std::string bytes = SealEnvelope("DFETEST1", 7, "rustc 1", "payload");
  EXPECT_EQ(bytes.size(), 32u + 7 + 7);
  auto opened = OpenEnvelope(bytes, "f", "DFETEST1", 7, "rustc 1");
  ASSERT_TRUE(std::holds_alternative<Envelope>(opened));
  EXPECT_EQ(std::get<Envelope>(opened).identity, "rustc 1");
  EXPECT_EQ(std::get<Envelope>(opened).payload, "payload");
}

// The value that xxHash itself gives for nothing.
TEST(Envelope, NamesAreXxh3) {
  EXPECT_EQ(HashName(""), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(HashName("a").size(), 32u);
  EXPECT_NE(HashName("a"), HashName(std::string("a\0", 2)));
}

TEST(Hash, OfAFileIsThatOfItsBytes) {
  const std::string path =
      testing::TempDir() + "dfe-hash-" + std::to_string(getpid());
  // None, few, as many as are read at a time, and one more.
  for (const size_t size : {0U, 5U, 1U << 16, (1U << 16) + 1U}) {
    std::string bytes(size, 'x');
    if (size > 3) bytes[3] = '\0';
    ASSERT_FALSE(WriteFileAtomically(path, bytes).has_value());
    EXPECT_EQ(HashNameOfFile(path), HashName(bytes)) << size;
  }
  std::remove(path.c_str());
  EXPECT_EQ(HashNameOfFile(path), std::nullopt);
  EXPECT_EQ(HashNameOfFile("/"), std::nullopt);
}

TEST(Envelope, TellsForeignFromTruncatedFromVersionFromIdentity) {
  const std::string bytes = SealEnvelope("DFETEST1", 7, "rustc 1", "payload");
  EXPECT_EQ(KindOf(""), FormatErrorKind::kTruncated);
  EXPECT_EQ(KindOf("DFET"), FormatErrorKind::kTruncated);
  EXPECT_EQ(KindOf("ELF"), FormatErrorKind::kForeign);
  EXPECT_EQ(KindOf(SealEnvelope("DFETEST1", 8, "rustc 1", "payload")),
            FormatErrorKind::kVersion);
  EXPECT_EQ(KindOf(bytes, "rustc 2"), FormatErrorKind::kIdentity);
  EXPECT_EQ(KindOf(bytes + "x"), FormatErrorKind::kCorrupt);
}

TEST(Envelope, MessageNamesFileFieldAndBothValues) {
  auto opened = OpenEnvelope(SealEnvelope("DFETEST1", 8, "", ""), "a/b.seeds",
                             "DFETEST1", 7, "");
  EXPECT_EQ(std::get<FormatError>(opened).message,
            "cannot read: a/b.seeds: version: expected 7, got 8");
}

TEST(Files, WriteToAMissingFolderIsAnIoError) {
  auto error = WriteFileAtomically("/nonexistent/folder/file", "x");
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->kind, FormatErrorKind::kIo);
}

TEST(Files, FailedRenameLeavesNothingBehind) {
  const auto dir = std::filesystem::path(testing::TempDir()) /
                   ("dfe_rename" + std::to_string(getpid()));
  std::filesystem::remove_all(dir);
  std::filesystem::create_directories(dir / "target" / "occupied");
  EXPECT_TRUE(WriteFileAtomically((dir / "target").string(), "x").has_value());
  int entries = 0;
  for (auto& entry : std::filesystem::directory_iterator(dir)) {
    EXPECT_EQ(entry.path().filename(), "target");
    ++entries;
  }
  EXPECT_EQ(entries, 1);
}

TEST(Files, ConcurrentWritersNeverMix) {
  const std::string path =
      testing::TempDir() + "/dfe_concurrent" + std::to_string(getpid());
  const auto content = [](int writer) {
    return SealEnvelope("DFETEST1", 7, "id",
                        std::string(100000 + writer, 'a' + writer));
  };
  ASSERT_FALSE(WriteFileAtomically(path, content(0)).has_value());
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0; i < 50; ++i) {
        EXPECT_FALSE(WriteFileAtomically(path, content(w)).has_value());
      }
    });
  }
  for (int i = 0; i < 200; ++i) {
    auto bytes = ReadFile(path);
    ASSERT_TRUE(std::holds_alternative<std::string>(bytes));
    auto opened =
        OpenEnvelope(std::get<std::string>(bytes), path, "DFETEST1", 7, "id");
    ASSERT_TRUE(std::holds_alternative<Envelope>(opened));
  }
  for (auto& writer : writers) writer.join();
}

TEST(FrameSize, IsWhatTheHeadSays) {
  const std::string frame = SealEnvelope("DFETESTS", 1, "who", "payload");
  EXPECT_EQ(FrameSize(frame), frame.size());
  EXPECT_EQ(FrameSize(frame.substr(0, kFrameHeadSize)), frame.size());
  EXPECT_EQ(FrameSize(frame.substr(0, kFrameHeadSize - 1)), std::nullopt);
  EXPECT_EQ(FrameSize(std::string(kFrameHeadSize, '\xff')), std::nullopt);
}

}  // namespace
}  // namespace dfe
