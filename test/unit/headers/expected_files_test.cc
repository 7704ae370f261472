// What a command compiled, and what it is expected to compile.
#include "dfe/headers/expected_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace dfe::headers {
namespace {

namespace fs = std::filesystem;

class ExpectedFilesTest : public testing::Test {
 protected:
  ExpectedFilesTest() : folder_(testing::TempDir() + "expected-files-XXXXXX") {
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
    fs::create_directories(folder_ + "/mm/deep");
    fs::create_directories(folder_ + "/mm2");
  }
  ~ExpectedFilesTest() override { fs::remove_all(folder_); }

  ExpectedFiles Of(const std::vector<std::string>& words) const {
    return LoadExpectedFiles(db(), words, folder_);
  }
  std::string db() const { return folder_ + "/calls.json"; }
  // The one list that was kept.
  std::string Kept() const {
    std::string found;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
      if (entry.path().extension() == ".files") found = entry.path().string();
    }
    return found;
  }

  std::string folder_;
};

TEST_F(ExpectedFilesTest, AreAllOfACommandThatNobodyKnows) {
  EXPECT_TRUE(Of({"make"}).all);
  EXPECT_TRUE(Of({"make"}).Has("x.c", folder_));
  // What looks like a folder, and is none that is to be made.
  for (const char* word : {"mm", "absent/", "-Imm/", "O=mm/"}) {
    EXPECT_TRUE(Of({"make", word}).all) << word;
  }
  EXPECT_TRUE(Of({"make", "-C", "mm/"}).all);
}

TEST_F(ExpectedFilesTest, AreThoseOfTheFoldersThatItNames) {
  const ExpectedFiles expected = Of({"make", "-j2", "mm/"});
  EXPECT_FALSE(expected.all);
  EXPECT_TRUE(expected.Has("mm/a.c", folder_));
  EXPECT_TRUE(expected.Has("deep/a.c", folder_ + "/mm"));
  EXPECT_TRUE(expected.Has(folder_ + "/mm/a.c", "/"));
  EXPECT_FALSE(expected.Has("mm2/a.c", folder_));
  EXPECT_FALSE(expected.Has("a.c", folder_));
}

TEST_F(ExpectedFilesTest, AreWhatTheSameCommandEverCompiled) {
  ASSERT_TRUE(KeepCompiledFiles(db(), {"make", "-j2"}, {"a.c", "mm/b.c"}).ok());
  ASSERT_TRUE(KeepCompiledFiles(db(), {"make", "-j8"}, {"c.c"}).ok());
  for (const std::vector<std::string>& same : {std::vector<std::string>{"make"},
                                               {"make", "-j"},
                                               {"make", "-j", "3"},
                                               {"make", "--jobs=3"},
                                               {"make", "--jobs", "3"}}) {
    const ExpectedFiles expected = Of(same);
    EXPECT_FALSE(expected.all) << same.back();
    for (const char* source : {"a.c", "mm/b.c", "c.c"}) {
      EXPECT_TRUE(expected.Has(source, folder_)) << source;
    }
    EXPECT_FALSE(expected.Has("d.c", folder_));
  }
  EXPECT_TRUE(Of({"make", "-k"}).all);
  EXPECT_TRUE(Of({"make", "3"}).all);
  // It is known better than by the folders that it names.
  ASSERT_TRUE(KeepCompiledFiles(db(), {"make", "mm/"}, {"z.c"}).ok());
  EXPECT_FALSE(Of({"make", "mm/"}).Has("mm/a.c", folder_));
}

TEST_F(ExpectedFilesTest, NothingIsKeptOfACommandThatCompilesNothing) {
  ASSERT_TRUE(KeepCompiledFiles(db(), {"make", "clean"}, {}).ok());
  EXPECT_EQ(Kept(), "");
  EXPECT_TRUE(Of({"make", "clean"}).all);
}

TEST_F(ExpectedFilesTest, AreAllIfTheListIsDamaged) {
  ASSERT_TRUE(KeepCompiledFiles(db(), {"make"}, {"a.c", "b.c"}).ok());
  std::ifstream in(Kept());
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  ASSERT_FALSE(whole.empty());
  for (size_t i = 0; i < whole.size(); ++i) {
    std::ofstream(Kept()) << whole.substr(0, i);
    EXPECT_TRUE(Of({"make"}).all) << i;
    std::string flipped = whole;
    flipped[i] = static_cast<char>(flipped[i] ^ 4);
    std::ofstream(Kept()) << flipped;
    EXPECT_TRUE(Of({"make"}).all) << i;
  }
  // And is made anew.
  ASSERT_TRUE(KeepCompiledFiles(db(), {"make"}, {"c.c"}).ok());
  EXPECT_FALSE(Of({"make"}).Has("a.c", folder_));
  EXPECT_TRUE(Of({"make"}).Has("c.c", folder_));
}

TEST_F(ExpectedFilesTest, AFolderThatCannotBeWrittenIsSaidSo) {
  std::ofstream(folder_ + "/file") << "x";
  EXPECT_FALSE(
      KeepCompiledFiles(folder_ + "/file/calls.json", {"make"}, {"a.c"}).ok());
  // One that is not there yet is made.
  EXPECT_TRUE(
      KeepCompiledFiles(folder_ + "/new/calls.json", {"make"}, {"a.c"}).ok());
}

}  // namespace
}  // namespace dfe::headers
