// `dfe stats`: what the index knows, in numbers: builds of each project, the
// first against the later ones, units by strategy, the time that dispatch
// itself took, sizes of the cache, fallbacks.
#ifndef DFE_STORE_STATS_H_
#define DFE_STORE_STATS_H_

#include <ostream>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "dfe/base/options.h"

namespace dfe::store {

// Options of this command alone. It also reads --store, --project and --json,
// which are declared for all commands.
absl::Span<const OptionSpec> StatsOptions();

// The exit code: 0, or 1 if no build is recorded.
absl::StatusOr<int> RunStats(const ParsedOptions& options, std::ostream& out);

}  // namespace dfe::store

#endif  // DFE_STORE_STATS_H_
