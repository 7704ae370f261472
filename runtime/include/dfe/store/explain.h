// `dfe explain [SYMBOL|CRATE]`: why the last build of a project was what it
// was.
//
// Without an argument: strategies and reasons of its units, what the links
// kept by crate, a ban if there is one. With a crate: its units, costs and what
// survived of it. With anything else: the live symbols whose mangled or
// readable name contains it.
#ifndef DFE_STORE_EXPLAIN_H_
#define DFE_STORE_EXPLAIN_H_

#include <ostream>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "dfe/base/options.h"

namespace dfe::store {

// Options of this command alone. It also reads --store, --project and --json,
// which are declared for all commands.
absl::Span<const OptionSpec> ExplainOptions();

// The exit code: 0 found, 1 nothing recorded (the text says how to get it).
absl::StatusOr<int> RunExplain(const ParsedOptions& options, std::ostream& out);

}  // namespace dfe::store

#endif  // DFE_STORE_EXPLAIN_H_
