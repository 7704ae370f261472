// `dfe build --verify`: is what dfe makes of a project what cargo makes of it?
#ifndef DFE_BUILD_VERIFY_BUILD_H_
#define DFE_BUILD_VERIFY_BUILD_H_

#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "dfe/base/options.h"
#include "dfe/build/build_command.h"

namespace dfe {

absl::Span<const OptionSpec> VerifyOptions();

// True if --verify or --verify-run was given.
bool WantsVerify(const ParsedOptions& options);

// Builds with dfe, as RunBuild does, then without it in the folder `dfe-verify`
// of the project's target folder, which stays there for the next time. Compares
// exit codes, which programs and dynamic libraries there are, their dynamic
// symbols and, with --verify-run, what each program prints (standard output)
// and how it ends; tells of each the ratio of the stripped sizes.
//
// The exit code is that of the build without dfe, or 1 if that is 0 and
// anything differs. Errors: those of RunBuild, a command that is not
// `cargo build`, a program that cannot be run.
absl::StatusOr<int> RunVerifiedBuild(const ParsedOptions& options,
                                     std::ostream& notes,
                                     const ProjectKind& other);

// A file that a build is made for.
struct BuiltProgram {
  std::string name;  // kind and name of cargo's target: "bin app"
  std::string path;
  bool runs = false;  // false: a dynamic library
};

// Those that cargo tells of with --message-format=json, sorted by name. Lines
// that are no such message are passed over.
std::vector<BuiltProgram> BuiltPrograms(absl::string_view messages);

}  // namespace dfe

#endif  // DFE_BUILD_VERIFY_BUILD_H_
