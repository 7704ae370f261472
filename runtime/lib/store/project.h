// What explain and stats share: the index of a run's options, and the project
// that they speak of.
#ifndef DFE_LIB_STORE_PROJECT_H_
#define DFE_LIB_STORE_PROJECT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dfe/base/options.h"
#include "dfe/store/store.h"

namespace dfe::store {

// The index, or nothing if there is none yet: looking must not make one.
absl::StatusOr<std::optional<Store>> OpenExisting(const std::string& root);

// --project, or else the current folder, as an absolute path without links.
absl::StatusOr<std::string> ProjectFolder(const ParsedOptions& options);

// The nearest folder upwards from `folder` with a recorded build, or "".
absl::StatusOr<std::string> RecordedProject(const std::string& folder,
                                            Store* store);

// 1234567 -> "1.23 s", 1234 -> "1.2 ms", 12 -> "12 us".
std::string TimeText(int64_t microseconds);
// 1234567 -> "1.2 MiB", 12 -> "12 B".
std::string SizeText(int64_t bytes);

// Lines of cells under each other, two spaces between columns, each line
// indented by two. Columns from `first_number` on are aligned to the right.
using TextRows = std::vector<std::vector<std::string>>;
std::string TextTable(const TextRows& rows, size_t first_number);

// The median; of an even number, between the middle two. 0 for none.
int64_t Median(std::vector<int64_t> values);

}  // namespace dfe::store

#endif  // DFE_LIB_STORE_PROJECT_H_
