// From compile_commands.json to a plan on disk, in the order of the functions.
#include "dfe/headers/project.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>

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
#include "dfe/dispatch/cc_parts.h"
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

absl::Status Write(const std::string& path, absl::string_view text) {
  if (auto error = WriteFileAtomically(path, {text.data(), text.size()})) {
    return absl::UnavailableError(error->message);
  }
  return absl::OkStatus();
}

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

// The record at `path` if it is true, or is with the times of now, which it
// then has there, too.
std::optional<KeptRecord> TrueRecord(const std::string& path,
                                     const std::string& identity,
                                     const std::string& directory,
                                     DiskState* disk) {
  std::optional<KeptRecord> kept = LoadRecord(path, identity);
  if (!kept || disk->Unchanged(kept->record, directory)) return kept;
  if (!disk->Redate(&kept->record, directory) || kept->record.LoadRest(path) ||
      kept->record.Save(path, identity)) {
    return std::nullopt;
  }
  return LoadRecord(path, identity);
}

}  // namespace

std::string FindHeadersPlugin() {
  return FindBeside({"../lib/dfe-headers.so", "../lib/dfe/dfe-headers.so"});
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
                     ""};
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

void ReadRecords(Project* project, const std::vector<size_t>& units, int jobs) {
  DiskState disk;
  std::vector<std::optional<KeptRecord>> kept(units.size());
  std::vector<std::string> paths(units.size());
  InParallel(units.size(), jobs, [&](size_t i) {
    const ProjectUnit& unit = project->units[units[i]];
    if (!unit.call.refusal.empty()) return;
    paths[i] = absl::StrCat(
        project->cache, "/headers/",
        HashName(unit.call.Key(unit.directory) + "\n" + unit.setup),
        ".dfeheaders");
    kept[i] = TrueRecord(paths[i], unit.identity, unit.directory, &disk);
  });
  std::vector<ScanJob> scans;
  std::vector<size_t> numbers;
  for (size_t i = 0; i < units.size(); ++i) {
    if (paths[i].empty() || kept[i]) continue;
    const ProjectUnit& unit = project->units[units[i]];
    numbers.push_back(i);
    scans.push_back({unit.directory,
                     unit.call.flags,
                     {},
                     unit.call.source,
                     paths[i],
                     unit.identity});
  }
  std::vector<std::optional<KeptRecord>> scanned = ScanAll(scans, jobs);
  for (size_t i = 0; i < scans.size(); ++i) {
    kept[numbers[i]] = std::move(scanned[i]);
  }
  project->scanned = static_cast<int>(scans.size());
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

void Replan(Project* project) {
  project->planned_units.clear();
  for (const ProjectUnit& unit : project->units) {
    PlannedUnit planned;
    planned.source = unit.call.source;
    planned.refusal = unit.call.refusal;
    planned.names_refusal = NamesRefusal(unit);
    planned.group = absl::StrCat(unit.directory, "\n", SharedWords(unit.call));
    planned.macros = MacroWords(unit.call);
    if (unit.recorded) planned.record = &unit.record;
    project->planned_units.push_back(std::move(planned));
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

namespace {

// What one node needs on disk.
struct NodeFiles {
  std::string stem;  // of the source and the record
  std::string name;  // of the precompiled header
  std::string source;
  std::string text;        // of the source
  std::string whole_text;  // of the sources of the chain, the root's first
  const ProjectUnit* leader = nullptr;  // whose words it is made with
  std::vector<std::string> words;       // of the compiler
  std::string content;      // hash of words, lines and those of the parents
  std::string record_hash;  // of the record of the whole text
  std::string probes;       // of that record
  std::string times;        // of its files
  bool dropped = false;
};

// By node, whether some unit has it, or one of the nodes below it.
std::vector<bool> UsedNodes(const HeaderPlan& plan) {
  std::vector<bool> used(plan.nodes.size(), false);
  for (int node : plan.node_of_unit) {
    for (int at = node; at >= 0; at = plan.nodes[at].parent) used[at] = true;
  }
  return used;
}

// The name changes with all that the precompiled header is to be made of:
// compiler, flags, order, and the text of every header.
std::string NodeStem(const Project& project, const PlannedNode& node,
                     const NodeFiles& files) {
  const ProjectUnit& unit = *files.leader;
  std::string made_of =
      absl::StrCat(unit.identity, "\n", unit.setup, "\n", unit.directory, "\n",
                   absl::StrJoin(files.words, "\n"), "\n", unit.call.language,
                   "\n", files.whole_text);
  const std::set<std::string> headers(node.headers.begin(), node.headers.end());
  for (const HeaderRecord::File& file : unit.record.files) {
    if (!headers.contains(file.name)) continue;
    absl::StrAppend(&made_of, file.name, " ", file.content, " ", file.bytes,
                    "\n");
  }
  return absl::StrCat(project.cache, "/headers/pch/", HashName(made_of));
}

// The precompiled header's own name changes also with where its searches end,
// with the times of its source and headers, which Clang compares, and with what
// it is chained onto.
std::string NodeName(const NodeFiles& files, const std::string& parent) {
  return absl::StrCat(
      fs::path(files.stem).parent_path().string(), "/",
      HashName(absl::StrCat(files.stem, "\n", files.probes, "\n", files.times,
                            "\n", dispatch::StateOf(files.source).modified_ns,
                            "\n", parent)));
}

std::vector<std::string> LanguageWords(const ProjectUnit& unit) {
  return {"-x", unit.call.language == "c" ? "c-header" : "c++-header"};
}

// A source's time is part of what is made of it: written once.
bool WriteOnce(const std::string& path, const std::string& text) {
  auto there = ReadFile(path);
  const auto* known = std::get_if<std::string>(&there);
  return (known != nullptr && *known == text) || Write(path, text).ok();
}

// The record of each node's source, or nothing.
std::vector<std::optional<KeptRecord>> ScanNodes(
    const std::vector<NodeFiles>& files, int jobs, DiskState* disk) {
  std::vector<std::optional<KeptRecord>> records(files.size());
  std::vector<ScanJob> scans(files.size());
  InParallel(files.size(), jobs, [&](size_t i) {
    const NodeFiles& own = files[i];
    if (own.leader == nullptr) return;
    // Beside the node's own source: both look for headers in the same places.
    const std::string source = own.stem + ".whole.h";
    if (!WriteOnce(own.source, own.text) ||
        !WriteOnce(source, own.whole_text)) {
      return;
    }
    const ProjectUnit& unit = *own.leader;
    scans[i] = {unit.directory,           own.words,
                LanguageWords(unit),      source,
                own.stem + ".dfeheaders", unit.identity};
    records[i] = TrueRecord(scans[i].out, unit.identity, unit.directory, disk);
  });
  std::vector<size_t> numbers;
  std::vector<ScanJob> wanted;
  for (size_t i = 0; i < files.size(); ++i) {
    if (scans[i].source.empty() || records[i]) continue;
    numbers.push_back(i);
    wanted.push_back(std::move(scans[i]));
  }
  std::vector<std::optional<KeptRecord>> scanned = ScanAll(wanted, jobs);
  for (size_t i = 0; i < numbers.size(); ++i) {
    records[numbers[i]] = std::move(scanned[i]);
  }
  return records;
}

// True if the sources of the chain reach the files of the plan, no other, and
// with the very text that the units saw.
bool ReachesThePlan(const PlannedNode& node,
                    const std::optional<KeptRecord>& kept, NodeFiles* files) {
  if (!kept) return false;
  const ProjectUnit& unit = *files->leader;
  const std::string source = files->stem + ".whole.h";
  const HeaderRecord& record = kept->record;
  files->record_hash = kept->hash;
  files->probes = dispatch::ProbesText(record);
  files->times.clear();
  for (const HeaderRecord::File& file : record.files) {
    absl::StrAppend(&files->times, file.modified_ns, " ");
  }
  // Its text, what it is and what it asked for.
  auto seen = [](const HeaderRecord::File& file) {
    return std::tuple(file.content, (file.flags & kFileSystem) != 0,
                      file.asked);
  };
  std::map<std::string, std::tuple<uint64_t, bool, uint64_t>> expected;
  for (const HeaderRecord::File& file : unit.record.files) {
    expected[file.name] = seen(file);
  }
  std::set<std::string> reached;
  for (const HeaderRecord::File& file : record.files) {
    const bool only_asked_for =
        (file.flags & kFileAsked) != 0 && file.content == 0;
    if (file.name == source || (file.flags & kFileBuiltin) != 0 ||
        only_asked_for) {
      continue;
    }
    auto known = expected.find(file.name);
    if (known == expected.end() || known->second != seen(file)) return false;
    reached.insert(file.name);
  }
  return std::equal(reached.begin(), reached.end(), node.headers.begin(),
                    node.headers.end());
}

// The headers of the node that have a relative name, see
// dfe/dispatch/cc_names.h: the same for all files that share it. Ordered so
// that a name which begins with another one comes after it.
std::string Names(const ProjectUnit& unit, const PlannedNode& node) {
  std::map<std::string, std::string> names;
  for (const HeaderRecord::File& file : unit.record.files) {
    if (!absl::StartsWith(file.name, "/") &&
        std::binary_search(node.headers.begin(), node.headers.end(),
                           file.name)) {
      names[dispatch::KeptName(unit.directory, file.name)] = file.name;
    }
  }
  std::string out;
  for (const auto& [absolute, plain] : names) {
    absl::StrAppend(&out, absolute, "\t", plain, "\n");
  }
  return out;
}

absl::Status WriteNode(const Project& project, const std::string& folder,
                       size_t number, const std::vector<NodeFiles>& files) {
  const PlannedNode& node = project.plan.nodes[number];
  const NodeFiles& own = files[number];
  const ProjectUnit& unit = *own.leader;
  std::vector<std::string> words = own.words;
  if (unit.call.language == "c++") {
    words.push_back("-fpch-instantiate-templates");
  }
  const std::string stem = absl::StrCat(folder, "/nodes/", number);
  if (node.parent >= 0) {
    words.insert(words.end(),
                 {"-include-pch", files[node.parent].name + ".pch"});
    absl::Status written = Write(stem + ".parent", absl::StrCat(node.parent));
    if (!written.ok()) return written;
  }
  for (const std::string& word : LanguageWords(unit)) words.push_back(word);
  words.push_back(own.source);
  for (const auto& [suffix, text] :
       std::vector<std::pair<std::string, std::string>>{
           {".args", absl::StrJoin(words, "\n")},
           {".name", own.name + ".pch"},
           {".source", own.source},
           {".content", own.content},
           {".names", Names(unit, node)},
           {".record",
            absl::StrCat(own.stem, ".dfeheaders\n", own.record_hash, "\n")}}) {
    absl::Status written = Write(stem + suffix, text);
    if (!written.ok()) return written;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int> WriteSession(Project* project, const std::string& session,
                                 int jobs) {
  HeaderPlan& plan = project->plan;
  const std::string folder = session + "/cc";
  std::error_code error;
  fs::create_directories(folder + "/units", error);
  fs::create_directories(folder + "/nodes", error);

  const std::vector<bool> used = UsedNodes(plan);
  std::vector<NodeFiles> files(plan.nodes.size());
  for (size_t i = 0; i < files.size(); ++i) {
    const PlannedNode& node = plan.nodes[i];
    files[i].text = absl::StrCat(absl::StrJoin(node.lines, "\n"), "\n");
    files[i].whole_text =
        (node.parent < 0 ? "" : files[node.parent].whole_text) + files[i].text;
    if (!used[i]) continue;
    files[i].leader = &project->units[node.leader];
    files[i].words = NodeWords(files[i].leader->call, node.hidden);
    files[i].content = HashName(
        absl::StrCat(node.parent < 0 ? "" : files[node.parent].content, "\n",
                     absl::StrJoin(files[i].words, "\n"), "\n", files[i].text));
    files[i].stem = NodeStem(*project, node, files[i]);
    files[i].source = files[i].stem + ".h";
  }
  DiskState disk;
  const std::vector<std::optional<KeptRecord>> records =
      ScanNodes(files, jobs, &disk);
  int dropped = 0;
  for (size_t i = 0; i < files.size(); ++i) {
    files[i].dropped = files[i].leader != nullptr &&
                       !ReachesThePlan(plan.nodes[i], records[i], &files[i]);
    const int parent = plan.nodes[i].parent;
    if (parent >= 0 && files[parent].dropped) files[i].dropped = true;
    dropped += files[i].dropped;
    if (files[i].leader == nullptr || files[i].dropped) continue;
    files[i].name = NodeName(files[i], parent < 0 ? "" : files[parent].name);
    absl::Status written = WriteNode(*project, folder, i, files);
    if (!written.ok()) return written;
  }

  for (size_t i = 0; i < project->units.size(); ++i) {
    const ProjectUnit& unit = project->units[i];
    int node = plan.node_of_unit[i];
    while (node >= 0 && files[node].dropped) node = plan.nodes[node].parent;
    if (node != plan.node_of_unit[i]) {
      plan.node_of_unit[i] = node;
      if (node < 0) plan.reason_of_unit[i] = "headers are found otherwise";
    }
    const std::string path =
        absl::StrCat(folder, "/units/", unit.call.Key(unit.directory));
    absl::Status written =
        Write(path, node >= 0 ? absl::StrCat(node, "\n", unit.record_path, "\n",
                                             unit.record_hash, "\n")
                              : "plain " + plan.reason_of_unit[i]);
    if (!written.ok()) return written;
  }
  return dropped;
}

std::vector<PartsUnit> PartsUnits(const Project& project) {
  std::vector<PartsUnit> units;
  for (const ProjectUnit& unit : project.units) {
    std::error_code error;
    const uintmax_t bytes =
        fs::file_size(fs::path(unit.directory) / unit.call.source, error);
    units.push_back(
        {unit.call.refusal, error ? 0 : static_cast<int64_t>(bytes)});
  }
  return units;
}

absl::Status WriteParts(const Project& project, const PartsWish& wish,
                        const std::string& session) {
  const std::string folder = session + "/cc/parts";
  std::error_code error;
  fs::create_directories(folder, error);
  const std::string plugin = FindPassPlugin();
  if (plugin.empty()) return absl::OkStatus();
  const std::vector<PartsChoice> choices =
      PlanParts(PartsUnits(project), wish, CoreCount());
  for (size_t i = 0; i < choices.size(); ++i) {
    const ProjectUnit& unit = project.units[i];
    if (choices[i].parts < 2) continue;
    absl::Status written =
        Write(absl::StrCat(folder, "/", unit.call.Key(unit.directory)),
              dispatch::PartsOrderText(
                  {choices[i].parts, choices[i].always, plugin}));
    if (!written.ok()) return written;
  }
  return absl::OkStatus();
}

}  // namespace dfe::headers
