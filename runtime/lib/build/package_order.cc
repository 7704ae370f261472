// The lock file, then the graph, then sources on disk.
#include "dfe/build/package_order.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <variant>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "dfe/format/envelope.h"

namespace dfe {
namespace {

namespace fs = std::filesystem;

// Packages by way of which build scripts compile C, or configure what does.
constexpr absl::string_view kCompilersOfC[] = {
    "autotools", "cc", "cmake", "cxx-build", "gcc", "meson-next", "nasm-rs"};

// For a package whose source is not found (of the workspace, or of a vendored
// folder): as one of the registry in the middle.
constexpr int64_t kUnknownWeight = 50'000;

bool IsIn(absl::Span<const absl::string_view> list, absl::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// What stands between quotes in a line.
void AddQuoted(absl::string_view line, std::vector<std::string>* words) {
  const std::vector<absl::string_view> parts = absl::StrSplit(line, '"');
  for (size_t i = 1; i + 1 < parts.size(); i += 2)
    words->emplace_back(parts[i]);
}

// The sizes of the files below `folder` that have one of the endings.
int64_t Bytes(const fs::path& folder,
              absl::Span<const absl::string_view> endings) {
  int64_t bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end;
       !error && at != end; at.increment(error)) {
    std::error_code unreadable;
    if (IsIn(endings, at->path().extension().string()) &&
        at->is_regular_file(unreadable)) {
      const uintmax_t size = at->file_size(unreadable);
      if (!unreadable) bytes += static_cast<int64_t>(size);
    }
  }
  return bytes;
}

}  // namespace

absl::StatusOr<std::vector<LockedPackage>> ParseCargoLock(
    const std::string& text) {
  std::vector<LockedPackage> packages;
  std::vector<std::vector<std::string>> needed;  // by each, as it is written
  bool in_package = false;
  bool in_list = false;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (in_list || absl::ConsumePrefix(&line, "dependencies = [")) {
      in_list = !absl::StrContains(line, ']');
      if (in_package) AddQuoted(line, &needed.back());
    } else if (absl::StartsWith(line, "[")) {
      in_package = absl::StartsWith(line, "[[package]]");
      if (in_package) {
        packages.emplace_back();
        needed.emplace_back();
      }
    } else if (in_package) {
      std::vector<std::string> value;
      AddQuoted(line, &value);
      if (value.empty()) continue;
      if (absl::StartsWith(line, "name = ")) packages.back().name = value[0];
      if (absl::StartsWith(line, "version = ")) {
        packages.back().version = value[0];
      }
    }
  }
  if (packages.empty()) {
    return absl::InvalidArgumentError(
        "Cargo.lock: expected packages, found none");
  }
  // "NAME" and "NAME VERSION"; a source may follow where these are not enough.
  absl::flat_hash_map<std::string, size_t> numbers;
  for (size_t i = 0; i < packages.size(); ++i) {
    numbers.emplace(packages[i].name, i);
    numbers.emplace(absl::StrCat(packages[i].name, " ", packages[i].version),
                    i);
  }
  for (size_t i = 0; i < packages.size(); ++i) {
    for (const std::string& entry : needed[i]) {
      const std::vector<std::string> words = absl::StrSplit(entry, ' ');
      packages[i].compiles_c |= IsIn(kCompilersOfC, words[0]);
      const auto found = numbers.find(
          words.size() > 1 ? absl::StrCat(words[0], " ", words[1]) : words[0]);
      if (found != numbers.end() && !words[0].empty()) {
        packages[i].dependencies.push_back(found->second);
      }
    }
  }
  return packages;
}

std::vector<int64_t> WaysToTheEnd(const std::vector<LockedPackage>& packages,
                                  const std::vector<int64_t>& weights) {
  std::vector<std::vector<size_t>> dependents(packages.size());
  for (size_t i = 0; i < packages.size(); ++i) {
    for (size_t needed : packages[i].dependencies) {
      dependents[needed].push_back(i);
    }
  }
  // Depth first, without recursion: chains can be as long as the list.
  enum class State { kNew, kOpen, kDone };
  std::vector<State> states(packages.size(), State::kNew);
  std::vector<int64_t> ways(packages.size(), 0);
  for (size_t root = 0; root < packages.size(); ++root) {
    std::vector<size_t> open = {root};
    while (!open.empty()) {
      const size_t at = open.back();
      if (states[at] == State::kNew) {
        states[at] = State::kOpen;
        for (size_t next : dependents[at]) {
          if (states[next] == State::kNew) open.push_back(next);
        }
        continue;
      }
      open.pop_back();
      if (states[at] == State::kDone) continue;
      states[at] = State::kDone;
      int64_t longest = 0;
      for (size_t next : dependents[at]) {
        // One that is still open is in a circle with this.
        if (states[next] == State::kDone) {
          longest = std::max(longest, ways[next]);
        }
      }
      ways[at] = weights[at] + longest;
    }
  }
  return ways;
}

int64_t WeightOfSource(const std::string& folder, bool compiles_c) {
  static constexpr absl::string_view kRust[] = {".rs"};
  static constexpr absl::string_view kC[] = {".c",   ".cc", ".cpp",
                                             ".cxx", ".S",  ".s"};
  const int64_t rust = Bytes(fs::path(folder) / "src", kRust);
  return compiles_c ? rust + 2 * Bytes(folder, kC) : rust;
}

int64_t PackageOrder::Of(const std::string& name, const std::string& version) {
  if (!loaded_) Load();
  const auto found = order_.find({name, version});
  return found == order_.end() ? 0 : found->second;
}

void PackageOrder::Load() {
  loaded_ = true;
  auto text = ReadFile(lock_);
  const auto* bytes = std::get_if<std::string>(&text);
  if (bytes == nullptr) return;
  const absl::StatusOr<std::vector<LockedPackage>> packages =
      ParseCargoLock(*bytes);
  if (!packages.ok()) return;
  std::vector<std::string> indices;
  std::error_code error;
  for (fs::directory_iterator at(registry_, error), end; !error && at != end;
       at.increment(error)) {
    indices.push_back(at->path().string());
  }
  std::vector<int64_t> weights;
  for (const LockedPackage& package : *packages) {
    int64_t weight = 0;
    const std::string folder = absl::StrCat(package.name, "-", package.version);
    for (const std::string& index : indices) {
      // A name that leads elsewhere could have us look at the whole disk.
      if (weight > 0 || absl::StrContains(folder, '/')) break;
      weight =
          WeightOfSource(absl::StrCat(index, "/", folder), package.compiles_c);
    }
    weights.push_back(weight > 0 ? weight : kUnknownWeight);
  }
  const std::vector<int64_t> ways = WaysToTheEnd(*packages, weights);
  for (size_t i = 0; i < packages->size(); ++i) {
    const LockedPackage& package = (*packages)[i];
    int64_t& order = order_[{package.name, package.version}];
    order = std::max(order, ways[i]);
  }
}

}  // namespace dfe
