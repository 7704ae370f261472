// Linker and rustflags, over cargo's sources and their order of strength.
#include "dfe/build/cargo_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dfe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kHost[] = "x86_64-unknown-linux-gnu";
constexpr char kCfg[] =
    "debug_assertions\ntarget_os=\"linux\"\ntarget_family=\"unix\"\nunix\n";

// The words for configuration texts, weakest first.
std::vector<std::string> Words(const std::vector<std::string>& texts,
                               const std::vector<std::string>& env = {},
                               const std::vector<std::string>& options = {},
                               const std::string& target = "") {
  std::vector<toml::table> configs;
  for (const std::string& text : texts) {
    toml::parse_result parsed =
        toml::parse(text, std::string_view("/ws/.cargo/config.toml"));
    EXPECT_TRUE(parsed) << text;
    configs.push_back(std::move(parsed).table());
  }
  return CargoLinkerWords({configs, options, env, "/ws/sub", target, kHost,
                           [] { return std::string(kCfg); }});
}

TEST(CargoFlags, NothingIsSaidWhereNothingIsSet) {
  EXPECT_THAT(Words({}), IsEmpty());
  EXPECT_THAT(Words({"[build]\njobs = 2\n[target.other]\nlinker = \"x\"\n"}),
              IsEmpty());
}

TEST(CargoFlags, BuildRustflagsGrowAsArraysAndAreReplacedAsTexts) {
  EXPECT_THAT(Words({"[build]\nrustflags = [\"-Ca\"]\n",
                     "[build]\nrustflags = [\"-Cb\", \"-Cc d\"]\n"}),
              ElementsAre("-Ca", "-Cb", "-Cc d"));
  EXPECT_THAT(Words({"[build]\nrustflags = \"-Ca\"\n",
                     "[build]\nrustflags = \"-C b\"\n"}),
              ElementsAre("-C", "b"));
  EXPECT_THAT(Words({}, {"CARGO_BUILD_RUSTFLAGS=-Ca -Cb"}),
              ElementsAre("-Ca", "-Cb"));
}

TEST(CargoFlags, TheStrongestSourceOfRustflagsStandsAlone) {
  const std::vector<std::string> texts = {
      "build.rustflags = [\"-Cbuild\"]\n"
      "[target.x86_64-unknown-linux-gnu]\nrustflags = [\"-Ctarget\"]\n"
      "[target.'cfg(unix)']\nrustflags = [\"-Ccfg\"]\n"
      "[target.'cfg(windows)']\nrustflags = [\"-Cwindows\"]\n"};
  EXPECT_THAT(Words(texts), ElementsAre("-Ctarget", "-Ccfg"));
  EXPECT_THAT(Words(texts, {"RUSTFLAGS=-Cenv -Cmore"}),
              ElementsAre("-Cenv", "-Cmore"));
  EXPECT_THAT(Words(texts, {"RUSTFLAGS="}), IsEmpty());
  EXPECT_THAT(
      Words(texts, {"RUSTFLAGS=-Cenv", "CARGO_ENCODED_RUSTFLAGS=-Ca b\x1f-Cc"}),
      ElementsAre("-Ca b", "-Cc"));
  EXPECT_THAT(
      Words(texts,
            {"CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS=-Cvariable"}),
      ElementsAre("-Ctarget", "-Cvariable", "-Ccfg"));
}

TEST(CargoFlags, TheLinkerIsSeenFromTheFolderThatNamesIt) {
  const char kText[] = "[target.x86_64-unknown-linux-gnu]\nlinker = \"%s\"\n";
  auto with = [&](const std::string& linker) {
    std::string text = kText;
    return Words({text.replace(text.find("%s"), 2, linker)});
  };
  EXPECT_THAT(with("clang"), ElementsAre("-C", "linker=clang"));
  EXPECT_THAT(with("tools/my ld"), ElementsAre("-C", "linker=/ws/tools/my ld"));
  EXPECT_THAT(Words({}, {"CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER=./ld"}),
              ElementsAre("-C", "linker=/ws/sub/./ld"));
  EXPECT_THAT(Words({"[target.'cfg(target_os = \"linux\")']\nlinker = \"l\"\n"
                     "[target.'cfg(windows)']\nlinker = \"w\"\n"}),
              ElementsAre("-C", "linker=l"));
}

TEST(CargoFlags, AnotherTargetHasItsOwnLinker) {
  const std::vector<std::string> texts = {
      "[target.x86_64-unknown-linux-gnu]\nlinker = \"host\"\n"
      "[target.wasm]\nlinker = \"other\"\n"};
  EXPECT_THAT(Words(texts, {}, {}, "wasm"),
              ElementsAre("--target", "wasm", "-C", "linker=other"));
  EXPECT_THAT(Words(texts, {"CARGO_BUILD_TARGET=wasm"}),
              ElementsAre("--target", "wasm", "-C", "linker=other"));
  EXPECT_THAT(Words({texts[0], "[build]\ntarget = \"wasm\"\n"}),
              ElementsAre("--target", "wasm", "-C", "linker=other"));
}

TEST(CargoFlags, OptionsOfTheCommandLineCountLast) {
  EXPECT_THAT(Words({"[build]\nrustflags = [\"-Ca\"]\n"}, {},
                    {"build.rustflags=[\"-Cb\"]", "no toml"}),
              ElementsAre("-Ca", "-Cb"));
}

TEST(CargoFlags, CfgExpressions) {
  for (const char* holds :
       {"cfg(unix)", "cfg(target_os=\"linux\")", "cfg(not(windows))",
        "cfg(all(unix, target_os = \"linux\", not(any())))", "cfg(all())",
        "cfg(any(windows, unix,))", "cfg(true)"}) {
    EXPECT_TRUE(CfgHolds(holds, kCfg)) << holds;
  }
  for (const char* does_not :
       {"cfg(windows)", "cfg(target_os = \"macos\")", "cfg(not(unix))",
        "cfg(any())", "cfg(false)", "unix", "cfg()", "cfg(unix unix)",
        "cfg(not(a, b))", "cfg(all(unix)", "cfg(target_os = linux)",
        "cfg(some(unix))", "cfg(target_os = \"linux)"}) {
    EXPECT_FALSE(CfgHolds(does_not, kCfg)) << does_not;
  }
  std::string deep = "cfg(" + std::string(1, 'x');
  for (int i = 0; i < 10000; ++i) deep.insert(4, "not(");
  EXPECT_FALSE(CfgHolds(deep, kCfg));
}

}  // namespace
}  // namespace dfe
