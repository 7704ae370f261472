// What is read from rustc command lines, and that rewriting keeps the rest.
#include "dfe/dispatch/rustc_invocation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace dfe::dispatch {
namespace {

using ::testing::ElementsAre;

RustcInvocation Library() {
  return RustcInvocation({"rustc", "--crate-name", "foo", "--edition=2021",
                          "a b/src/lib.rs", "--crate-type", "lib",
                          "--emit=dep-info,metadata,link", "-C", "opt-level=3",
                          "-C", "codegen-units=57313", "-Clinker_plugin_lto",
                          "-C", "metadata=abc", "--out-dir", "out"});
}

TEST(RustcInvocation, ReadsBothSpellingsOfCodegenOptions) {
  RustcInvocation in = Library();
  EXPECT_TRUE(in.is_compile);
  EXPECT_EQ(in.crate_name, "foo");
  EXPECT_THAT(in.crate_types, ElementsAre("lib"));
  EXPECT_THAT(in.emit, ElementsAre("dep-info", "metadata", "link"));
  EXPECT_EQ(in.Codegen("opt-level"), "3");
  EXPECT_EQ(in.Codegen("linker-plugin-lto"), "");
  EXPECT_EQ(in.Codegen("lto"), std::nullopt);
}

TEST(RustcInvocation, RemovingKeepsEveryOtherWordInOrder) {
  RustcInvocation in = Library();
  EXPECT_TRUE(in.RemoveCodegen("codegen-units"));
  EXPECT_FALSE(in.RemoveCodegen("codegen-units"));
  EXPECT_THAT(in.words,
              ElementsAre("rustc", "--crate-name", "foo", "--edition=2021",
                          "a b/src/lib.rs", "--crate-type", "lib",
                          "--emit=dep-info,metadata,link", "-C", "opt-level=3",
                          "-Clinker_plugin_lto", "-C", "metadata=abc",
                          "--out-dir", "out"));
}

TEST(RustcInvocation, TheLastOfARepeatedOptionCounts) {
  RustcInvocation in({"rustc", "--crate-name", "x", "x.rs", "-Copt-level=1",
                      "-C", "opt-level=2"});
  EXPECT_EQ(in.Codegen("opt-level"), "2");
}

TEST(RustcInvocation, ProbesAreNotCompiles) {
  EXPECT_FALSE(RustcInvocation({"rustc", "-vV"}).is_compile);
  EXPECT_FALSE(RustcInvocation({"rustc", "-", "--crate-name", "___",
                                "--print=file-names", "--crate-type", "bin"})
                   .is_compile);
  EXPECT_FALSE(
      RustcInvocation({"rustc", "--crate-name", "x", "--print", "cfg", "x.rs"})
          .is_compile);
}

TEST(RustcInvocation, ValuesThatLookLikeOptionsAreValues) {
  RustcInvocation in({"rustc", "--crate-name", "x", "x.rs", "--cfg", "test",
                      "-C", "link-arg=-fuse-ld=mold", "--check-cfg",
                      "cfg(docsrs,test)"});
  EXPECT_FALSE(in.test);
  EXPECT_EQ(in.Codegen("link-arg"), "-fuse-ld=mold");
}

TEST(RustcInvocation, ProgramsOfOneCrateNameHaveNamesOfTheirOwn) {
  auto name = [](std::vector<std::string> more) {
    std::vector<std::string> words = {"rustc", "--crate-name", "app"};
    words.insert(words.end(), more.begin(), more.end());
    return RustcInvocation(words).LeafName();
  };
  EXPECT_EQ(name({"src/main.rs", "--crate-type", "bin", "--out-dir", "t/deps"}),
            "app");
  EXPECT_EQ(name({"src/main.rs", "--test", "--out-dir", "t/deps"}),
            "app.test.src/main.rs");
  EXPECT_EQ(name({"src/lib.rs", "--test"}), "app.test.src/lib.rs");
  EXPECT_EQ(name({"src/lib.rs", "--crate-type", "cdylib,rlib"}), "app.cdylib");
  EXPECT_EQ(name({"x.rs", "--crate-type", "bin", "--out-dir", "t/examples"}),
            "app.example");
  EXPECT_EQ(name({"x.rs", "--crate-type", "bin", "--target", "riscv"}),
            "app.riscv");
}

TEST(RustcInvocation, ArgumentFileIsExpanded) {
  std::string path =
      ::testing::TempDir() + "/dfe args" + std::to_string(getpid());
  FILE* file = fopen(path.c_str(), "w");
  fputs("--crate-name\nfoo\nsrc/lib.rs\n", file);
  fclose(file);
  RustcInvocation in({"rustc", "@" + path});
  EXPECT_TRUE(in.complete);
  EXPECT_EQ(in.crate_name, "foo");
  EXPECT_FALSE(RustcInvocation({"rustc", "@/no/such/file"}).complete);
}

TEST(RustcInvocation, LinkerKeyIgnoresWhatDoesNotChooseALinker) {
  auto key = [](std::vector<std::string> more) {
    std::vector<std::string> words = {"rustc", "--crate-name", "x", "x.rs"};
    words.insert(words.end(), more.begin(), more.end());
    return RustcInvocation(words).LinkerKey();
  };
  EXPECT_EQ(key({}), key({"-Clink-arg=-Wl,-z,now", "-Copt-level=3"}));
  EXPECT_NE(key({}), key({"-Clink-arg=-fuse-ld=mold"}));
  EXPECT_NE(key({}), key({"-C", "linker=clang"}));
  EXPECT_NE(key({}), key({"--target", "i686-unknown-linux-gnu"}));
  EXPECT_NE(key({}), key({"-Clink-args=-O1 -B/somewhere"}));
}

TEST(AsFileName, LeadsNowhereAndIsNotHidden) {
  EXPECT_EQ(AsFileName("foo.test.src/it +,1.rs"), "foo.test.src_it___1.rs");
  EXPECT_EQ(AsFileName("../x"), "_.._x");
  EXPECT_EQ(AsFileName(""), "_");
  EXPECT_EQ(AsFileName("a-b_c.d"), "a-b_c.d");
}

}  // namespace
}  // namespace dfe::dispatch
