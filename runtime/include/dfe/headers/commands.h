// `dfe plan`, `dfe verify`, and what `dfe build` does for C and C++.
#ifndef DFE_HEADERS_COMMANDS_H_
#define DFE_HEADERS_COMMANDS_H_

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "dfe/base/options.h"
#include "dfe/build/build_command.h"
#include "dfe/headers/project.h"

namespace dfe::headers {

absl::Span<const OptionSpec> HeaderOptions();

// The project in the folder that the command line names, or in this one,
// planned for.
absl::StatusOr<Project> ProjectOf(const ParsedOptions& options);

absl::StatusOr<int> RunPlan(const ParsedOptions& options, std::ostream& out);
absl::StatusOr<int> RunVerify(const ParsedOptions& options, std::ostream& out);

// The command that builds the project in `directory` if it is one of CMake's
// or has a compile_commands.json; empty if not.
std::vector<std::string> DefaultCommand(const std::string& directory);

// Builds a C or C++ project: nothing if `words` are for none that we know. The
// exit code is the command's.
std::optional<absl::StatusOr<int>> RunHeaderBuild(
    const ParsedOptions& options, const std::vector<std::string>& words,
    const std::string& directory, const CommandRunner& run,
    std::ostream& notes);

// What puts dfe-cc in the place of the compilers of PATH, see
// dfe/dispatch/cc_objects.h.
absl::StatusOr<Environment> CompilersOfBuildScripts(const std::string& cache);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_COMMANDS_H_
