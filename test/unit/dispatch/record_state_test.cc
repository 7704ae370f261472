// Records against files on disk: every change of a file or of a probe is found.
#include "dfe/dispatch/record_state.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "dfe/format/envelope.h"

namespace dfe::dispatch {
namespace {

namespace fs = std::filesystem;

class RecordState : public testing::Test {
 protected:
  RecordState()
      : folder_(testing::TempDir() + "/dfe_record_state" +
                std::to_string(getpid())) {
    fs::remove_all(folder_);
    fs::create_directories(folder_ + "/inc");
    Put("inc/a.h", "int a;");
    Put("inc/asked.h", "");
    record_.files = {{.name = "inc/a.h"}, {.name = "<command line>"}};
    record_.files[1].flags = kFileBuiltin;
    const PathState a = StateOf(folder_ + "/inc/a.h");
    record_.files[0].bytes = a.bytes;
    record_.files[0].modified_ns = a.modified_ns;
    const PathState asked = StateOf(folder_ + "/inc/asked.h");
    record_.probes = {{"early/a.h"},
                      {"inc", ProbeKind::kFolder},
                      {folder_ + "/inc/asked.h", ProbeKind::kFile, asked.bytes,
                       asked.modified_ns}};
  }
  void Put(const std::string& name, const std::string& text) {
    EXPECT_FALSE(WriteFileAtomically(folder_ + "/" + name, text).has_value());
  }
  std::string Change() { return FirstChange(record_, folder_); }

  std::string folder_;
  HeaderRecord record_;
};

TEST_F(RecordState, NothingChangedAndWhatNobodyAskedFor) {
  EXPECT_EQ(Change(), "");
  Put("inc/other.h", "");
  fs::create_directory(folder_ + "/early");
  EXPECT_EQ(Change(), "");
}

TEST_F(RecordState, AFileOfTheSameSizeAndSecond) {
  struct stat before = {};
  ASSERT_EQ(stat((folder_ + "/inc/a.h").c_str(), &before), 0);
  Put("inc/a.h", "int b;");
  timespec times[2] = {before.st_atim, before.st_mtim};
  times[1].tv_nsec = (times[1].tv_nsec + 1) % 1000000000;
  ASSERT_EQ(utimensat(AT_FDCWD, (folder_ + "/inc/a.h").c_str(), times, 0), 0);
  EXPECT_EQ(Change(), folder_ + "/inc/a.h");
}

TEST_F(RecordState, AFileThatIsGoneOrIsAFolder) {
  fs::remove(folder_ + "/inc/a.h");
  EXPECT_EQ(Change(), folder_ + "/inc/a.h");
  fs::create_directory(folder_ + "/inc/a.h");
  EXPECT_EQ(Change(), folder_ + "/inc/a.h");
}

TEST_F(RecordState, WhatWasPassedOverIsThere) {
  fs::create_directory(folder_ + "/early");
  Put("early/a.h", "");
  EXPECT_EQ(Change(), folder_ + "/early/a.h");
}

TEST_F(RecordState, WhatWasAskedForIsGone) {
  fs::remove(folder_ + "/inc/asked.h");
  EXPECT_EQ(Change(), folder_ + "/inc/asked.h");
}

TEST_F(RecordState, TheTextOfProbesNamesEachAnswer) {
  const std::string text = ProbesText(record_);
  for (size_t i = 0; i < record_.probes.size(); ++i) {
    HeaderRecord other = record_;
    other.probes[i].kind = other.probes[i].kind == ProbeKind::kAbsent
                               ? ProbeKind::kFolder
                               : ProbeKind::kAbsent;
    EXPECT_NE(ProbesText(other), text) << i;
    other = record_;
    other.probes[i].path += "x";
    EXPECT_NE(ProbesText(other), text) << i;
  }
  EXPECT_EQ(ProbesText(HeaderRecord(record_)), text);
}

}  // namespace
}  // namespace dfe::dispatch
