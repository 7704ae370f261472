// What cargo metadata says about leaf units and foreign crate types.
#include "dfe/build/cargo_project.h"

#include <gtest/gtest.h>

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

int Leaves(const std::vector<std::string>& words) {
  return ParseCargoMetadata(kWorkspace)->LeafUnits(ParseCargoCommand(words));
}

TEST(CargoProject, CountsThePrograms) {
  EXPECT_EQ(Leaves({"build"}), 1);
  EXPECT_EQ(Leaves({"build", "--workspace"}), 2);
  EXPECT_EQ(Leaves({"build", "-p", "ffi"}), 1);
  // The program, three harnesses and the example.
  EXPECT_EQ(Leaves({"test"}), 5);
  EXPECT_EQ(Leaves({"test", "--test", "it"}), 1);
  EXPECT_EQ(Leaves({"test", "--lib"}), 1);
}

TEST(CargoProject, ForeignCrateTypesOfSelectedMembersOnly) {
  CargoProject p = *ParseCargoMetadata(kWorkspace);
  EXPECT_EQ(p.ForeignCrateType(ParseCargoCommand({"build"})), "");
  EXPECT_EQ(p.ForeignCrateType(ParseCargoCommand({"build", "--workspace"})),
            "staticlib");
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
