// What cargo metadata says about foreign crate types and leaves.
#include "dfe/build/cargo_project.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace dfe {
namespace {

constexpr char kWorkspace[] = R"json({
  "workspace_root": "/ws", "target_directory": "/ws/target",
  "workspace_default_members": ["id-app"],
  "packages": [
    {"name": "app", "id": "id-app", "targets": [
      {"name": "app", "kind": ["bin"], "crate_types": ["bin"], "test": true},
      {"name": "app", "kind": ["lib"], "crate_types": ["lib"], "test": true},
      {"name": "it", "kind": ["test"], "crate_types": ["bin"], "test": true},
      {"name": "ex", "kind": ["example"], "crate_types": ["bin"], "test": false},
      {"name": "build-script-build", "kind": ["custom-build"],
       "crate_types": ["bin"], "test": false}]},
    {"name": "ffi", "id": "id-ffi", "targets": [
      {"name": "ffi", "kind": ["staticlib", "cdylib"],
       "crate_types": ["staticlib", "cdylib"], "test": true}]}]})json";

TEST(CargoProject, ForeignCrateTypesOfSelectedMembersOnly) {
  CargoProject p = *ParseCargoMetadata(kWorkspace);
  EXPECT_EQ(p.ForeignCrateType(ParseCargoCommand({"build"})), "");
  EXPECT_EQ(p.ForeignCrateType(ParseCargoCommand({"build", "--workspace"})),
            "staticlib");
}

TEST(CargoProject, LibrariesOfTwoKindsThatTheCommandNeeds) {
  CargoProject p = *ParseCargoMetadata(R"json({
    "workspace_default_members": ["id-app"],
    "packages": [
      {"name": "app", "id": "id-app",
       "dependencies": [{"name": "mid"}, {"name": "elsewhere"}, 7],
       "targets": [{"name": "app", "kind": ["bin"], "crate_types": ["bin"]}]},
      {"name": "mid", "id": "id-mid", "dependencies": [{"name": "both"}],
       "targets": [{"name": "mid", "kind": ["lib"], "crate_types": ["lib"]}]},
      {"name": "both", "id": "id-both", "targets": [
        {"name": "shown", "kind": ["example"], "crate_types": ["cdylib", "rlib"]},
        {"name": "both", "kind": ["cdylib", "rlib"],
         "crate_types": ["cdylib", "rlib"]}]},
      {"name": "c-only", "id": "id-c", "targets": [
        {"name": "c_only", "kind": ["cdylib"], "crate_types": ["cdylib"]}]},
      {"name": "other", "id": "id-o", "targets": [
        {"name": "other", "kind": ["cdylib", "lib"],
         "crate_types": ["cdylib", "lib"]}]}]})json");
  auto found = [&](std::vector<std::string> words) {
    return p.LibraryOfTwoKinds(ParseCargoCommand(words));
  };
  EXPECT_EQ(found({"build"}), "both");
  EXPECT_EQ(found({"build", "-p", "other"}), "other");
  EXPECT_EQ(found({"build", "-p", "c-only"}), "");
  EXPECT_EQ(found({"build", "--workspace"}), "both");
  EXPECT_EQ(found({"build", "--workspace", "--exclude", "app", "--exclude",
                   "mid", "--exclude", "both"}),
            "other");
  p.dependencies.erase("mid");
  EXPECT_EQ(found({"build"}), "");
}

TEST(CargoProject, LeavesThatACommandMakes) {
  CargoProject p = *ParseCargoMetadata(R"json({
    "workspace_default_members": ["id-one"],
    "packages": [
      {"name": "one", "id": "id-one",
       "features": {"default": ["a"], "a": ["b"], "b": [], "more": []},
       "targets": [
        {"name": "one", "kind": ["bin"], "test": true},
        {"name": "more", "kind": ["bin"], "test": true,
         "required-features": ["more"]},
        {"name": "one", "kind": ["lib"], "crate_types": ["lib"], "test": true},
        {"name": "it", "kind": ["test"]}, {"name": "ex", "kind": ["example"]},
        {"name": "usual", "kind": ["example"], "required-features": ["b"]},
        {"name": "b", "kind": ["bench"]}, {"name": "s", "kind": ["custom-build"]},
        {"name": "m", "kind": ["proc-macro"], "test": true}]},
      {"name": "two", "id": "id-two", "targets": [
        {"name": "two", "kind": ["bin"], "test": false},
        {"name": "two", "kind": ["cdylib"], "crate_types": ["cdylib"]}]}]})json");
  const std::pair<std::vector<std::string>, int> kCases[] = {
      {{"build"}, 1},
      {{"build", "--all-features"}, 2},
      {{"build", "--lib"}, 0},
      {{"build", "--workspace"}, 3},
      {{"build", "--workspace", "--exclude", "one"}, 2},
      {{"build", "--workspace", "--bins"}, 2},
      {{"build", "--workspace", "--bin", "two"}, 1},
      {{"build", "-p", "two"}, 2},
      {{"build", "--examples"}, 2},
      {{"build", "-p", "two@0.1.0"}, 2},
      {{"build", "-p", "*"}, 3},
      {{"build", "-Fmore"}, 2},
      // Tests are given the program.
      {{"build", "--test=it"}, 2},
      {{"run", "--workspace"}, 1},
      // The program and its tests, those of the library, it, both examples.
      {{"test"}, 6},
      {{"test", "--lib"}, 1},
      {{"test", "--test", "it"}, 2},
      {{"bench"}, 4},
  };
  for (const auto& [words, leaves] : kCases) {
    EXPECT_EQ(p.CountLeaves(ParseCargoCommand(words)), leaves)
        << words[0] << " " << words.back();
  }
  EXPECT_EQ(CargoProject().CountLeaves(ParseCargoCommand({"test"})), 0);
}

TEST(CargoProject, AFolderWithDepsIsNotCold) {
  const std::string folder =
      ::testing::TempDir() + "/cold" + std::to_string(getpid());
  CargoProject p;
  p.target_directory = folder;
  const CargoCommand build = ParseCargoCommand({"build", "--release"});
  EXPECT_TRUE(p.NothingCompiled(build, "release"));
  std::filesystem::create_directories(folder + "/release/deps");
  EXPECT_FALSE(p.NothingCompiled(build, "release"));
  EXPECT_FALSE(p.NothingCompiled(build, "bench"));
  EXPECT_TRUE(p.NothingCompiled(
      ParseCargoCommand({"build", "--release", "--target-dir", "/none"}),
      "release"));
  EXPECT_TRUE(p.NothingCompiled(build, "other"));
  EXPECT_TRUE(p.NothingCompiled(
      ParseCargoCommand({"build", "--release", "--target", "x"}), "release"));
  std::filesystem::remove_all(folder);
}

TEST(CargoProject, OtherOutputIsAnErrorAndMissingFieldsAreNot) {
  EXPECT_FALSE(ParseCargoMetadata("error: no such file").ok());
  EXPECT_FALSE(ParseCargoMetadata("[]").ok());
  EXPECT_TRUE(ParseCargoMetadata("{}").ok());
  EXPECT_TRUE(
      ParseCargoMetadata(R"({"packages": [1, {"targets": [2]}]})").ok());
}

}  // namespace
}  // namespace dfe
