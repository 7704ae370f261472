// Profiles resolved over manifest, configuration files and environment.
#include "dfe/build/cargo_profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "dfe/build/cargo_config.h"

namespace dfe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CargoProfileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = ::testing::TempDir() + "/profile" + std::to_string(getpid());
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_ + "/ws/.cargo");
    std::filesystem::create_directories(root_ + "/cargo-home");
    Write("ws/Cargo.toml", "[workspace]\n");
  }
  void Write(const std::string& path, const std::string& text) {
    std::ofstream(root_ + "/" + path) << text;
  }
  absl::StatusOr<CargoProfile> Resolve(const std::string& name,
                                       std::vector<std::string> env = {}) {
    env.push_back("CARGO_HOME=" + root_ + "/cargo-home");
    return ResolveCargoProfile(name, root_ + "/ws/Cargo.toml", root_ + "/ws",
                               env);
  }
  std::string root_;
};

TEST_F(CargoProfileTest, Defaults) {
  EXPECT_EQ(Resolve("release")->opt_level, "3");
  EXPECT_EQ(Resolve("release")->codegen_units, 0);
  EXPECT_FALSE(Resolve("release")->asks_for_lto());
  EXPECT_TRUE(Resolve("dev")->incremental);
  EXPECT_EQ(Resolve("bench")->opt_level, "3");
}

TEST_F(CargoProfileTest, InheritedValuesAndTheirOverrides) {
  Write("ws/Cargo.toml",
        "[profile.release]\nlto = true\ncodegen-units = 1\n"
        "[profile.dist]\ninherits = \"release\"\nlto = \"thin\"\n"
        "[profile.release.package.foo]\ncodegen-units = 4\n");
  EXPECT_EQ(Resolve("release")->lto, "fat");
  EXPECT_THAT(Resolve("release")->own_units, ElementsAre("foo"));
  absl::StatusOr<CargoProfile> dist = Resolve("dist");
  EXPECT_EQ(dist->lto, "thin");
  EXPECT_EQ(dist->codegen_units, 1);
}

TEST_F(CargoProfileTest, ConfigurationBeatsTheManifestAndEnvironmentBoth) {
  Write("ws/Cargo.toml", "[profile.release]\nopt-level = 2\nlto = true\n");
  Write("cargo-home/config.toml",
        "[profile.release]\nopt-level = 1\nlto = false\n");
  EXPECT_EQ(Resolve("release")->opt_level, "1");
  EXPECT_FALSE(Resolve("release")->asks_for_lto());
  Write("ws/.cargo/config.toml", "[profile.release]\nopt-level = \"s\"\n");
  EXPECT_EQ(Resolve("release")->opt_level, "s");
  EXPECT_EQ(
      Resolve("release", {"CARGO_PROFILE_RELEASE_OPT_LEVEL=3"})->opt_level,
      "3");
  EXPECT_TRUE(
      Resolve("release", {"CARGO_PROFILE_RELEASE_LTO=thin"})->asks_for_lto());
  EXPECT_EQ(Resolve("release", {"CARGO_PROFILE_RELEASE_CODEGEN_UNITS=7"})
                ->codegen_units,
            7);
}

TEST_F(CargoProfileTest, LtoOffIsNotLto) {
  Write("ws/Cargo.toml", "[profile.release]\nlto = \"off\"\n");
  EXPECT_FALSE(Resolve("release")->asks_for_lto());
}

TEST_F(CargoProfileTest, DebugAssertionsComeWithDevOrByName) {
  EXPECT_FALSE(Resolve("release")->debug_assertions);
  EXPECT_TRUE(Resolve("dev")->debug_assertions);
  Write("ws/Cargo.toml",
        "[profile.release]\ndebug-assertions = true\n"
        "[profile.fast]\ninherits = \"dev\"\nopt-level = 3\n");
  EXPECT_TRUE(Resolve("release")->debug_assertions);
  EXPECT_TRUE(Resolve("fast")->debug_assertions);
  EXPECT_FALSE(
      Resolve("release", {"CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS=false"})
          ->debug_assertions);
}

TEST_F(CargoProfileTest, ErrorsNameTheFileAndTheProfile) {
  EXPECT_THAT(std::string(Resolve("nope").status().message()),
              HasSubstr("profile nope: not defined"));
  Write("ws/Cargo.toml",
        "[profile.a]\ninherits = \"b\"\n"
        "[profile.b]\ninherits = \"a\"\n");
  EXPECT_THAT(std::string(Resolve("a").status().message()),
              HasSubstr("inherits itself"));
  Write("ws/Cargo.toml", "[profile\n");
  EXPECT_THAT(std::string(Resolve("release").status().message()),
              HasSubstr("Cargo.toml:1"));
}

TEST_F(CargoProfileTest, TextThatIsNoTomlIsAnError) {
  for (const char* text : {"[", "[\n", "[[\n", "[a.\n", "=", "a =\n", "'\n"}) {
    Write("ws/Cargo.toml", text);
    EXPECT_FALSE(Resolve("release").ok()) << text;
  }
}

TEST_F(CargoProfileTest, VariableNames) {
  EXPECT_EQ(ProfileVariable("release-lto", "codegen-units"),
            "CARGO_PROFILE_RELEASE_LTO_CODEGEN_UNITS");
}

TEST_F(CargoProfileTest, TheUsersWrapperIsFoundWhereverItIsSet) {
  Write("ws/.cargo/config.toml", "[build]\nrustc-wrapper = \"sccache\"\n");
  std::vector<std::string> env = {"CARGO_HOME=" + root_ + "/cargo-home"};
  auto configs = LoadCargoConfigs(root_ + "/ws", env);
  ASSERT_TRUE(configs.ok());
  EXPECT_EQ(ConfiguredRustcWrapper(*configs, "/d", env), "sccache");
  EXPECT_EQ(ConfiguredRustcWrapper(*configs, "/d", {"RUSTC_WRAPPER=other"}),
            "other");
  EXPECT_EQ(ConfiguredRustcWrapper(*configs, "/d", {"RUSTC_WRAPPER=./w"}),
            "/d/w");
  EXPECT_EQ(ConfiguredRustcWrapper(*configs, "/d", {"RUSTC_WRAPPER="}), "");
}

}  // namespace
}  // namespace dfe
