// From compile_commands.json to a plan, in the order of the functions.
#include "dfe/headers/project.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <optional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "dfe/base/in_parallel.h"
#include "dfe/base/subprocess.h"
#include "dfe/base/versions.h"
#include "dfe/build/toolchain.h"
#include "dfe/dispatch/cc_names.h"
#include "dfe/dispatch/record_state.h"
#include "dfe/format/envelope.h"
#include "dfe/headers/disk_state.h"
#include "dfe/headers/plan_cache.h"
#include "dfe/headers/scan.h"
#include "dfe/headers/shared_words.h"
#include "dfe/store/header_bans.h"

namespace dfe::headers {
namespace {

namespace fs = std::filesystem;

// What a compiler says of itself.
struct CompilerFacts {
  // The line with its version, or "" if it is no Clang that the plugin was
  // tested in.
  std::string identity;
  // Hash of what it finds without being told: configuration files, the GCC
  // whose headers it takes, its own search folders, what `native` is.
  std::string setup;
  std::string refusal;
};

// Why a configuration file cannot be taken, or "": its words come before those
// of each call, and must be such that would not have a call left alone.
std::string ConfigurationRefusal(const std::string& path, std::string* text) {
  auto read = ReadFile(path);
  auto* content = std::get_if<std::string>(&read);
  if (content == nullptr) return "cannot be read";
  std::vector<std::string> words = {"clang"};
  for (absl::string_view line : absl::StrSplit(*content, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (absl::StartsWith(line, "#")) continue;
    if (absl::EndsWith(line, "\\")) line.remove_suffix(1);
    for (std::string& word : SplitCommand(line)) {
      words.push_back(std::move(word));
    }
  }
  words.insert(words.end(), {"-c", "x.cc"});
  *text = std::move(*content);
  const dispatch::CcInvocation call(std::move(words));
  if (!call.dependency_file.empty()) return "makes no object";
  for (const std::string& word : call.flags) {
    if (word == "-include") return "has headers in front already: -include";
  }
  return call.refusal;
}

CompilerFacts AskCompiler(const std::vector<std::string>& words,
                          const std::string& language,
                          const std::string& directory) {
  CompilerFacts facts;
  SubprocessOptions run;
  run.argv = words;
  run.argv.insert(run.argv.end(),
                  {"-v", "-fsyntax-only", "-x", language, "/dev/null"});
  run.working_directory = directory;
  run.capture_stderr = true;
  run.discard_stdout = true;
  absl::StatusOr<SubprocessResult> result = RunSubprocess(run);
  if (!result.ok() || !result->ok()) return facts;
  std::string found = result->err;
  for (absl::string_view line : absl::StrSplit(result->err, '\n')) {
    for (absl::string_view tested : absl::StrSplit(kLlvmTested, ' ')) {
      if (facts.identity.empty() &&
          absl::StrContains(line, absl::StrCat("clang version ", tested))) {
        facts.identity = std::string(line);
      }
    }
    if (absl::ConsumePrefix(&line, "Configuration file: ")) {
      std::string text;
      const std::string why = ConfigurationRefusal(std::string(line), &text);
      absl::StrAppend(&found, "\n", text);
      if (!why.empty() && facts.refusal.empty()) {
        facts.refusal = absl::StrCat("configuration file ", line, ": ", why);
      }
    }
  }
  facts.setup = HashName(found);
  return facts;
}

// Asks each compiler once for all calls that it would answer alike.
class Compilers {
 public:
  const CompilerFacts& Of(const ProjectUnit& unit) {
    std::vector<std::string> words = unit.call.ToolchainWords();
    const std::string& program = unit.call.words[0];
    // A relative path means something in its own folder only.
    const bool anywhere = words.empty() && (!absl::StrContains(program, '/') ||
                                            absl::StartsWith(program, "/"));
    const std::string directory = anywhere ? "/" : unit.directory;
    words.insert(words.begin(), program);
    auto [it, is_new] = known_.try_emplace(absl::StrCat(
        directory, "\n", unit.call.language, "\n", absl::StrJoin(words, "\n")));
    if (is_new) {
      it->second = AskCompiler(words, unit.call.language, directory);
    }
    return it->second;
  }

 private:
  std::map<std::string, CompilerFacts> known_;
};

// What a unit awaits that nobody expects: no name of a file, one for each
// folder of sources.
constexpr char kUnexpected[] = "(the first of this folder)";

std::string Unexpected(const ProjectUnit& unit) {
  return ((fs::path(unit.directory) / unit.call.source)
              .lexically_normal()
              .parent_path() /
          kUnexpected)
      .string();
}

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
std::string FindImportsPlugin() {
  return FindBeside({"../lib/dfe-imports.so", "../lib/dfe/dfe-imports.so"});
}
std::string FindDebugInfoProgram() {
  return FindBeside({"dfe-debug-info", "../lib/dfe/dfe-debug-info"});
}
std::string FindCcDispatch() {
  return FindBeside({"dfe-cc", "../lib/dfe/dfe-cc"});
}

int Jobs(int64_t wanted) {
  return wanted > 0 ? static_cast<int>(wanted) : CoreCount();
}

absl::StatusOr<Project> LoadCalls(const std::string& folder,
                                  const std::string& db,
                                  const std::string& cache) {
  absl::StatusOr<std::vector<CompileCommand>> commands = LoadCompileDb(db);
  if (!commands.ok()) return commands.status();
  if (FindHeadersPlugin().empty() || FindImportsPlugin().empty()) {
    return absl::NotFoundError(
        "dfe-headers.so, dfe-imports.so: not found beside dfe");
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
  // Why nothing of the project is to be shared, or "".
  const std::string refusal = banned.ok()
                                  ? dispatch::EnvironmentRefusal()
                                  : std::string(banned.status().message());
  if (banned.ok()) project.banned = *std::move(banned);
  Compilers compilers;
  for (CompileCommand& command : *commands) {
    ProjectUnit unit{std::move(command.directory),
                     dispatch::CcInvocation(std::move(command.words)),
                     "",
                     "",
                     {},
                     false,
                     "",
                     "",
                     {}};
    if (unit.call.refusal.empty()) unit.call.refusal = refusal;
    if (unit.call.refusal.empty()) {
      unit.call.refusal = unit.call.PrecompiledAlready(unit.directory);
    }
    if (unit.call.refusal.empty()) {
      const CompilerFacts& facts = compilers.Of(unit);
      unit.identity = facts.identity;
      unit.setup = facts.setup;
      unit.call.refusal = facts.refusal;
      if (unit.identity.empty()) {
        unit.call.refusal =
            absl::StrCat("not compiled by a Clang of ", kLlvmTested);
      }
    }
    project.units.push_back(std::move(unit));
  }
  return project;
}

void ReadRecords(Project* project, const std::vector<size_t>& units, int jobs,
                 const ExpectedFiles& expected) {
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
    if (paths[i].empty() || kept[i]) continue;
    // A script that begins by removing what it made before makes the folder.
    std::error_code error;
    ProjectUnit& unit = project->units[units[i]];
    if (!expected.Has(unit.call.source, unit.directory)) {
      unit.awaits = {Unexpected(unit)};
    } else if (fs::is_directory(unit.directory, error)) {
      wanted.push_back(i);
    } else {
      unit.awaits = {unit.directory};
    }
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
    std::vector<Scanned> scanned = ScanAll(made, jobs);
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

absl::StatusOr<Project> LoadProject(
    const std::string& folder, const std::string& db, const std::string& cache,
    int jobs, const std::optional<std::set<std::string>>& made,
    const ExpectedFiles& expected) {
  absl::StatusOr<Project> project = LoadCalls(folder, db, cache);
  if (!project.ok()) return project.status();
  if (made) {
    std::erase_if(project->units, [&made](const ProjectUnit& unit) {
      return !unit.call.output.empty() && !made->contains(unit.call.output);
    });
  }
  std::vector<size_t> all(project->units.size());
  std::iota(all.begin(), all.end(), size_t{0});
  ReadRecords(&*project, all, jobs, expected);
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

void Replan(Project* project) {
  project->planned_units.clear();
  for (const ProjectUnit& unit : project->units) {
    PlannedUnit planned;
    planned.source = unit.call.source;
    planned.refusal = unit.call.refusal;
    planned.names_refusal = NamesRefusal(unit);
    planned.group = absl::StrCat(unit.directory, "\n", SharedWords(unit.call));
    planned.macros = MacroWords(unit.call);
    if (unit.recorded) {
      planned.record = &unit.record;
      planned.whole = [&unit]() -> std::optional<HeaderRecord> {
        HeaderRecord whole = unit.record;
        if (whole.LoadRest(unit.record_path)) return std::nullopt;
        return whole;
      };
    }
    if (planned.refusal.empty() && !unit.awaits.empty()) {
      const std::string name =
          fs::path(unit.awaits.front()).filename().string();
      planned.refusal = name == kUnexpected ? "not expected of this command"
                                            : absl::StrCat(kAwaits, name);
    }
    project->planned_units.push_back(std::move(planned));
  }
  project->plan =
      KnownPlan(project->planned_units, project->banned, project->cache);
  for (int unit : project->plan.lost) {
    project->units[unit].recorded = false;
    project->planned_units[unit].record = nullptr;
  }
}

}  // namespace dfe::headers
