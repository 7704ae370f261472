// `dfe build` and `cargo dfe`: the user's own build, accelerated.
#ifndef DFE_BUILD_BUILD_COMMAND_H_
#define DFE_BUILD_BUILD_COMMAND_H_

#include <ostream>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "dfe/base/options.h"

namespace dfe {

absl::Span<const OptionSpec> BuildOptions();

// `options.rest` is the command; empty: `cargo build --release` when there is
// a manifest here or above. Returns the exit code for the user.
// Errors: only for wrong use (nothing to build) or, with --strict, for faults
// of our own.
absl::StatusOr<int> RunBuild(const ParsedOptions& options, std::ostream& notes);

// `dfe probe-linker -- RUSTC WORDS…`: for dispatch, when a unit names a linker
// that the plan did not foresee. Exit code 0: late links work.
absl::StatusOr<int> RunProbeLinker(const ParsedOptions& options);

}  // namespace dfe

#endif  // DFE_BUILD_BUILD_COMMAND_H_
