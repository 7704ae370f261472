// From compile_commands.json to a plan, in the order of the functions.
#include "dfe/headers/project.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <numeric>
#include <optional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dfe/base/in_parallel.h"
#include "dfe/base/subprocess.h"
#include "dfe/build/toolchain.h"
#include "dfe/dispatch/cc_names.h"
#include "dfe/dispatch/record_state.h"
#include "dfe/format/envelope.h"
#include "dfe/headers/disk_state.h"
#include "dfe/headers/plan_cache.h"
#include "dfe/headers/project_calls.h"
#include "dfe/headers/scan.h"
#include "dfe/headers/scan_servers.h"
#include "dfe/headers/shared_words.h"
#include "dfe/store/header_bans.h"

namespace dfe::headers {
namespace {

namespace fs = std::filesystem;

// Which of the units to scan at first, the others having to wait: of those
// that lacked the same files when their records were to be taken, one tells
// whether they still do, or find them elsewhere now.
std::vector<size_t> FirstOfEach(
    const std::vector<std::vector<std::string>>& absent,
    const std::vector<size_t>& units) {
  std::set<std::vector<std::string>> seen;
  std::vector<size_t> first;
  for (size_t i : units) {
    if (absent[i].empty() || seen.insert(absent[i]).second) first.push_back(i);
  }
  return first;
}

}  // namespace

const char kAwaits[] = "was to be made by the build: ";

std::string FindHeadersPlugin() {
  return FindBeside({"../lib/dfe-headers.so", "../lib/dfe/dfe-headers.so"});
}
std::string FindCcDispatch() {
  return FindBeside({"dfe-cc", "../lib/dfe/dfe-cc"});
}

int Jobs(int64_t wanted) {
  return wanted > 0 ? static_cast<int>(wanted) : CoreCount();
}

absl::StatusOr<Project> NewProject(const std::string& folder,
                                   const std::string& cache) {
  if (FindHeadersPlugin().empty()) {
    return absl::NotFoundError("dfe-headers.so: not found beside dfe");
  }
  Project project;
  std::error_code error;
  project.folder = fs::canonical(folder, error).string();
  project.cache = cache;
  fs::create_directories(cache + "/headers/pch", error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat(cache, ": cannot make a folder: ", error.message()));
  }
  absl::StatusOr<std::vector<std::string>> banned =
      store::LoadHeaderBans(cache, project.folder);
  project.refusal = banned.ok() ? dispatch::EnvironmentRefusal()
                                : std::string(banned.status().message());
  if (banned.ok()) project.banned = *std::move(banned);
  return project;
}

absl::StatusOr<Project> LoadCalls(const std::string& folder,
                                  const std::string& db,
                                  const std::string& cache) {
  absl::StatusOr<std::vector<CompileCommand>> commands = LoadCompileDb(db);
  if (!commands.ok()) return commands.status();
  absl::StatusOr<Project> project = NewProject(folder, cache);
  if (!project.ok()) return project.status();
  CallLoader loader;
  for (CompileCommand& command : *commands) {
    project->units.push_back(loader.Load(std::move(command), project->refusal));
  }
  return project;
}

void ReadRecords(Project* project, const std::vector<size_t>& units, int jobs,
                 ScanServers* servers) {
  DiskState disk;
  std::vector<std::optional<KeptRecord>> kept(units.size());
  std::vector<std::string> paths(units.size());
  std::vector<std::vector<std::string>> absent(units.size());
  InParallel(units.size(), jobs, [&](size_t i) {
    const ProjectUnit& unit = project->units[units[i]];
    if (!unit.call.refusal.empty()) return;
    paths[i] = absl::StrCat(
        project->cache, "/headers/",
        HashName(unit.call.Key(unit.directory) + "\n" + unit.setup),
        ".dfeheaders");
    kept[i] =
        TrueRecord(paths[i], unit.identity, unit.directory, &disk, &absent[i]);
  });
  std::vector<size_t> wanted;
  for (size_t i = 0; i < units.size(); ++i) {
    if (!paths[i].empty() && !kept[i]) wanted.push_back(i);
  }
  auto scan = [&](const std::vector<size_t>& numbers) {
    std::vector<ScanJob> made;
    for (size_t i : numbers) {
      const ProjectUnit& unit = project->units[units[i]];
      // Beside the old record, which is true again when its files are back.
      made.push_back({unit.directory,
                      unit.call.flags,
                      {},
                      unit.call.source,
                      absl::StrCat(paths[i], ".new.", getpid()),
                      unit.identity});
    }
    std::vector<Scanned> scanned;
    if (servers != nullptr && made.size() < 3) {
      for (const ScanJob& job : made) scanned.push_back(servers->Scan(job));
    } else {
      scanned = ScanAll(made, jobs);
    }
    std::set<std::string> moved;
    for (size_t at = 0; at < numbers.size(); ++at) {
      const size_t i = numbers[at];
      ProjectUnit& unit = project->units[units[i]];
      unit.awaits = std::move(scanned[at].missing);
      if (!scanned[at].record) continue;
      // A call can be listed twice.
      std::error_code error;
      if (!moved.contains(paths[i])) {
        fs::rename(made[at].out, paths[i], error);
      }
      if (error) continue;
      moved.insert(paths[i]);
      kept[i] = std::move(scanned[at].record);
    }
    project->scanned += static_cast<int>(made.size());
  };
  project->scanned = 0;
  const std::vector<size_t> first = FirstOfEach(absent, wanted);
  scan(first);
  std::set<std::vector<std::string>> still;
  for (size_t i : first) {
    if (!project->units[units[i]].awaits.empty()) still.insert(absent[i]);
  }
  std::vector<size_t> rest;
  for (size_t i : wanted) {
    if (std::binary_search(first.begin(), first.end(), i)) continue;
    if (still.contains(absent[i])) {
      project->units[units[i]].awaits = absent[i];
    } else {
      rest.push_back(i);
    }
  }
  scan(rest);
  for (size_t i = 0; i < units.size(); ++i) {
    if (!kept[i]) continue;
    ProjectUnit& unit = project->units[units[i]];
    unit.record = std::move(kept[i]->record);
    unit.recorded = true;
    unit.record_path = std::move(paths[i]);
    unit.record_hash = std::move(kept[i]->hash);
  }
}

bool LoadRests(Project* project, int jobs) {
  std::atomic<bool> whole{true};
  InParallel(project->units.size(), jobs, [&](size_t i) {
    ProjectUnit& unit = project->units[i];
    if (!unit.recorded || !unit.record.LoadRest(unit.record_path)) return;
    unit.recorded = false;
    whole = false;
  });
  return whole;
}

absl::StatusOr<Project> LoadProject(
    const std::string& folder, const std::string& db, const std::string& cache,
    int jobs, const std::optional<std::set<std::string>>& made) {
  absl::StatusOr<Project> project = LoadCalls(folder, db, cache);
  if (!project.ok()) return project.status();
  if (made) {
    std::erase_if(project->units, [&made](const ProjectUnit& unit) {
      return !unit.call.output.empty() && !made->contains(unit.call.output);
    });
  }
  std::vector<size_t> all(project->units.size());
  std::iota(all.begin(), all.end(), size_t{0});
  ReadRecords(&*project, all, jobs);
  Replan(&*project);
  return project;
}

namespace {

// Why headers that have a relative name cannot be shared by this file, or "".
std::string NamesRefusal(const ProjectUnit& unit) {
  std::string refusal = dispatch::NamesRefusal(unit.call);
  for (const HeaderRecord::File& file : unit.record.files) {
    if (!refusal.empty()) break;
    if (absl::StartsWith(file.name, "/") || (file.flags & kFileBuiltin) != 0) {
      continue;
    }
    refusal = dispatch::NamesRefusal(dispatch::FileName{
        dispatch::KeptName(unit.directory, file.name), file.name});
  }
  return refusal;
}

}  // namespace

PlannedUnit PlannedFor(const ProjectUnit& unit) {
  PlannedUnit planned;
  planned.source = unit.call.source;
  planned.refusal = unit.call.refusal;
  planned.names_refusal = NamesRefusal(unit);
  planned.group = absl::StrCat(unit.directory, "\n", SharedWords(unit.call));
  planned.macros = MacroWords(unit.call);
  planned.files = unit.files;
  if (unit.recorded) planned.record = &unit.record;
  if (planned.refusal.empty() && !unit.awaits.empty()) {
    planned.refusal = absl::StrCat(
        kAwaits, fs::path(unit.awaits.front()).filename().string());
  }
  return planned;
}

void Replan(Project* project) {
  project->planned_units.clear();
  for (const ProjectUnit& unit : project->units) {
    project->planned_units.push_back(PlannedFor(unit));
  }
  project->plan = KnownPlan(
      &project->planned_units, project->banned, project->cache, [project] {
        const bool whole = LoadRests(project, CoreCount());
        for (size_t i = 0; i < project->units.size(); ++i) {
          if (!project->units[i].recorded) {
            project->planned_units[i].record = nullptr;
          }
        }
        return whole;
      });
}

}  // namespace dfe::headers
