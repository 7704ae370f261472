// `dfe clean [WHAT…]`: removes what dfe keeps in the cache root, and prints the
// bytes freed. WHAT: lto, objects, seeds, maps, index, bans, all. Without it
// the four folders, which the next build makes again; with a limit option only
// what exceeds the limit. With --project, `bans` forgets only that project's.
#ifndef DFE_STORE_CLEAN_H_
#define DFE_STORE_CLEAN_H_

#include <ostream>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "dfe/base/options.h"

namespace dfe::store {

// Options of this command alone. It also reads --store, --project and --json,
// which are declared for all commands.
absl::Span<const OptionSpec> CleanOptions();

// The exit code, 0. InvalidArgument for an unknown WHAT.
absl::StatusOr<int> RunClean(const ParsedOptions& options, std::ostream& out);

}  // namespace dfe::store

#endif  // DFE_STORE_CLEAN_H_
