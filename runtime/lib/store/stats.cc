// The command `stats`: first the numbers, then one of two ways to print them.
#include "dfe/store/stats.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "dfe/store/cache_folders.h"
#include "project.h"

namespace dfe::store {
namespace {

using Json = nlohmann::ordered_json;

// Successful builds of one profile and strategy.
struct BuildGroup {
  std::vector<int64_t> cold_wall, cold_cpu, later_wall, later_cpu;
};

struct ProjectStats {
  std::string project;
  int64_t builds = 0;
  int64_t failed = 0;
  std::map<std::pair<std::string, std::string>, BuildGroup> groups;
};

struct Stats {
  std::vector<ProjectStats> projects;
  std::map<std::string, int64_t> units;  // by strategy
  std::vector<int64_t> own_us;
  std::vector<BanRecord> bans;
  std::vector<FolderSize> sizes;
  std::string warning;
};

// The value that 99 of 100 are not above.
int64_t Percentile99(std::vector<int64_t> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[(values.size() * 99 + 99) / 100 - 1];
}

absl::Status AddProject(const std::string& project, Store* store,
                        Stats* stats) {
  absl::StatusOr<std::vector<BuildRecord>> builds = store->Builds(project);
  if (!builds.ok()) return builds.status();
  ProjectStats& one = stats->projects.emplace_back();
  one.project = project;
  for (const BuildRecord& build : *builds) {
    ++one.builds;
    absl::StatusOr<std::vector<dispatch::UnitEvent>> units =
        store->Units(build.id);
    if (!units.ok()) return units.status();
    for (const dispatch::UnitEvent& unit : *units) {
      ++stats->units[unit.strategy];
      stats->own_us.push_back(unit.own_us);
    }
    if (build.exit_code != 0) {
      ++one.failed;
      continue;
    }
    BuildGroup& group = one.groups[{build.profile, build.strategy}];
    (build.cold ? group.cold_wall : group.later_wall).push_back(build.wall_us);
    (build.cold ? group.cold_cpu : group.later_cpu).push_back(build.cpu_us);
  }
  return absl::OkStatus();
}

absl::Status Collect(const ParsedOptions& options, Store* store, Stats* stats) {
  stats->warning = store->warning();
  std::vector<std::string> projects;
  std::string only;
  if (options.IsSet("project")) {
    absl::StatusOr<std::string> folder = ProjectFolder(options);
    if (!folder.ok()) return folder.status();
    absl::StatusOr<std::string> found = RecordedProject(*folder, store);
    if (!found.ok()) return found.status();
    only = found->empty() ? *folder : *found;
    if (!found->empty()) projects.push_back(*found);
  } else {
    absl::StatusOr<std::vector<std::string>> all = store->Projects();
    if (!all.ok()) return all.status();
    projects = *std::move(all);
  }
  for (const std::string& project : projects) {
    absl::Status added = AddProject(project, store, stats);
    if (!added.ok()) return added;
  }
  absl::StatusOr<std::vector<BanRecord>> bans = store->Bans(only);
  if (!bans.ok()) return bans.status();
  stats->bans = *std::move(bans);
  return absl::OkStatus();
}

Json ToJson(const Stats& stats) {
  Json root;
  if (!stats.warning.empty()) root["warning"] = stats.warning;
  root["projects"] = Json::array();
  for (const ProjectStats& one : stats.projects) {
    Json groups = Json::array();
    for (const auto& [key, group] : one.groups) {
      groups.push_back({{"profile", key.first},
                        {"strategy", key.second},
                        {"cold_builds", group.cold_wall.size()},
                        {"cold_wall_us", Median(group.cold_wall)},
                        {"cold_cpu_us", Median(group.cold_cpu)},
                        {"later_builds", group.later_wall.size()},
                        {"later_wall_us", Median(group.later_wall)},
                        {"later_cpu_us", Median(group.later_cpu)}});
    }
    root["projects"].push_back({{"project", one.project},
                                {"builds", one.builds},
                                {"failed", one.failed},
                                {"groups", groups}});
  }
  root["units"] = Json::object();
  for (const auto& [strategy, count] : stats.units) {
    root["units"][strategy] = count;
  }
  root["dispatch"] = {{"units", stats.own_us.size()},
                      {"median_us", Median(stats.own_us)},
                      {"p99_us", Percentile99(stats.own_us)}};
  root["cache"] = Json::object();
  for (const FolderSize& size : stats.sizes) {
    root["cache"][size.name] = {{"bytes", size.bytes}, {"files", size.files}};
  }
  root["bans"] = Json::array();
  for (const BanRecord& ban : stats.bans) {
    root["bans"].push_back({{"project", ban.project},
                            {"strategy", ban.strategy},
                            {"reason", ban.reason},
                            {"at_us", absl::ToUnixMicros(ban.at)}});
  }
  return root;
}

std::string MedianText(const std::vector<int64_t>& values) {
  return values.empty() ? "-" : TimeText(Median(values));
}

void PrintText(const Stats& stats, std::ostream& out) {
  if (!stats.warning.empty()) out << "warning: " << stats.warning << "\n";
  for (const ProjectStats& one : stats.projects) {
    out << one.project << ": " << one.builds << " builds, " << one.failed
        << " failed\n";
    TextRows rows = {
        {"profile", "strategy", "cold", "wall", "CPU", "later", "wall", "CPU"}};
    for (const auto& [key, group] : one.groups) {
      rows.push_back(
          {key.first, key.second, absl::StrCat(group.cold_wall.size()),
           MedianText(group.cold_wall), MedianText(group.cold_cpu),
           absl::StrCat(group.later_wall.size()), MedianText(group.later_wall),
           MedianText(group.later_cpu)});
    }
    if (rows.size() > 1) out << TextTable(rows, 2);
  }
  if (!stats.units.empty()) {
    out << "units:";
    const char* separator = " ";
    for (const auto& [strategy, count] : stats.units) {
      out << separator << strategy << " " << count;
      separator = ", ";
    }
    out << "\ndispatch's own time: median " << TimeText(Median(stats.own_us))
        << ", 99 of 100 below " << TimeText(Percentile99(stats.own_us)) << "\n";
  }
  for (const BanRecord& ban : stats.bans) {
    out << "fallback: " << ban.project << ": no '" << ban.strategy << "' since "
        << absl::FormatTime("%Y-%m-%d", ban.at, absl::UTCTimeZone()) << ": "
        << ban.reason << "\n";
  }
  out << "cache:\n";
  TextRows rows;
  for (const FolderSize& size : stats.sizes) {
    rows.push_back(
        {size.name, SizeText(size.bytes), absl::StrCat(size.files, " files")});
  }
  out << TextTable(rows, 1);
}

}  // namespace

absl::Span<const OptionSpec> StatsOptions() { return {}; }

absl::StatusOr<int> RunStats(const ParsedOptions& options, std::ostream& out) {
  std::string root = CacheRoot(options.Text("store"));
  absl::StatusOr<std::optional<Store>> store = OpenExisting(root);
  if (!store.ok()) return store.status();
  Stats stats;
  if (store->has_value()) {
    absl::Status collected = Collect(options, &**store, &stats);
    if (!collected.ok()) return collected;
  }
  if (!root.empty()) {
    absl::StatusOr<std::vector<FolderSize>> sizes = FolderSizes(root);
    if (!sizes.ok()) return sizes.status();
    stats.sizes = *std::move(sizes);
  }
  if (options.Flag("json")) {
    out << ToJson(stats).dump(2, ' ', false, Json::error_handler_t::replace)
        << "\n";
  } else {
    PrintText(stats, out);
    if (stats.projects.empty()) {
      out << "no build is recorded: `dfe build` records each one\n";
    }
  }
  return stats.projects.empty() ? 1 : 0;
}

}  // namespace dfe::store
