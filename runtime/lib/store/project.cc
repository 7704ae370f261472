// Finding the project and its records, and numbers for people.
#include "project.h"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace dfe::store {

absl::StatusOr<std::optional<Store>> OpenExisting(const std::string& root) {
  std::error_code error;
  if (root.empty() || !std::filesystem::exists(root + "/index.db", error)) {
    return std::optional<Store>();
  }
  absl::StatusOr<Store> store = Store::Open(root);
  if (!store.ok()) return store.status();
  return std::optional<Store>(*std::move(store));
}

absl::StatusOr<std::string> ProjectFolder(const ParsedOptions& options) {
  std::string named = options.Text("project");
  std::error_code error;
  std::filesystem::path folder =
      std::filesystem::canonical(named.empty() ? "." : named, error);
  if (error) {
    return absl::NotFoundError(
        absl::StrCat("project: ", named.empty() ? "." : named,
                     ": expected a folder, got: ", error.message()));
  }
  return folder.string();
}

absl::StatusOr<std::string> RecordedProject(const std::string& folder,
                                            Store* store) {
  for (std::filesystem::path path = folder;; path = path.parent_path()) {
    absl::StatusOr<std::vector<BuildRecord>> builds =
        store->Builds(path.string());
    if (!builds.ok()) return builds.status();
    if (!builds->empty()) return path.string();
    if (path == path.parent_path()) return std::string();
  }
}

std::string TimeText(int64_t microseconds) {
  double seconds = static_cast<double>(microseconds) / 1e6;
  if (microseconds < 1000) return absl::StrCat(microseconds, " us");
  if (microseconds < 1000000) return absl::StrFormat("%.1f ms", seconds * 1e3);
  return absl::StrFormat("%.2f s", seconds);
}

std::string SizeText(int64_t bytes) {
  double kib = static_cast<double>(bytes) / 1024;
  if (bytes < 1024) return absl::StrCat(bytes, " B");
  if (kib < 1024) return absl::StrFormat("%.1f KiB", kib);
  if (kib < 1024 * 1024) return absl::StrFormat("%.1f MiB", kib / 1024);
  return absl::StrFormat("%.2f GiB", kib / 1024 / 1024);
}

std::string TextTable(const TextRows& rows, size_t first_number) {
  std::vector<size_t> widths;
  for (const std::vector<std::string>& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  std::string text;
  for (const std::vector<std::string>& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      std::string fill(widths[i] - row[i].size(), ' ');
      absl::StrAppend(&line, "  ", i < first_number ? "" : fill, row[i],
                      i < first_number ? fill : "");
    }
    absl::StrAppend(&text, absl::StripTrailingAsciiWhitespace(line), "\n");
  }
  return text;
}

int64_t Median(std::vector<int64_t> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return std::midpoint(values[middle - 1], values[middle]);
}

}  // namespace dfe::store
