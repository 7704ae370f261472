// The commands about headers, each from top to bottom.
#include "dfe/headers/commands.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "dfe/base/progress_line.h"
#include "dfe/build/session.h"
#include "dfe/dispatch/cc_dispatch.h"
#include "dfe/dispatch/cc_kept.h"
#include "dfe/dispatch/cc_names.h"
#include "dfe/dispatch/cc_shim.h"
#include "dfe/dispatch/dispatch.h"
#include "dfe/format/envelope.h"
#include "dfe/headers/expected_files.h"
#include "dfe/headers/kept_objects.h"
#include "dfe/headers/late_plans.h"
#include "dfe/headers/ninja_project.h"
#include "dfe/headers/parts_planner.h"
#include "dfe/headers/project.h"
#include "dfe/headers/recorded_project.h"
#include "dfe/headers/resident_compilers.h"
#include "dfe/headers/tried_nodes.h"
#include "dfe/store/cache_folders.h"
#include "dfe/store/header_bans.h"
#include "dfe/store/store.h"

namespace dfe::headers {
namespace {

namespace fs = std::filesystem;

constexpr OptionSpec kOptions[] = {
    {"explain", OptionKind::kFlag, "", "", "plan verify",
     "say for each file and header what is done, and why"},
    {"jobs", OptionKind::kInteger, "N", "0", "plan verify predict",
     "files at a time (0: as many as there are cores)"},
    {"split", OptionKind::kText, "N", "auto", "build plan predict",
     "optimise a large C or C++ file in N parts at a time: auto, off, 2 to 8"},
    {"resident", OptionKind::kFlag, "", "1", "build",
     "compile C and C++ in forks of one Clang that is started once"},
    {"sample", OptionKind::kInteger, "N", "0", "verify",
     "compare N files, evenly spread, and not all (0: all)"},
};

}  // namespace

absl::Span<const OptionSpec> HeaderOptions() { return kOptions; }

absl::StatusOr<Project> ProjectOf(const ParsedOptions& options) {
  const std::string named = options.rest.empty() ? "." : options.rest[0];
  const std::string cache = store::CacheRoot(options.Text("store"));
  const int jobs = Jobs(options.Integer("jobs"));
  const std::string folder =
      FindCompileDb({}, fs::absolute(named).lexically_normal().string());
  if (!folder.empty()) return LoadProject(folder, folder, cache, jobs);
  const std::string recorded = RecordedDb(cache, named);
  std::error_code error;
  if (fs::exists(recorded, error)) {
    return LoadProject(named, recorded, cache, jobs);
  }
  return absl::NotFoundError(
      absl::StrCat(options.command, ": ", named,
                   ": expected a compile_commands.json in it or in its build "
                   "folder, found none; `dfe build -- make` records one"));
}

absl::StatusOr<int> RunPlan(const ParsedOptions& options, std::ostream& out) {
  absl::StatusOr<PartsWish> wish = ParsePartsWish(options.Text("split"));
  if (!wish.ok()) return wish.status();
  absl::StatusOr<Project> project = ProjectOf(options);
  if (!project.ok()) return project.status();
  out << project->units.size() << " files, " << project->scanned
      << " of them scanned now\n"
      << Describe(project->plan, project->planned_units,
                  options.Flag("explain"));
  const std::vector<PartsChoice> parts =
      PlanParts(PartsUnits(*project), *wish, CoreCount());
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].parts < 2 && !options.Flag("explain")) continue;
    out << (parts[i].parts < 2 ? "whole " : "parts ")
        << project->units[i].call.source << ": "
        << (parts[i].parts < 2
                ? parts[i].reason
                : absl::StrCat(parts[i].parts,
                               parts[i].always ? "" : " if cores are idle"))
        << "\n";
  }
  return 0;
}

std::vector<std::string> DefaultCommand(const std::string& directory) {
  std::error_code error;
  for (const fs::path& folder :
       {fs::path(directory), fs::path(directory) / "build"}) {
    if (fs::exists(folder / "CMakeCache.txt", error)) {
      return {"cmake", "--build", folder.string()};
    }
    if (fs::exists(folder / "build.ninja", error)) {
      return {"ninja", "-C", folder.string()};
    }
  }
  if (HasMakefile(directory)) return {"make"};
  return {};
}

namespace {

// How the compiles that a compile_commands.json lists come to dfe-cc, as far as
// can be known before.
enum class Way {
  kLaunched,  // CMake, the rules of Ninja or make, or the list have dfe-cc
  kByName,    // PATH decides what the compilers are, as with Meson where nobody
              // gave one a path
  kNone,
};

Way WayToUs(const std::string& folder) {
  for (const char* name : {"/CMakeCache.txt", "/build.ninja", "/Makefile"}) {
    auto file = ReadFile(folder + name);
    const auto* text = std::get_if<std::string>(&file);
    if (text != nullptr && absl::StrContains(*text, "dfe-cc")) {
      return Way::kLaunched;
    }
  }
  const absl::StatusOr<std::vector<CompileCommand>> commands =
      LoadCompileDb(folder);
  if (!commands.ok()) return Way::kNone;
  auto any = [&](auto is) {
    return std::any_of(commands->begin(), commands->end(), is);
  };
  if (any([](const CompileCommand& command) { return command.launched; })) {
    return Way::kLaunched;
  }
  return any([](const CompileCommand& command) {
    return !absl::StrContains(command.words[0], '/') &&
           dispatch::IsShimName(command.words[0]);
  })
             ? Way::kByName
             : Way::kNone;
}

void ExplainEvents(const std::vector<dispatch::CcEvent>& events,
                   std::ostream& notes) {
  for (const dispatch::CcEvent& event : events) {
    notes << "dfe: " << event.source << ": "
          << (event.reason == dispatch::kTakenObject ? event.reason
              : event.node < 0 ? absl::StrCat("plain (", event.reason, ")")
                               : absl::StrCat("pch ", event.node))
          << absl::StrFormat(", %.2f s CPU", event.cpu_us / 1e6)
          << (event.resident ? " resident"
              : event.resident_reason.empty()
                  ? ""
                  : absl::StrCat(" in a process of its own (",
                                 event.resident_reason, ")"))
          << (event.node_us > 0 ? absl::StrFormat(", %.2f s for its headers",
                                                  event.node_us / 1e6)
                                : "")
          << (event.parts > 1 ? absl::StrCat(", in ", event.parts, " parts")
              : event.parts_reason.empty()
                  ? ""
                  : absl::StrCat(", not in parts (", event.parts_reason, ")"))
          << "\n";
  }
}

// One `dfe build` of a C or C++ project.
struct HeaderBuild {
  const ParsedOptions& options;
  const std::vector<std::string>& words;  // the user's command
  const CommandRunner& run;
  std::ostream& notes;

  void Note(absl::string_view text) const {
    notes << "dfe: " << text << "\n" << std::flush;
  }
  // For what a terminal's user wants to know, and a log does not need.
  bool Talks() const {
    return options.Flag("explain") || isatty(STDERR_FILENO) != 0;
  }
  absl::StatusOr<int> Plain() const {
    absl::StatusOr<SubprocessResult> result = run({});
    if (!result.ok()) return result.status();
    return result->exit_code;
  }
  absl::StatusOr<int> GiveUp(absl::string_view why) const {
    if (options.Flag("strict")) return absl::FailedPreconditionError(why);
    Note(absl::StrCat(why, ": plain build"));
    return Plain();
  }
};

// The project's plan into the session, and a word on what was left out.
absl::Status WritePlan(const HeaderBuild& build, Project* project,
                       const Session& session) {
  absl::StatusOr<TriedPlan> tried =
      WriteTriedSession(project, session.folder(), Jobs(0));
  if (!tried.ok()) return tried.status();
  for (const std::string& header : tried->without_line) {
    if (!build.options.Flag("explain")) break;
    build.Note(absl::StrCat(header,
                            ": does not compile without what is before "
                            "it; planned again"));
  }
  if (build.options.Flag("explain")) {
    build.notes << Describe(project->plan, project->planned_units, false);
  }
  absl::StatusOr<PartsWish> wish = ParsePartsWish(build.options.Text("split"));
  if (!wish.ok()) return wish.status();
  absl::Status written = WriteParts(*project, *wish, session.folder());
  if (!written.ok()) return written;
  if (build.options.Flag("object-cache")) {
    absl::StatusOr<KeptSummary> kept = WriteKept(*project, session.folder());
    if (!kept.ok()) {
      build.Note(absl::StrCat(kept.status().message(), ": not kept"));
    } else if (build.options.Flag("explain")) {
      for (const auto& [why, files] : kept->refused) {
        build.Note(
            absl::StrCat("objects of ", files, " files not kept: ", why));
      }
    }
  }
  if (tried->dropped > 0) {
    build.Note(absl::StrCat(tried->dropped,
                            " precompiled headers would not find the "
                            "files of the plan, and are left out"));
  }
  return absl::OkStatus();
}

// Whether to run a command that failed once more: one that only makes what is
// not there, so that nothing is done twice. What a target does, its name says.
bool MayRunAgain(const std::vector<std::string>& words) {
  const std::string program = ProgramName(words[0]);
  if (program != "make" && program != "gmake" && program != "ninja" &&
      program != "samu" && program != "cmake" &&
      (program != "meson" || words.size() < 2 || words[1] != "compile")) {
    return false;
  }
  return std::none_of(
      words.begin() + 1, words.end(), [](const std::string& word) {
        const std::vector<absl::string_view> parts =
            absl::StrSplit(word, absl::ByAnyChar("-_.:"));
        return std::any_of(
            parts.begin(), parts.end(), [](absl::string_view part) {
              return part == "check" || part == "test" || part == "tests" ||
                     part == "install" || part == "run" || part == "bench" ||
                     part == "deploy" || part == "publish" || part == "upload";
            });
      });
}

// Code may rely on the optimiser to drop calls of what nobody defines, and
// parts see less than the whole: then a program cannot be linked. If all that
// was compiled went well, and the command failed nevertheless, this takes the
// objects in parts away and the orders to make such. Returns how many.
int TakeBackParts(const std::vector<dispatch::CcEvent>& events,
                  const Session& session) {
  for (const dispatch::CcEvent& event : events) {
    if (event.exit_code != 0) return 0;
  }
  int taken = 0;
  std::error_code error;
  for (const dispatch::CcEvent& event : events) {
    if (!event.parts_object.empty() && fs::remove(event.parts_object, error)) {
      ++taken;
    }
  }
  if (taken > 0) fs::remove_all(session.folder() + "/cc/parts", error);
  return taken;
}

// The user's own command under the session, and what came of it. Of what was
// not there before, `project` is planned for meanwhile; it may be null.
absl::StatusOr<int> RunUnderSession(const HeaderBuild& build,
                                    const Session& session, Project* project,
                                    const std::string& cache,
                                    Environment environment) {
  environment.emplace_back(dispatch::kSessionVariable, session.folder());
  std::optional<LatePlans> late;
  if (project != nullptr) {
    late.emplace(project, LatePlansOptions{session.folder(), Jobs(0),
                                           build.options.Flag("object-cache")});
    late->Start();
  }
  absl::StatusOr<SubprocessResult> result = build.run(environment);
  if (!result.ok()) return result.status();
  std::vector<dispatch::CcEvent> events =
      dispatch::ReadCcEvents(session.folder());
  if (result->exit_code != 0 && result->exit_code < 128 &&
      !build.options.Flag("strict") && MayRunAgain(build.words)) {
    if (const int taken = TakeBackParts(events, session); taken > 0) {
      build.Note(absl::StrCat(
          "failed with ", taken,
          " files in parts, after they were compiled: building again without "
          "parts; --split off does so at once"));
      result = build.run(std::move(environment));
      if (!result.ok()) return result.status();
      events = dispatch::ReadCcEvents(session.folder());
    }
  }
  const LatePlans::Summary planned = late ? late->Stop() : LatePlans::Summary();
  if (planned.plans > 0 && build.options.Flag("explain")) {
    build.Note(absl::StrCat("planned again while building: ", planned.files,
                            " files in ", planned.plans, " plans, ",
                            planned.scanned, " of them scanned then"));
  }
  const std::string save = build.options.Text("save-session");
  if (!save.empty()) {
    absl::Status saved = session.SaveTo(save);
    if (!saved.ok()) build.Note(saved.message());
  }
  absl::StatusOr<int64_t> pruned = store::PruneAfterBuild(cache);
  if (!pruned.ok()) build.Note(pruned.status().message());
  if (build.options.Flag("explain")) ExplainEvents(events, build.notes);
  const auto shared =
      std::count_if(events.begin(), events.end(),
                    [](const dispatch::CcEvent& e) { return e.node >= 0; });
  if (!events.empty() && (isatty(STDERR_FILENO) != 0)) {
    build.Note(absl::StrCat(shared, " of ", events.size(),
                            " files had headers parsed once; --explain says "
                            "how"));
  }
  return result->exit_code;
}

// What a first build can promise for the next.
std::string Promise(const std::string& folder, const std::string& db,
                    const std::string& cache) {
  absl::StatusOr<Project> project = LoadCalls(folder, db, cache);
  if (!project.ok()) return std::string(project.status().message());
  std::map<std::string, int> refusals;
  int hopeful = 0;
  for (const ProjectUnit& unit : project->units) {
    if (unit.call.refusal.empty()) {
      ++hopeful;
    } else {
      ++refusals[unit.call.refusal];
    }
  }
  std::string text =
      hopeful == 0 ? "they stay plain" : "the next clean build will use them";
  for (const auto& [refusal, count] : refusals) {
    absl::StrAppend(&text, ", ", count, " stay plain: ", refusal);
  }
  return text;
}

// What puts dfe-cc in the place of compilers that have no path.
absl::StatusOr<Environment> ShimEnvironment(const std::string& cache,
                                            const std::string& launcher) {
  const char* path = std::getenv("PATH");
  if (path == nullptr) {
    return absl::FailedPreconditionError("PATH: expected folders, got none");
  }
  absl::StatusOr<std::string> shims = MakeShims(cache, launcher, path);
  if (!shims.ok()) return shims.status();
  return Environment{{"PATH", absl::StrCat(*shims, ":", path)},
                     {dispatch::kShimsVariable, *shims}};
}

// Scanning all files of a first build takes seconds, in which nothing else is
// printed.
absl::StatusOr<Project> LoadForBuild(
    const HeaderBuild& build, const std::string& folder, const std::string& db,
    const std::string& cache,
    const std::optional<std::set<std::string>>& made = {},
    const ExpectedFiles& expected = {}) {
  ProgressLine line("dfe", build.notes, ProgressLine::Elsewhere::kNothing);
  line.Show("reading what the sources include");
  return LoadProject(folder, db, cache, Jobs(0), made, expected);
}

// What no tool lists, see dfe/headers/recorded_project.h. If `listed` is not
// empty, a compile_commands.json there has calls by name.
absl::StatusOr<int> RunRecordedBuild(const HeaderBuild& build,
                                     const std::string& folder,
                                     const std::string& listed,
                                     const std::string& launcher) {
  // 1. dfe-cc in place of the compilers.
  const std::string cache = store::CacheRoot(build.options.Text("store"));
  absl::StatusOr<Environment> shims = ShimEnvironment(cache, launcher);
  if (!shims.ok()) return build.GiveUp(shims.status().message());
  absl::StatusOr<Session> session = Session::Create(cache);
  if (!session.ok()) return build.GiveUp(session.status().message());
  std::error_code error;
  fs::create_directories(session->folder() + "/cc/commands", error);

  // 2. The plan, if builds before this one were recorded, by whomever.
  const std::string db = RecordedDb(cache, folder);
  if (!listed.empty() && !fs::exists(db, error)) {
    absl::StatusOr<std::vector<CompileCommand>> calls = LoadCompileDb(listed);
    if (calls.ok()) (void)MergeIntoCompileDb(db, *calls);
  }
  const bool first = !fs::exists(db, error);
  ResidentCompilers residents;
  std::optional<Project> project;
  if (!first) {
    absl::StatusOr<Project> loaded =
        LoadForBuild(build, folder, db, cache, {},
                     LoadExpectedFiles(db, build.words, folder));
    absl::Status written = loaded.status();
    if (loaded.ok()) {
      project = *std::move(loaded);
      if (build.options.Flag("explain")) {
        build.Note(absl::StrCat(project->units.size(), " files known, ",
                                project->scanned, " of them scanned now"));
      }
      written = WritePlan(build, &*project, *session);
    }
    if (!written.ok()) return build.GiveUp(written.message());
    if (build.options.Flag("resident")) {
      residents.Start(*project, session->folder());
    }
  } else if (build.options.Flag("resident")) {
    residents.StartUsual(session->folder());
  }

  // 3. The user's own command.
  absl::StatusOr<int> code = RunUnderSession(
      build, *session, project ? &*project : nullptr, cache, *std::move(shims));
  if (!code.ok()) return code;

  // 4. What it taught.
  std::vector<std::string> compiled;
  for (dispatch::CcEvent& event : dispatch::ReadCcEvents(session->folder())) {
    compiled.push_back(std::move(event.source));
  }
  if (absl::Status kept = KeepCompiledFiles(db, build.words, compiled);
      !kept.ok()) {
    build.Note(kept.message());
  }
  absl::StatusOr<int> recorded = KeepRecordedCalls(session->folder(), db);
  if (!recorded.ok()) {
    build.Note(recorded.status().message());
  } else if (*recorded > 0) {
    if (first || build.Talks()) {
      build.Note(absl::StrCat(first ? "first build: " : "", "recorded ",
                              *recorded, " commands; ",
                              Promise(folder, db, cache)));
    }
  } else if (first && build.Talks()) {
    build.Note(
        "nothing recorded: nothing was compiled, or the compiler is called by "
        "a path; `make CC=NAME CXX=NAME` changes that");
  }
  return code;
}

}  // namespace

std::optional<absl::StatusOr<int>> RunHeaderBuild(
    const ParsedOptions& options, const std::vector<std::string>& words,
    const std::string& directory, const CommandRunner& run,
    std::ostream& notes) {
  const HeaderBuild build{options, words, run, notes};
  const std::string program = ProgramName(words[0]);
  const std::string folder = FindCompileDb(words, directory);
  const Way way = folder.empty() ? Way::kNone : WayToUs(folder);
  // A list that another tool made (an editor's, a kernel's) says what is
  // compiled, not that it comes to us.
  const std::string recorded =
      way == Way::kLaunched ? "" : RecordedFolder(words, directory);
  const bool configures =
      program == "cmake" && folder.empty() &&
      std::find(words.begin(), words.end(), "--build") == words.end();
  if (folder.empty() && recorded.empty() && !configures) return std::nullopt;
  if (options.Text("strategy") == "plain") return build.Plain();
  const absl::StatusOr<PartsWish> wish = ParsePartsWish(options.Text("split"));
  if (!wish.ok()) return wish.status();
  const std::string launcher = FindCcDispatch();
  if (launcher.empty()) return build.GiveUp("dfe-cc: not found beside dfe");
  if (!recorded.empty()) {
    return RunRecordedBuild(build, recorded, way == Way::kByName ? folder : "",
                            launcher);
  }

  // 1. CMake takes the launcher from its first configuration on.
  if (configures) {
    absl::StatusOr<SubprocessResult> result =
        run({{"CMAKE_C_COMPILER_LAUNCHER", launcher},
             {"CMAKE_CXX_COMPILER_LAUNCHER", launcher},
             {"CMAKE_EXPORT_COMPILE_COMMANDS", "ON"}});
    if (!result.ok()) return result.status();
    return result->exit_code;
  }
  Environment environment;
  if (way != Way::kLaunched) {
    if (way == Way::kNone) {
      return build.GiveUp(absl::StrCat(
          folder,
          ": configured without dfe-cc; `dfe build -- cmake …` in a new "
          "folder, -DCMAKE_CXX_COMPILER_LAUNCHER=dfe-cc, or, for Meson, "
          "compilers without a path in CC and CXX change that"));
    }
    absl::StatusOr<Environment> shims =
        ShimEnvironment(store::CacheRoot(options.Text("store")), launcher);
    if (!shims.ok()) return build.GiveUp(shims.status().message());
    environment = *std::move(shims);
  }

  // 2. The plan. After this point it is fixed.
  absl::StatusOr<Project> project = LoadForBuild(
      build, folder, folder, store::CacheRoot(options.Text("store")),
      OutputsToMake(words, directory));
  if (!project.ok()) return build.GiveUp(project.status().message());
  if (options.Flag("explain")) {
    notes << "dfe: " << project->units.size() << " files to be compiled, "
          << project->scanned << " of them scanned now\n";
  }
  const std::vector<PartsChoice> parts =
      PlanParts(PartsUnits(*project), *wish, CoreCount());
  const bool resident =
      options.Flag("resident") && ResidentCompilers::AreWanted(*project);
  const bool awaits =
      std::any_of(project->units.begin(), project->units.end(),
                  [](const ProjectUnit& unit) { return !unit.awaits.empty(); });
  if (project->plan.nodes.empty() && !awaits &&
      std::none_of(parts.begin(), parts.end(),
                   [](const PartsChoice& c) { return c.parts > 1; })) {
    if (options.Flag("explain")) {
      if (!resident) {
        notes << Describe(project->plan, project->planned_units, false);
      }
      build.Note("no headers worth sharing, no file worth dividing");
    }
    if (!resident) return build.Plain();
  }
  absl::StatusOr<Session> session = Session::Create(project->cache);
  if (!session.ok()) return build.GiveUp(session.status().message());
  absl::Status written = WritePlan(build, &*project, *session);
  if (!written.ok()) return build.GiveUp(written.message());
  ResidentCompilers residents;
  if (resident) residents.Start(*project, session->folder());

  // 3. The user's own command.
  return RunUnderSession(build, *session, &*project, project->cache,
                         std::move(environment));
}

absl::StatusOr<Environment> CompilersOfBuildScripts(const std::string& cache) {
  const std::string launcher = FindCcDispatch();
  if (launcher.empty()) {
    return absl::NotFoundError("dfe-cc: not found beside dfe");
  }
  return ShimEnvironment(cache, launcher);
}

}  // namespace dfe::headers
