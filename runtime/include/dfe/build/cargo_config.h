// cargo's configuration files, found and read as cargo does.
#ifndef DFE_BUILD_CARGO_CONFIG_H_
#define DFE_BUILD_CARGO_CONFIG_H_

// Header only: the packaged shared library has the throwing parser alone.
#ifndef TOML_EXCEPTIONS
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
// What it asserts of "[" before a line break, for one, is what it finds to be a
// mistake in the next line.
#define TOML_ASSERT(expr) static_assert(true)
#endif
#include <toml++/toml.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dfe {

// The value of NAME in a list of NAME=value strings, the last one if there are
// several.
std::optional<std::string> EnvValue(const std::vector<std::string>& env,
                                    absl::string_view name);

// Errors: InvalidArgument with file, line and what the parser said.
absl::StatusOr<toml::table> ParseToml(const std::string& path);

// cargo's folder of the user, or "" if the environment does not tell.
std::string CargoHome(const std::vector<std::string>& env);

// `.cargo/config.toml` (or `config`) from $CARGO_HOME and from the root down to
// `directory`: weakest first. `env` holds NAME=value strings.
// Source: the cargo book, "Configuration", "Hierarchical structure".
absl::StatusOr<std::vector<toml::table>> LoadCargoConfigs(
    const std::string& directory, const std::vector<std::string>& env);

// The compiler wrapper that cargo would call without us: RUSTC_WRAPPER,
// CARGO_BUILD_RUSTC_WRAPPER, build.rustc-wrapper; "" if there is none. A path
// with a folder is relative to `directory` in a variable, to the folder that
// holds .cargo in a file, and is made absolute.
std::string ConfiguredRustcWrapper(const std::vector<toml::table>& configs,
                                   const std::string& directory,
                                   const std::vector<std::string>& env);

}  // namespace dfe

#endif  // DFE_BUILD_CARGO_CONFIG_H_
