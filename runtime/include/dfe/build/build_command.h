// `dfe build` and `cargo dfe`: the user's own build, accelerated.
#ifndef DFE_BUILD_BUILD_COMMAND_H_
#define DFE_BUILD_BUILD_COMMAND_H_

#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "dfe/base/options.h"
#include "dfe/base/subprocess.h"

namespace dfe {

absl::Span<const OptionSpec> BuildOptions();

// Runs the user's command with changes to its environment, and passes signals
// on to it.
using Environment =
    std::vector<std::pair<std::string, std::optional<std::string>>>;
using CommandRunner =
    std::function<absl::StatusOr<SubprocessResult>(Environment)>;

// A kind of project that is not cargo's.
struct ProjectKind {
  // The command that builds what is in a folder; empty if it is not this kind.
  std::function<std::vector<std::string>(const std::string& directory)>
      default_command;
  // Builds; nothing if the command is for another kind.
  std::function<std::optional<absl::StatusOr<int>>(
      const ParsedOptions& options, const std::vector<std::string>& words,
      const std::string& directory, const CommandRunner& run,
      std::ostream& notes)>
      build;
  // What puts dfe-cc in the place of the compilers of PATH, for the build
  // scripts of cargo's packages.
  std::function<absl::StatusOr<Environment>(const std::string& cache)>
      compilers;
};

// For who reads what the command prints: `dfe build --verify`.
struct CapturedBuild {
  bool plain = false;   // run the command as it is
  std::string out;      // its standard output
  int accelerated = 0;  // units, of those that it compiled
};

// `options.rest` is the command; empty: `cargo build --release` when there is
// a manifest here or above, else what `other` builds a folder with. Returns the
// exit code for the user. Errors: only for wrong use (nothing to build) or,
// with --strict, for faults of our own.
absl::StatusOr<int> RunBuild(const ParsedOptions& options, std::ostream& notes,
                             const ProjectKind& other,
                             CapturedBuild* captured = nullptr);

// `dfe probe-linker -- RUSTC WORDS…`: for dispatch, when a unit names a linker
// that the plan did not foresee. Exit code 0: late links work.
absl::StatusOr<int> RunProbeLinker(const ParsedOptions& options);

}  // namespace dfe

#endif  // DFE_BUILD_BUILD_COMMAND_H_
