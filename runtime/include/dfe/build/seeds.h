// The seeds of a project: what its last links kept, as one file for the plugin.
#ifndef DFE_BUILD_SEEDS_H_
#define DFE_BUILD_SEEDS_H_

#include <string>

#include "absl/status/statusor.h"

namespace dfe {

// Unites all `*.seeds` of `folder` (store::SeedsFolder: one for each leaf)
// into the seed file `out`. Returns the number of names; 0 if there is nothing
// to unite, and `out` is not written then. A damaged file among them is an
// error: a build without seeds is right too.
absl::StatusOr<size_t> UniteSeeds(const std::string& folder,
                                  const std::string& out);

}  // namespace dfe

#endif  // DFE_BUILD_SEEDS_H_
