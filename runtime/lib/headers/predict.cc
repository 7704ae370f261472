// From compiler calls to a predicted gain, in the order of the functions.
#include "dfe/headers/predict.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "dfe/base/subprocess.h"
#include "dfe/build/session.h"
#include "dfe/headers/parts_planner.h"
#include "dfe/headers/recorded_project.h"
#include "dfe/store/store.h"

namespace dfe::headers {
namespace {

namespace fs = std::filesystem;

constexpr size_t kHeadersShown = 5;

constexpr OptionSpec kOptions[] = {
    {"files", OptionKind::kInteger, "N", "24", "predict",
     "look at N files, spread over the project (0: all)"},
};

// Units by group, of those that may share at all.
std::map<std::string, std::vector<size_t>> Groups(
    const std::vector<PlannedUnit>& units) {
  std::map<std::string, std::vector<size_t>> groups;
  for (size_t i = 0; i < units.size(); ++i) {
    if (units[i].refusal.empty()) groups[units[i].group].push_back(i);
  }
  return groups;
}

// Time of all eligible files by the plan for `sample`, each unit of which
// stands for its share of its group.
struct Sampled {
  double plain_us = 0;
  double planned_us = 0;
};
Sampled PlanSample(const std::vector<PlannedUnit>& units,
                   const std::vector<size_t>& sample,
                   const std::vector<std::string>& banned,
                   const CostModel& cost) {
  std::map<std::string, std::vector<size_t>> taken;
  for (size_t unit : sample) {
    if (units[unit].record != nullptr) {
      taken[units[unit].group].push_back(unit);
    }
  }
  std::vector<PlannedUnit> planned;
  double eligible = 0;
  double looked_at = 0;
  for (const auto& [group, members] : Groups(units)) {
    const auto count = static_cast<double>(members.size());
    eligible += count;
    auto own = taken.find(group);
    if (own == taken.end()) continue;
    looked_at += count;
    for (size_t unit : own->second) {
      planned.push_back(units[unit]);
      planned.back().files = count / static_cast<double>(own->second.size());
    }
  }
  Sampled result;
  if (planned.empty()) return result;
  const HeaderPlan plan = PlanHeaders(planned, banned, cost);
  // Groups that nobody looked at: like the others.
  const double all = eligible / looked_at;
  result.plain_us = all * (plan.plain_us + plan.rest_us);
  result.planned_us = all * (plan.planned_us + plan.rest_us);
  return result;
}

std::vector<std::pair<std::string, double>> DearestHeaders(
    const std::vector<PlannedUnit>& units, const std::vector<size_t>& sample,
    size_t eligible, const CostModel& cost) {
  std::map<std::string, double> spent;
  size_t read = 0;
  for (size_t unit : sample) {
    const HeaderRecord* record = units[unit].record;
    if (record == nullptr) continue;
    ++read;
    for (const HeaderRecord::File& file : record->files) {
      if (file.name == record->main_file) continue;
      spent[file.name] +=
          static_cast<double>(file.tokens) * cost.For(units[unit].group).parse;
    }
  }
  std::vector<std::pair<std::string, double>> headers(spent.begin(),
                                                      spent.end());
  const size_t shown = std::min(kHeadersShown, headers.size());
  std::partial_sort(
      headers.begin(), headers.begin() + static_cast<ptrdiff_t>(shown),
      headers.end(), [](const auto& a, const auto& b) {
        return a.second != b.second ? a.second > b.second : a.first < b.first;
      });
  headers.resize(shown);
  for (auto& [name, us] : headers) {
    us *= static_cast<double>(eligible) / static_cast<double>(read);
  }
  return headers;
}

}  // namespace

std::vector<size_t> SampleUnits(const std::vector<PlannedUnit>& units,
                                size_t wanted, int min_files) {
  std::vector<std::vector<size_t>> groups;
  size_t all = 0;
  for (auto& [name, members] : Groups(units)) {
    if (members.size() < static_cast<size_t>(min_files)) continue;
    all += members.size();
    groups.push_back(std::move(members));
  }
  std::vector<size_t> sample;
  if (wanted == 0 || wanted >= all) {
    for (const std::vector<size_t>& group : groups) {
      sample.insert(sample.end(), group.begin(), group.end());
    }
    std::sort(sample.begin(), sample.end());
    return sample;
  }
  // The largest first: what is left for small ones may not be enough to tell
  // what they have in common.
  std::sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  size_t left = wanted;
  for (const std::vector<size_t>& group : groups) {
    const size_t share =
        std::min({group.size(), left,
                  std::max(static_cast<size_t>(min_files) + 1,
                           (wanted * group.size() + all / 2) / all)});
    for (size_t i = 0; i < share; ++i) {
      sample.push_back(group[i * group.size() / share]);
    }
    left -= share;
    if (left < static_cast<size_t>(min_files)) break;
  }
  std::sort(sample.begin(), sample.end());
  return sample;
}

Prediction Predict(const std::vector<PlannedUnit>& units,
                   const std::vector<size_t>& sample,
                   const std::vector<std::string>& banned,
                   const CostModel& cost) {
  Prediction result;
  result.files = units.size();
  result.sampled = sample.size();
  for (const PlannedUnit& unit : units) {
    if (unit.refusal.empty()) {
      ++result.eligible;
    } else {
      ++result.refusals[unit.refusal];
    }
  }
  result.groups = Groups(units).size();
  std::vector<size_t> halves[2];
  for (size_t unit : sample) {
    if (units[unit].record == nullptr) {
      ++result.unread;
    } else {
      halves[(halves[0].size() + halves[1].size()) % 2].push_back(unit);
    }
  }
  const Sampled whole = PlanSample(units, sample, banned, cost);
  if (whole.planned_us <= 0) return result;
  result.plain_us = whole.plain_us;
  result.planned_us = whole.planned_us;
  result.ratio = result.low = result.high = whole.plain_us / whole.planned_us;
  result.headers = DearestHeaders(units, sample, result.eligible, cost);
  if (sample.size() == SampleUnits(units, 0, cost.min_files).size()) {
    return result;  // of all that can share
  }
  for (const std::vector<size_t>& half : halves) {
    const Sampled part = PlanSample(units, half, banned, cost);
    if (part.planned_us <= 0) continue;
    const double ratio = part.plain_us / part.planned_us;
    result.low = std::min(result.low, ratio);
    result.high = std::max(result.high, ratio);
  }
  return result;
}

double PartsGain(int parts) {
  // Front end, first simplification, planning and writing: 2 of 23.9 s.
  constexpr double kSerial = 0.085;
  return parts < 2 ? 1 : 1 / (kSerial + (1 - kSerial) / parts);
}

absl::Span<const OptionSpec> PredictOptions() { return kOptions; }

namespace {

// The calls of a project that nobody configured yet, by configuring it in a
// folder of ours.
absl::StatusOr<std::string> Configure(const std::string& source,
                                      const std::string& scratch) {
  SubprocessOptions run;
  run.argv = {"cmake",
              "-S",
              source,
              "-B",
              scratch,
              "-DCMAKE_BUILD_TYPE=Release",
              "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON"};
  run.discard_stdout = true;
  run.capture_stderr = true;
  absl::StatusOr<SubprocessResult> done = RunSubprocess(run);
  if (!done.ok()) return done.status();
  if (!done->ok()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "predict: ", source, ": expected that `cmake -S` configures it, got: ",
        done->err.substr(0, 2000)));
  }
  return scratch;
}

// The folder or file with the project's calls.
absl::StatusOr<std::string> FindCalls(const std::string& named,
                                      const std::string& cache,
                                      const Session& session) {
  const std::string directory = fs::absolute(named).lexically_normal().string();
  std::string db = FindCompileDb({}, directory);
  std::error_code error;
  if (!db.empty()) return db;
  db = RecordedDb(cache, directory);
  if (fs::exists(db, error)) return db;
  if (fs::exists(fs::path(directory) / "CMakeLists.txt", error)) {
    return Configure(directory, session.folder() + "/configured");
  }
  return absl::NotFoundError(absl::StrCat(
      "predict: ", named,
      ": expected a compile_commands.json in it or in its build folder, or a "
      "CMakeLists.txt, found none; ",
      HasMakefile(directory)
          ? "`dfe build -- make` records what a makefile calls"
      : fs::exists(fs::path(directory) / "Cargo.toml", error)
          ? "what becomes of Rust, `dfe build --explain` says"
          : "Meson and Ninja make one"));
}

void PrintParts(const Project& project, const PartsWish& wish,
                std::ostream& out) {
  const std::vector<PartsChoice> parts =
      PlanParts(PartsUnits(project), wish, CoreCount());
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].parts < 2) continue;
    out << project.units[i].call.source << ": in " << parts[i].parts
        << " parts, "
        << absl::StrFormat("%.1fx sooner", PartsGain(parts[i].parts))
        << (parts[i].always ? "" : ", if as many cores are idle") << "\n";
  }
}

void Print(const Prediction& found, std::ostream& out) {
  out << found.files << " files, " << found.eligible << " of them in "
      << found.groups << " groups of equal flags; " << found.sampled
      << " looked at\n";
  if (found.unread > 0) {
    out << found.unread
        << " of these cannot be read yet: what they include is made by the "
           "build\n";
  }
  for (const auto& [name, us] : found.headers) {
    out << absl::StrFormat("  %6.1f s  ", us / 1e6) << name << "\n";
  }
  for (const auto& [refusal, count] : found.refusals) {
    out << "plain: " << count << " files: " << refusal << "\n";
  }
  if (found.plain_us > 0) {
    out << absl::StrFormat(
        "predicted: %.1f s CPU plain, %.1f s with headers parsed once (%.2fx, "
        "%.2fx to %.2fx by halves of the sample)\n",
        found.plain_us / 1e6, found.planned_us / 1e6, found.ratio, found.low,
        found.high);
  } else {
    out << "predicted: nothing, as no file could be looked at\n";
  }
}

}  // namespace

absl::StatusOr<int> RunPredict(const ParsedOptions& options,
                               std::ostream& out) {
  const absl::StatusOr<PartsWish> wish = ParsePartsWish(options.Text("split"));
  if (!wish.ok()) return wish.status();
  if (options.Integer("files") < 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--files: expected 0 or more, got ", options.Integer("files")));
  }
  // 1. The compiler's calls.
  const std::string named = options.rest.empty() ? "." : options.rest[0];
  const std::string cache = store::CacheRoot(options.Text("store"));
  absl::StatusOr<Session> session = Session::Create(cache);
  if (!session.ok()) return session.status();
  absl::StatusOr<std::string> db = FindCalls(named, cache, *session);
  if (!db.ok()) return db.status();
  absl::StatusOr<Project> project = LoadCalls(named, *db, cache);
  if (!project.ok()) return project.status();
  Replan(&*project);
  // 2. A sample of them, scanned; the records stay for `dfe build`.
  std::vector<PlannedUnit> there = project->planned_units;
  size_t missing = 0;
  for (size_t i = 0; i < there.size(); ++i) {
    const ProjectUnit& unit = project->units[i];
    std::error_code error;
    if (there[i].refusal.empty() &&
        !fs::exists(fs::path(unit.directory) / unit.call.source, error)) {
      there[i].refusal = "not there";
      ++missing;
    }
  }
  const std::vector<size_t> sample =
      SampleUnits(there, static_cast<size_t>(options.Integer("files")),
                  CostModel().min_files);
  const absl::Time started = absl::Now();
  ReadRecords(&*project, sample, Jobs(options.Integer("jobs")));
  Replan(&*project);
  // 3. What that says of all.
  if (missing > 0) {
    out << missing
        << " sources are made by the build: taken to be like the others\n";
  }
  Print(Predict(project->planned_units, sample, project->banned), out);
  out << absl::StrFormat("scanning took %.1f s\n",
                         absl::ToDoubleSeconds(absl::Now() - started));
  PrintParts(*project, *wish, out);
  return 0;
}

}  // namespace dfe::headers
