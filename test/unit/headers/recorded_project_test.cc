// dfe-cc in place of compilers, and the database of what it recorded.
#include "dfe/headers/recorded_project.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "dfe/dispatch/cc_shim.h"
#include "dfe/headers/compile_db.h"

namespace dfe::headers {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

class RecordedProject : public testing::Test {
 protected:
  RecordedProject() : folder_(testing::TempDir() + "recorded-project-XXXXXX") {
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
  }
  ~RecordedProject() override { fs::remove_all(folder_); }

  std::string Touch(const std::string& name) {
    const fs::path path = fs::path(folder_) / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path.string()) << "x";
    fs::permissions(path, fs::perms::owner_all);
    return path.string();
  }
  std::string folder_;
};

TEST(CcShim, CompilersAndLaunchersAreReplacedAndWrappersAreNot) {
  for (const char* name : {"cc", "c++", "gcc", "g++-12", "clang", "clang++-22",
                           "gcc-12.2", "x86_64-linux-gnu-gcc-12", "ccache"}) {
    EXPECT_TRUE(dispatch::IsShimName(name)) << name;
  }
  for (const char* name : {"dfe-cc", "afl-clang", "musl-gcc", "clang-format",
                           "clang-tidy-22", "tcc", "gcc-ar", "cpp", ""}) {
    EXPECT_FALSE(dispatch::IsShimName(name)) << name;
  }
  EXPECT_EQ(dispatch::ShimmedName("/cache/cc"), "cc");
  EXPECT_EQ(dispatch::ShimmedName("/bin/dfe-cc"), "");
}

TEST_F(RecordedProject, PathLosesTheLinksAndKeepsTheRest) {
  const std::string ours = folder_ + "/ours";
  fs::create_directories(ours);
  fs::create_symlink("/proc/self/exe", ours + "/cc");
  Touch("theirs/cc");
  const std::string path = ours + ":" + folder_ + "/theirs::/bin";
  EXPECT_EQ(dispatch::PathWithoutShims(path, "cc", ""),
            folder_ + "/theirs::/bin");
  EXPECT_EQ(dispatch::PathWithoutShims(path, "", ours),
            folder_ + "/theirs::/bin");
  EXPECT_EQ(dispatch::PathWithoutShims(path, "gcc", "/other"), path);
}

TEST_F(RecordedProject, OnlyCompilersOfThePathGetALink) {
  Touch("bin/clang-22");
  Touch("bin/musl-gcc");
  fs::permissions(Touch("bin/gcc"), fs::perms::owner_read);
  auto shims = MakeShims(folder_ + "/cache", "/x/dfe-cc", folder_ + "/bin:.");
  ASSERT_TRUE(shims.ok());
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(*shims)) {
    names.push_back(entry.path().filename().string());
  }
  EXPECT_THAT(names, ElementsAre("clang-22"));
  EXPECT_EQ(fs::read_symlink(*shims + "/clang-22"), "/x/dfe-cc");
}

TEST_F(RecordedProject, ACallIsReadAsItWasRecorded) {
  fs::create_directories(folder_ + "/cc/commands");
  dispatch::RecordCall(
      folder_, "/d", dispatch::CcInvocation({"cc", "-DX=a b\n", "-c", "a.c"}));
  dispatch::RecordCall(folder_, "/d", dispatch::CcInvocation({"cc", "a.o"}));
  dispatch::RecordCall(folder_, "",
                       dispatch::CcInvocation({"cc", "-c", "a.c"}));
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(folder_ + "/cc/commands")) {
    files.push_back(entry.path().string());
  }
  ASSERT_EQ(files.size(), 1);
  std::ifstream in(files[0], std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  auto call = dispatch::ParseRecordedCall(bytes);
  ASSERT_TRUE(call);
  EXPECT_EQ(call->directory, "/d");
  EXPECT_THAT(call->words, ElementsAre("cc", "-DX=a b\n", "-c", "a.c"));
  for (const std::string& damaged :
       {std::string(), bytes.substr(0, bytes.size() - 1), "x" + bytes,
        bytes.substr(0, 11), bytes.substr(0, 14)}) {
    EXPECT_FALSE(dispatch::ParseRecordedCall(damaged)) << damaged;
  }
}

TEST_F(RecordedProject, ANewCallTakesThePlaceOfTheOneForItsOutput) {
  Touch("a.c");
  Touch("b.c");
  const std::string db = folder_ + "/cache/db.json";
  const CompileCommand fast{folder_, {"cc", "-c", "a.c", "-o", "1.o"}};
  const CompileCommand small{folder_, {"cc", "-Os", "-c", "a.c", "-o", "2.o"}};
  EXPECT_EQ(*MergeIntoCompileDb(db, {fast, small}), 2);
  EXPECT_EQ(*MergeIntoCompileDb(db, {fast}), 0);
  const CompileCommand other{folder_, {"cc", "-g", "-c", "a.c", "-o", "1.o"}};
  const CompileCommand gone{folder_, {"cc", "-c", "gone.c"}};
  const CompileCommand b{folder_, {"cc", "-c", "b.c"}};
  EXPECT_EQ(*MergeIntoCompileDb(db, {other, gone, b}), 3);
  auto commands = LoadCompileDb(db);
  ASSERT_TRUE(commands.ok());
  ASSERT_EQ(commands->size(), 3);
  EXPECT_EQ((*commands)[0].words, other.words);
  EXPECT_EQ((*commands)[1].words, small.words);
  EXPECT_EQ((*commands)[2].words, b.words);
  // Damaged: made anew.
  std::ofstream(db) << "[{";
  EXPECT_EQ(*MergeIntoCompileDb(db, {b}), 1);
  EXPECT_EQ(LoadCompileDb(db)->size(), 1);
}

TEST_F(RecordedProject, ABuildThatMakesAnOutputTwiceKeepsBothCalls) {
  Touch("a.c");
  const std::string db = folder_ + "/cache/db.json";
  const CompileCommand first{folder_, {"cc", "-c", "./a.c", "-o", "a.o"}};
  const CompileCommand last{folder_, {"cc", "-O2", "-c", "a.c", "-o", "a.o"}};
  EXPECT_EQ(*MergeIntoCompileDb(db, {first, last, first}), 2);
  EXPECT_EQ(LoadCompileDb(db)->size(), 2);
  EXPECT_EQ(*MergeIntoCompileDb(db, {first, last}), 0);
  // Both are as they are now.
  const CompileCommand other{folder_, {"cc", "-O3", "-c", "a.c", "-o", "a.o"}};
  EXPECT_EQ(*MergeIntoCompileDb(db, {first, other}), 1);
  auto commands = LoadCompileDb(db);
  ASSERT_EQ(commands->size(), 2);
  EXPECT_EQ((*commands)[0].words, first.words);
  EXPECT_EQ((*commands)[1].words, other.words);
}

TEST_F(RecordedProject, MakesFolderIsTheOneItWorksIn) {
  EXPECT_EQ(RecordedFolder({"/usr/bin/make", "-j2"}, folder_),
            fs::canonical(folder_));
  fs::create_directories(folder_ + "/below");
  EXPECT_EQ(RecordedFolder({"gmake", "-C", "below"}, folder_),
            fs::canonical(folder_).string() + "/below");
  EXPECT_FALSE(HasMakefile(folder_));
  Touch("Makefile");
  EXPECT_TRUE(HasMakefile(folder_));
  Touch("CMakeCache.txt");
  EXPECT_EQ(RecordedFolder({"make"}, folder_), "");
}

TEST_F(RecordedProject, AnyProgramsCallsAreRecordedUnlessAnotherWayIsKnown) {
  const std::string canonical = fs::canonical(folder_).string();
  EXPECT_EQ(RecordedFolder({"./build.sh", "-C", "x"}, folder_), canonical);
  EXPECT_EQ(RecordedFolder({"ninja"}, folder_), canonical);
  EXPECT_EQ(RecordedFolder({"cmake", "--build", "."}, folder_), "");
  EXPECT_EQ(RecordedFolder({"/bin/meson", "compile"}, folder_), "");
  Touch("build/compile_commands.json");
  EXPECT_EQ(RecordedFolder({"ninja"}, folder_), "");
  EXPECT_EQ(RecordedFolder({"sh", "-c", "ninja"}, folder_), canonical);
}

TEST_F(RecordedProject, WhereCargoIsLikelyToBeCalledItIsNotC) {
  Touch("a/b/x.c");
  const std::string a = fs::canonical(folder_).string() + "/a";
  EXPECT_EQ(RecordedFolder({"./build.sh"}, a), a);
  Touch("a/b/Cargo.toml");
  EXPECT_EQ(RecordedFolder({"./build.sh"}, a), "");
  EXPECT_EQ(RecordedFolder({"./build.sh"}, a + "/b"), "");
  EXPECT_EQ(RecordedFolder({"make"}, a + "/b"), "");
  EXPECT_EQ(RecordedFolder({"make"}, a), a);
  Touch("a/b/c/x.c");
  EXPECT_EQ(RecordedFolder({"./build.sh"}, a + "/b/c"), "");
  EXPECT_EQ(RecordedFolder({"make"}, a + "/b/c"), a + "/b/c");
}

TEST_F(RecordedProject, ALinkOfOursInAListStandsForTheCompiler) {
  Touch("bin/clang-22");
  auto shims = MakeShims(folder_ + "/headers", "/x/dfe-cc", folder_ + "/bin");
  ASSERT_TRUE(shims.ok());
  auto list = [](const std::string& compiler) {
    return ParseCompileDb(R"([{"directory": "/d", "arguments": [")" + compiler +
                              R"(", "-c", "a.c"]}])",
                          "here");
  };
  auto ours = list(*shims + "/clang-22");
  ASSERT_TRUE(ours.ok());
  EXPECT_THAT((*ours)[0].words, ElementsAre("clang-22", "-c", "a.c"));
  EXPECT_TRUE((*ours)[0].launched);
  // Of another tool's folder of that name, and of a link that is gone.
  fs::create_symlink("/x/ccache", *shims + "/clang-21");
  for (const char* name : {"/clang-21", "/clang-20"}) {
    auto other = list(*shims + name);
    ASSERT_TRUE(other.ok());
    EXPECT_EQ((*other)[0].words[0], *shims + name);
    EXPECT_FALSE((*other)[0].launched);
  }
}

}  // namespace
}  // namespace dfe::headers
