// The seeds of a project: what its last links kept, as one file for the plugin,
// and what several of its programs needed, as one file for the compiler.
#ifndef DFE_BUILD_SEEDS_H_
#define DFE_BUILD_SEEDS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dfe {

// Unites all `*.seeds` of `folder` (store::SeedsFolder: one for each leaf)
// into the seed file `out`. Returns the number of names; 0 if there is nothing
// to unite, and `out` is not written then. A damaged file among them is an
// error: a build without seeds is right too.
absl::StatusOr<size_t> UniteSeeds(const std::string& folder,
                                  const std::string& out);

// Deferred functions that at least two leaves of a project needed are better
// compiled once, in their libraries. Counts them over all `*.needs` of
// `folder`, which the compiler wrote (-Z dead-fn-elimination=emit:), and writes
// `out` for it (seeds:) in one step. Both are text: a line
// `rustc-dead-fn-elimination 1 VERSION`, 32 hex digits a line, a line `end`.
// Files of another version, or damaged ones, do not count.
//
// What libraries compile no leaf needs to, so leaves do not name it again: the
// functions in an `out` of the same version are kept. Starting over is
// `dfe clean seeds`, or another compiler.
//
// Returns how many functions `out` has; 0 if there are none, and no file then.
absl::StatusOr<size_t> ShareNeeds(const std::string& folder,
                                  absl::string_view version,
                                  const std::string& out);

}  // namespace dfe

#endif  // DFE_BUILD_SEEDS_H_
