// The folders beside the index, and how they are kept small.
//
//   lto/      lld's ThinLTO cache
//   objects/  <compiler>/: object code of deferred programs, by the compiler;
//             cc/: of C and C++ that build scripts compile
//   seeds/    <project>/<profile>/<compiler>/<leaf>.seeds: symbols that the
//             link kept; <leaf>.needs, shared.deferred: functions, by the
//             compiler; names/<compiler>/<library>.names: their symbols
//   maps/     <project>/<profile>/<compiler>/<leaf>.live: as seeds, with sizes,
//             for `dfe explain`
//   headers/  records of C and C++ files, precompiled headers
//   bans/     headers that `dfe verify` banned (header_bans.h): not one of the
//             five that are counted, pruned and made again
//
// <project> and <compiler> are hashes, of its path and of all that is known of
// it (RustToolchain::identity).
//
// Every step down is an openat with O_NOFOLLOW and every removal an unlinkat:
// a symbolic link is removed itself, never followed, so nothing outside the
// cache root can be deleted, whatever somebody puts into it meanwhile.
#ifndef DFE_STORE_CACHE_FOLDERS_H_
#define DFE_STORE_CACHE_FOLDERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace dfe::store {

// What `dfe clean` takes.
enum class CleanTarget {
  kLto,
  kObjects,
  kSeeds,
  kMaps,
  kHeaders,
  kIndex,
  kBans,
  kAll
};

// InvalidArgument for an unknown word, naming the nearest.
absl::StatusOr<CleanTarget> CleanTargetFromName(absl::string_view name);

// Removes it; returns the bytes freed on disk. kIndex also removes
// index.db.bad, kBans only rows of the index and bans/, kAll everything that
// dfe makes in the root but no file of others. What is absent counts 0.
absl::StatusOr<int64_t> Clean(const std::string& root, CleanTarget target);

// Removes files of the five folders that were not used for longer than
// `max_age`, then the oldest until all of them together have at most
// `max_bytes`. Returns the bytes freed. Either limit may be infinite
// (absl::InfiniteDuration(), a negative number).
absl::StatusOr<int64_t> Prune(const std::string& root, int64_t max_bytes,
                              absl::Duration max_age);

// The same with the limits of a build: a machine that builds much fills 4 GiB
// in weeks, and a project that was not built for a month is cold anyway.
absl::StatusOr<int64_t> PruneAfterBuild(const std::string& root);

struct FolderSize {
  std::string name;  // lto, objects, seeds, maps, headers, index
  int64_t bytes = 0;
  int64_t files = 0;
};
// In the order lto, objects, seeds, maps, headers, index; what is absent has 0
// files.
absl::StatusOr<std::vector<FolderSize>> FolderSizes(const std::string& root);

}  // namespace dfe::store

#endif  // DFE_STORE_CACHE_FOLDERS_H_
