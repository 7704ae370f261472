// What a cargo command line asks for, as far as the plan depends on it.
#ifndef DFE_BUILD_CARGO_COMMAND_H_
#define DFE_BUILD_CARGO_COMMAND_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace dfe {

struct CargoCommand {
  std::string toolchain;  // "+nightly", or empty
  std::string
      subcommand;       // build, test, bench, run, install, …; aliases b, t, r
  std::string profile;  // release, dev, bench, or a custom one
  std::string manifest_path;
  std::string target;               // --target, empty for the host
  std::string target_directory;     // --target-dir
  std::vector<std::string> config;  // --config values
  int jobs = 0;                     // -j; 0 = not given, or not a number
  bool jobs_given = false;
  bool timings = false;               // --timings
  bool compiles = false;              // a subcommand that generates code
  bool workspace = false;             // --workspace, --all
  std::vector<std::string> packages;  // -p
  std::vector<std::string> excluded;  // --exclude
  // --bin=NAME, --test=NAME, …, --lib, --bins, …, --all-targets; empty: cargo's
  // own choice.
  std::vector<std::string> targets;
  bool features = false;  // some are asked for: --features, --all-features
};

// `words` follow the word "cargo". Words after "--" belong to the program that
// cargo runs and are not read.
CargoCommand ParseCargoCommand(const std::vector<std::string>& words);

}  // namespace dfe

#endif  // DFE_BUILD_CARGO_COMMAND_H_
