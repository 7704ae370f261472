// What will be built: the workspace as `cargo metadata` describes it.
#ifndef DFE_BUILD_CARGO_PROJECT_H_
#define DFE_BUILD_CARGO_PROJECT_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dfe/build/cargo_command.h"

namespace dfe {

struct CargoTarget {
  std::string package;
  std::string name;
  std::string kind;  // bin, lib, test, example, bench, custom-build, …
  std::vector<std::string> crate_types;  // as rustc is told
  bool has_tests = false;                // `cargo test` makes a program of it
  bool needs_features = false;  // more than those that are on by default
};

struct CargoProject {
  std::string root;  // the workspace's folder
  std::string target_directory;
  std::vector<std::string> packages;          // the workspace's members
  std::vector<std::string> default_packages;  // those built without -p
  std::vector<CargoTarget> targets;           // of all members
  // What each member depends on by name, other members or not.
  std::map<std::string, std::vector<std::string>> dependencies;

  // Crate types among the selected members that only foreign linkers or
  // programs use (staticlib, dylib), "" if there are none.
  std::string ForeignCrateType(const CargoCommand& command) const;
  // The first library, of a selected member or of one that such a member needs,
  // that is made for Rust and as a cdylib by one call of the compiler; "" if
  // there is none.
  std::string LibraryOfTwoKinds(const CargoCommand& command) const;
  // How many programs, tests and C libraries the command makes, as far as that
  // can be told: each compiles what its libraries deferred. Too many rather
  // than too few.
  int CountLeaves(const CargoCommand& command) const;
  // True if cargo's folder for the profile has nothing compiled in it yet.
  bool NothingCompiled(const CargoCommand& command,
                       const std::string& profile) const;

 private:
  bool Selected(const CargoCommand& command, const CargoTarget& target) const;
};

// Runs `cargo metadata --no-deps` (about 20 ms). `cargo` is the program's path
// or name. Errors: what cargo said.
absl::StatusOr<CargoProject> LoadCargoProject(const std::string& cargo,
                                              const CargoCommand& command,
                                              const std::string& directory);
// The part without a process, for tests. `json` is cargo's output.
absl::StatusOr<CargoProject> ParseCargoMetadata(const std::string& json);

}  // namespace dfe

#endif  // DFE_BUILD_CARGO_PROJECT_H_
