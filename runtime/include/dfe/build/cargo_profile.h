// What a cargo profile says about code generation, as cargo would resolve it.
#ifndef DFE_BUILD_CARGO_PROFILE_H_
#define DFE_BUILD_CARGO_PROFILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dfe {

struct CargoProfile {
  std::string name;
  int codegen_units = 0;  // 0: not set anywhere
  std::string lto;        // "" (not set), "off", "thin", "fat"
  std::string opt_level;  // "0".."3", "s", "z"; "" for custom roots
  bool incremental = false;
  bool debug_assertions = false;
  // Packages with `codegen-units` of their own ([profile.X.package.Y]): their
  // units will not carry the plan's marker and stay plain.
  std::vector<std::string> own_units;

  bool asks_for_lto() const { return lto == "thin" || lto == "fat"; }
};

// Resolves `name` from, later ones winning: cargo's defaults, the workspace
// root's manifest (following `inherits`), the config files from `directory`
// upward and in $CARGO_HOME, and CARGO_PROFILE_… variables. `env` holds
// NAME=value strings. Source: the cargo book, "Profiles" and "Configuration".
//
// Errors: InvalidArgument when a file does not parse or the profile is not
// defined; the caller then builds plainly.
absl::StatusOr<CargoProfile> ResolveCargoProfile(
    absl::string_view name, const std::string& manifest_path,
    const std::string& directory, const std::vector<std::string>& env);

// The environment name that sets a key of a profile:
// ("release-lto", "codegen-units") -> CARGO_PROFILE_RELEASE_LTO_CODEGEN_UNITS.
std::string ProfileVariable(absl::string_view profile, absl::string_view key);

}  // namespace dfe

#endif  // DFE_BUILD_CARGO_PROFILE_H_
