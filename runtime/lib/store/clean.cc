// The command `clean`. All words are checked before anything is removed.
#include "dfe/store/clean.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "dfe/store/cache_folders.h"
#include "dfe/store/header_bans.h"
#include "project.h"

namespace dfe::store {
namespace {

constexpr OptionSpec kOptions[] = {
    {"max-mib", OptionKind::kInteger, "N", "", "clean",
     "remove only the longest unused files, until N MiB are left"},
    {"max-days", OptionKind::kInteger, "N", "", "clean",
     "remove only files that were not used for N days"},
};

struct Cleaned {
  int64_t bytes = 0;
  int64_t bans = 0;
};

absl::Status CleanBans(const ParsedOptions& options, const std::string& root,
                       Cleaned* cleaned) {
  std::string project;
  if (options.IsSet("project")) {
    absl::StatusOr<std::string> folder = ProjectFolder(options);
    if (!folder.ok()) return folder.status();
    project = *folder;
  }
  absl::StatusOr<int64_t> of_headers = ClearHeaderBans(root, project);
  if (!of_headers.ok()) return of_headers.status();
  cleaned->bans += *of_headers;
  absl::StatusOr<std::optional<Store>> store = OpenExisting(root);
  if (!store.ok()) return store.status();
  if (!store->has_value()) return absl::OkStatus();
  absl::StatusOr<int64_t> cleared = (*store)->ClearBans(project);
  if (!cleared.ok()) return cleared.status();
  cleaned->bans += *cleared;
  return absl::OkStatus();
}

absl::Status CleanTargets(const ParsedOptions& options, const std::string& root,
                          const std::vector<CleanTarget>& targets,
                          Cleaned* cleaned) {
  for (CleanTarget target : targets) {
    if (target == CleanTarget::kBans) {
      absl::Status done = CleanBans(options, root, cleaned);
      if (!done.ok()) return done;
      continue;
    }
    absl::StatusOr<int64_t> freed = Clean(root, target);
    if (!freed.ok()) return freed.status();
    cleaned->bytes += *freed;
  }
  return absl::OkStatus();
}

absl::Status CleanToLimits(const ParsedOptions& options,
                           const std::string& root, Cleaned* cleaned) {
  int64_t max_bytes = -1;
  absl::Duration max_age = absl::InfiniteDuration();
  for (const char* name : {"max-mib", "max-days"}) {
    if (options.IsSet(name) && (options.Integer(name) < 0 ||
                                options.Integer(name) > int64_t{1} << 40)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--", name, ": expected 0 or more, at most 2^40, got ",
                       options.Integer(name)));
    }
  }
  if (options.IsSet("max-mib")) max_bytes = options.Integer("max-mib") << 20;
  if (options.IsSet("max-days")) {
    max_age = absl::Hours(24) * options.Integer("max-days");
  }
  absl::StatusOr<int64_t> freed = Prune(root, max_bytes, max_age);
  if (!freed.ok()) return freed.status();
  cleaned->bytes = *freed;
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OptionSpec> CleanOptions() { return kOptions; }

absl::StatusOr<int> RunClean(const ParsedOptions& options, std::ostream& out) {
  std::vector<CleanTarget> targets;
  for (const std::string& word : options.rest) {
    absl::StatusOr<CleanTarget> target = CleanTargetFromName(word);
    if (!target.ok()) return target.status();
    targets.push_back(*target);
  }
  bool limits = options.IsSet("max-mib") || options.IsSet("max-days");
  if (limits && !targets.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("clean: expected either a limit or words, got both: '",
                     options.rest.front(), "' is removed as a whole"));
  }
  std::string root = CacheRoot(options.Text("store"));
  if (root.empty()) {
    return absl::NotFoundError(
        "clean: expected --store, XDG_CACHE_HOME or HOME to name a folder, got "
        "none");
  }
  if (targets.empty()) {
    targets = {CleanTarget::kLto, CleanTarget::kObjects, CleanTarget::kSeeds,
               CleanTarget::kMaps};
  }
  Cleaned cleaned;
  absl::Status done = limits ? CleanToLimits(options, root, &cleaned)
                             : CleanTargets(options, root, targets, &cleaned);
  if (!done.ok()) return done;
  if (options.Flag("json")) {
    out << nlohmann::json{{"freed_bytes", cleaned.bytes},
                          {"bans_cleared", cleaned.bans}}
               .dump()
        << "\n";
    return 0;
  }
  out << "freed " << SizeText(cleaned.bytes) << " (" << cleaned.bytes
      << " bytes)";
  if (cleaned.bans > 0) out << ", cleared " << cleaned.bans << " bans";
  out << "\n";
  return 0;
}

}  // namespace dfe::store
