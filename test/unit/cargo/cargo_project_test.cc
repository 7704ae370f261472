// What cargo metadata says about foreign crate types.
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
