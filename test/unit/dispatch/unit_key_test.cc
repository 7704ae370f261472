// Which units are kept, what changes their keys, and what does not.
#include "dfe/dispatch/unit_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "dfe/dispatch/unit_cache.h"

namespace dfe::dispatch {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

std::vector<std::string> Words() {
  return {"rustc",
          "--crate-name",
          "foo",
          "--edition=2021",
          "src/lib.rs",
          "--error-format=json",
          "--json=artifacts",
          "--crate-type",
          "lib",
          "--emit=dep-info,metadata,link",
          "-C",
          "opt-level=3",
          "-Cmetadata=abc",
          "-C",
          "extra-filename=-abc",
          "--out-dir",
          "/out",
          "-L",
          "dependency=/out",
          "--cap-lints",
          "allow"};
}

std::string Refusal(std::vector<std::string> more) {
  std::vector<std::string> words = Words();
  words.insert(words.end(), more.begin(), more.end());
  return UnitRefusal(RustcInvocation(std::move(words)), "rustc\n/sys/rustc");
}

TEST(UnitRefusal, WordsOfCargoAreKnown) {
  EXPECT_EQ(Refusal({}), "");
  EXPECT_EQ(Refusal({"--cfg",
                     "feature=\"std\"",
                     "--check-cfg",
                     "cfg(docsrs)",
                     "-C",
                     "linker-plugin-lto",
                     "-Ccodegen-units=1",
                     "--target",
                     "x86_64-unknown-linux-gnu",
                     "-l",
                     "static=z",
                     "-L",
                     "native=/lib",
                     "-Ctarget-cpu=x86-64-v3",
                     "-Adead_code",
                     "--extern",
                     "bar=/out/libbar.rmeta",
                     "--extern",
                     "proc_macro",
                     "-Zdead-fn-elimination=seeds:/s",
                     "-Zdead-fn-elimination=names:/n/bar-1.names",
                     "-Zdead-fn-elimination"}),
            "");
}

TEST(UnitRefusal, WordsThatReadOrWriteMoreAreNot) {
  for (const char* word : {"-Ctarget-cpu=native",
                           "-Csave-temps",
                           "-Cprofile-use=/p",
                           "-Cprofile_generate=/p",
                           "-Cincremental=/i",
                           "-Csplit-debuginfo=packed",
                           "-Cllvm-args=-x",
                           "-Cpasses=x",
                           "-Cinstrument-coverage",
                           "-Zdead-fn-elimination=emit:/n",
                           "-Zdead-fn-elimination=names:/n,emit:/n",
                           "-Zself-profile",
                           "--target=my.json",
                           "--extern=bar",
                           "--emit=link=/x",
                           "-lstatic:+verbatim=x.o",
                           "--sysroot=/s",
                           "-o",
                           "--verbose",
                           "other.rs",
                           "-vV"}) {
    EXPECT_THAT(Refusal({word}),
                testing::StartsWith("word that units are not kept for: "))
        << word;
  }
}

TEST(UnitRefusal, WhatLinksOrTalksIsNotKept) {
  EXPECT_EQ(Refusal({"--crate-type", "cdylib"}), "links");
  EXPECT_EQ(Refusal({"--crate-type=proc-macro"}), "links");
  EXPECT_EQ(Refusal({"--emit=asm"}), "makes more: asm");
  EXPECT_EQ(UnitRefusal(RustcInvocation(Words()), "/other/rustc"),
            "another compiler");
  std::vector<std::string> words = Words();
  words.insert(words.begin() + 1, "rustc");
  EXPECT_EQ(UnitRefusal(RustcInvocation(words), "rustc"),
            "behind another wrapper");
  words = Words();
  words[5] = "--error-format=human";
  EXPECT_EQ(UnitRefusal(RustcInvocation(words), "rustc"),
            "messages for people");
  words = Words();
  words[16] = "out";
  EXPECT_EQ(UnitRefusal(RustcInvocation(words), "rustc"), "folder of outputs");
}

class UnitKeyTest : public testing::Test {
 protected:
  UnitKeyTest()
      : folder_(testing::TempDir() + "/unit_key" + std::to_string(getpid())) {
    fs::remove_all(folder_);
    fs::create_directories(folder_ + "/native");
    Write("libbar.rmeta", "bar");
    Write("seeds", "s");
  }
  ~UnitKeyTest() override { fs::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name) << text;
  }
  std::string Path(const std::string& name) const {
    return folder_ + "/" + name;
  }
  std::string Key(std::vector<std::string> more = {},
                  std::string_view variables = "") const {
    std::vector<std::string> words = Words();
    words.insert(words.end(), {"--extern", "bar=" + Path("libbar.rmeta"), "-L",
                               "native=" + Path("native"),
                               "-Zdead-fn-elimination=seeds:" + Path("seeds")});
    words.insert(words.end(), more.begin(), more.end());
    return UnitKey(RustcInvocation(std::move(words)), "rustc 1", variables)
        .value_or("none");
  }

  std::string folder_;
};

TEST_F(UnitKeyTest, WhereItIsPutChangesNothing) {
  EXPECT_EQ(Key(), Key({"--out-dir", "/elsewhere", "-L",
                        "dependency=/elsewhere", "--diagnostic-width=80"}));
  const std::string before = Key();
  Write("native/libz.so", "not put into anything");
  EXPECT_EQ(before, Key());
}

TEST_F(UnitKeyTest, WhatItIsMadeFromChangesIt) {
  std::string before = Key();
  EXPECT_NE(before, Key({"--cfg", "x"}));
  EXPECT_NE(before, Key({}, "CARGO_PKG_VERSION=2\n"));
  const auto changed = [&](const std::string& file, const std::string& text) {
    Write(file, text);
    const std::string after = Key();
    const bool differs = after != before;
    before = after;
    return differs;
  };
  EXPECT_TRUE(changed("libbar.rmeta", "baz"));
  EXPECT_TRUE(changed("native/libz.a", "z"));
  EXPECT_TRUE(changed("native/libz.a", "y"));
  EXPECT_TRUE(changed("seeds", "t"));
  EXPECT_FALSE(changed("seeds", "t"));
  fs::remove(Path("libbar.rmeta"));
  EXPECT_EQ(Key(), "none");
}

TEST_F(UnitKeyTest, InputsAreThoseOfTheDependencyInformation) {
  const auto inputs = InputsOf(
      "/out/foo.d: src/lib.rs src/a\\ b.rs\n\n"
      "/out/libfoo.rlib: src/lib.rs src/a\\ b.rs\n\n"
      "src/lib.rs:\nsrc/a\\ b.rs:\n\n"
      "# env-dep:OUT_DIR=/with:colon:\n# env-dep:UNSET\n");
  ASSERT_TRUE(inputs.has_value());
  EXPECT_THAT(inputs->files, ElementsAre("src/lib.rs", "src/a b.rs"));
  EXPECT_THAT(inputs->variables, ElementsAre("OUT_DIR", "UNSET"));
  EXPECT_FALSE(InputsOf("# env-dep:X\n").has_value());
}

TEST_F(UnitKeyTest, ContentsValuesAndOtherModulesCount) {
  Write("own.rs", "1");
  const UnitInputs inputs = {{Path("own.rs")}, {"DFE_UNIT_KEY_TEST"}};
  const auto key = [&] { return KeyWithInputs("k", inputs).value_or("none"); };
  std::string before = key();
  const auto changed = [&] {
    const std::string after = key();
    const bool differs = after != before;
    before = after;
    return differs;
  };
  Write("own.rs", "2");
  EXPECT_TRUE(changed());
  setenv("DFE_UNIT_KEY_TEST", "", 1);
  EXPECT_TRUE(changed());
  setenv("DFE_UNIT_KEY_TEST", "x", 1);
  EXPECT_TRUE(changed());
  unsetenv("DFE_UNIT_KEY_TEST");
  fs::create_directories(Path("own"));
  EXPECT_TRUE(changed());
  Write("own/mod.rs", "");
  EXPECT_TRUE(changed());
  fs::remove(Path("own.rs"));
  EXPECT_EQ(key(), "none");
}

TEST_F(UnitKeyTest, VariablesOfPackageAndCompilerAreRead) {
  setenv("CARGO_PKG_DFE_TEST", "a", 1);
  setenv("CARGO_DFE_TEST", "b", 1);
  setenv("RUST_DFE_TEST", "c", 1);
  setenv("RUSTUP_DFE_TEST", "d", 1);
  const std::string variables = UnitVariables();
  EXPECT_THAT(variables, testing::HasSubstr("CARGO_PKG_DFE_TEST=a\n"));
  EXPECT_THAT(variables, testing::HasSubstr("RUST_DFE_TEST=c\n"));
  EXPECT_THAT(variables, testing::Not(testing::HasSubstr("=b\n")));
  EXPECT_THAT(variables, testing::Not(testing::HasSubstr("=d\n")));
  for (const char* name : {"CARGO_PKG_DFE_TEST", "CARGO_DFE_TEST",
                           "RUST_DFE_TEST", "RUSTUP_DFE_TEST"}) {
    unsetenv(name);
  }
}

TEST(UnitCache, TextsFindTheFolderAgainWhereverItIs) {
  std::vector<std::string> words = Words();
  words[16] = "/a b/deps";
  const RustcInvocation here(words);
  words[16] = "/other";
  const RustcInvocation there(words);
  // rustc escapes a space in inputs, and in outputs not.
  const std::string text =
      "/a b/deps/libfoo-abc.rlib: src/lib.rs /a\\ b/deps/made.rs\n";
  const std::string kept = WithoutOutDir(here, text);
  EXPECT_EQ(WithOutDir(here, kept), text);
  // Only outputs are moved: other files are where they are.
  EXPECT_EQ(WithOutDir(there, kept),
            "/other/libfoo-abc.rlib: src/lib.rs /a\\ b/deps/made.rs\n");
  EXPECT_EQ(
      WithOutDir(there, WithoutOutDir(here,
                                      "{\"artifact\":"
                                      "\"/a b/deps/libfoo-abc.rmeta\"}\n")),
      "{\"artifact\":\"/other/libfoo-abc.rmeta\"}\n");
}

TEST(UnitCache, OnlyNamesOfArtifactsSayNothing) {
  const std::string artifact =
      "{\"$message_type\":\"artifact\",\"artifact\":\"/a.rmeta\"}\n";
  EXPECT_TRUE(SaysNothing(""));
  EXPECT_TRUE(SaysNothing(artifact + artifact));
  EXPECT_FALSE(SaysNothing(artifact + "warning\n"));
  EXPECT_FALSE(SaysNothing("{\"$message_type\":\"diagnostic\"}\n" + artifact));
  EXPECT_FALSE(SaysNothing(artifact.substr(0, artifact.size() - 1)));
}

}  // namespace
}  // namespace dfe::dispatch
