// The linker and the rustflags that cargo will hand to the units of a target.
#ifndef DFE_BUILD_CARGO_FLAGS_H_
#define DFE_BUILD_CARGO_FLAGS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dfe/build/cargo_command.h"
#include "dfe/build/cargo_config.h"
#include "dfe/build/toolchain.h"

namespace dfe {

// Where cargo looks for them. Nothing here is read from the process itself.
struct CargoFlagSources {
  const std::vector<toml::table>& configs;  // weakest first
  const std::vector<std::string>& options;  // --config KEY=VALUE words
  const std::vector<std::string>& env;      // NAME=value
  std::string directory;                    // where cargo runs
  std::string target;                       // --target, or empty
  std::string host;                         // "x86_64-unknown-linux-gnu"
  // The lines of `rustc --print cfg`; asked only if a [target.'cfg(…)'] table
  // needs them.
  std::function<std::string()> print_cfg;
};

// The words after the compiler: --target, -C linker=…, and the rustflags, in
// cargo's order. What cannot be understood is left out: the words are a guess,
// by which the linker is tried before the build and not at its end.
// Source: the cargo book, "Configuration", build.rustflags and target.
std::vector<std::string> CargoLinkerWords(const CargoFlagSources& from);

// The compiler, and CargoLinkerWords for cargo run in `directory` with
// `command`, as cargo's settings there tell. Errors: those of LoadCargoConfigs.
absl::StatusOr<std::vector<std::string>> ExpectedRustcWords(
    const RustToolchain& toolchain, const CargoCommand& command,
    const std::string& directory, const std::vector<std::string>& environment);

// Whether `expression`, such as cfg(all(unix, target_os = "linux")), holds for
// the lines of `rustc --print cfg`. One that does not parse does not hold.
bool CfgHolds(absl::string_view expression, absl::string_view lines);

}  // namespace dfe

#endif  // DFE_BUILD_CARGO_FLAGS_H_
