// From compile_commands.json to a plan on disk, in the order of the functions.
#include "dfe/headers/project.h"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "dfe/base/subprocess.h"
#include "dfe/base/versions.h"
#include "dfe/build/toolchain.h"
#include "dfe/format/envelope.h"

namespace dfe::headers {
namespace {

namespace fs = std::filesystem;

std::string Beside(std::initializer_list<const char*> places) {
  const fs::path own = fs::path(OwnPath()).parent_path();
  for (const char* place : places) {
    std::error_code error;
    fs::path candidate = (own / place).lexically_normal();
    if (fs::exists(candidate, error)) return candidate.string();
  }
  return "";
}

absl::Status Write(const std::string& path, absl::string_view text) {
  if (auto error = WriteFileAtomically(path, {text.data(), text.size()})) {
    return absl::UnavailableError(error->message);
  }
  return absl::OkStatus();
}

// The first line that the compiler prints of itself ("clang version …"),
// or "" if it is no Clang that the plugin was tested in.
std::string CompilerIdentity(const std::string& compiler,
                             const std::string& directory) {
  SubprocessOptions run;
  run.argv = {compiler, "--version"};
  run.working_directory = directory;
  run.capture_stdout = true;
  run.discard_stderr = true;
  absl::StatusOr<SubprocessResult> result = RunSubprocess(run);
  if (!result.ok() || !result->ok()) return "";
  std::string line = result->out.substr(0, result->out.find('\n'));
  for (absl::string_view tested : absl::StrSplit(kLlvmTested, ' ')) {
    if (absl::StrContains(line, absl::StrCat("clang version ", tested))) {
      return line;
    }
  }
  return "";
}

// What a record needs to be still true: every file as it was then.
class DiskState {
 public:
  bool Unchanged(const HeaderRecord& record, const std::string& directory) {
    for (const HeaderRecord::File& file : record.files) {
      if ((file.flags & kFileBuiltin) != 0) continue;
      const auto [bytes, modified_ns] = StampOf(directory, file.name);
      if (bytes != file.bytes || modified_ns != file.modified_ns) return false;
    }
    return true;
  }

 private:
  using Stamp = std::pair<uint64_t, uint64_t>;
  Stamp StampOf(const std::string& directory, const std::string& name) {
    const std::string path =
        absl::StartsWith(name, "/") ? name : absl::StrCat(directory, "/", name);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      auto known = known_.find(path);
      if (known != known_.end()) return known->second;
    }
    struct stat info;
    Stamp stamp = {~uint64_t{0}, 0};
    if (stat(path.c_str(), &info) == 0) {
      stamp = {static_cast<uint64_t>(info.st_size),
               static_cast<uint64_t>(info.st_mtim.tv_sec) * 1000000000u +
                   static_cast<uint64_t>(info.st_mtim.tv_nsec)};
    }
    std::lock_guard<std::mutex> lock(mutex_);
    known_.emplace(path, stamp);
    return stamp;
  }

  std::mutex mutex_;
  absl::flat_hash_map<std::string, Stamp> known_;
};

// Preprocesses a file with the plugin. False: no record came of it.
bool Scan(const std::string& directory, const std::vector<std::string>& flags,
          const std::vector<std::string>& input, const std::string& out,
          const std::string& identity, HeaderRecord* record) {
  SubprocessOptions run;
  run.argv = flags;
  run.argv.insert(
      run.argv.end(),
      {"-w", "-fsyntax-only", "-fplugin=" + FindHeadersPlugin(), "-Xclang",
       "-plugin", "-Xclang", "dfe-headers-scan", "-Xclang",
       "-plugin-arg-dfe-headers-scan", "-Xclang", "out=" + out});
  run.argv.insert(run.argv.end(), input.begin(), input.end());
  run.working_directory = directory;
  run.discard_stderr = true;
  run.discard_stdout = true;
  std::error_code ignored;
  fs::remove(out, ignored);
  absl::StatusOr<SubprocessResult> result = RunSubprocess(run);
  if (!result.ok() || !result->ok()) return false;
  auto loaded = HeaderRecord::Load(out, identity);
  if (auto* found = std::get_if<HeaderRecord>(&loaded)) {
    *record = std::move(*found);
    return true;
  }
  return false;
}

std::string BansPath(const Project& project) {
  return absl::StrCat(project.cache, "/headers/",
                      HashName(project.folder), ".bans");
}

}  // namespace

std::string FindHeadersPlugin() {
  return Beside({"../lib/dfe-headers.so", "../lib/dfe/dfe-headers.so"});
}
std::string FindCcDispatch() { return Beside({"dfe-cc", "../lib/dfe/dfe-cc"}); }

void InParallel(size_t count, int jobs,
                const std::function<void(size_t)>& work) {
  std::atomic<size_t> next{0};
  std::vector<std::thread> threads;
  threads.reserve(static_cast<size_t>(jobs));
  for (int i = 0; i < jobs; ++i) {
    threads.emplace_back([&] {
      for (size_t at = next++; at < count; at = next++) work(at);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

absl::StatusOr<Project> LoadProject(const std::string& folder,
                                    const std::string& cache, int jobs) {
  absl::StatusOr<std::vector<CompileCommand>> commands = LoadCompileDb(folder);
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
  std::map<std::string, std::string> identities;
  for (CompileCommand& command : *commands) {
    ProjectUnit unit{std::move(command.directory),
                     dispatch::CcInvocation(std::move(command.words)),
                     "",
                     {},
                     false};
    if (unit.call.refusal.empty()) {
      auto [it, is_new] = identities.try_emplace(unit.call.words[0]);
      if (is_new) {
        it->second = CompilerIdentity(unit.call.words[0], unit.directory);
      }
      unit.identity = it->second;
      if (unit.identity.empty()) {
        unit.call.refusal =
            absl::StrCat("not compiled by a Clang of ", kLlvmTested);
      }
    }
    project.units.push_back(std::move(unit));
  }

  DiskState disk;
  std::atomic<int> scanned{0};
  InParallel(project.units.size(), jobs, [&](size_t i) {
    ProjectUnit& unit = project.units[i];
    if (!unit.call.refusal.empty()) return;
    const std::string path = absl::StrCat(
        cache, "/headers/", unit.call.Key(unit.directory), ".dfeheaders");
    auto kept = HeaderRecord::Load(path, unit.identity);
    if (auto* record = std::get_if<HeaderRecord>(&kept)) {
      if (disk.Unchanged(*record, unit.directory)) {
        unit.record = std::move(*record);
        unit.recorded = true;
        return;
      }
    }
    ++scanned;
    unit.recorded = Scan(unit.directory, unit.call.flags, {unit.call.source},
                         path, unit.identity, &unit.record);
  });
  project.scanned = scanned;
  project.banned = LoadBans(project);
  Replan(&project);
  return project;
}

void Replan(Project* project) {
  project->planned_units.clear();
  for (const ProjectUnit& unit : project->units) {
    PlannedUnit planned;
    planned.source = unit.call.source;
    planned.refusal = unit.call.refusal;
    planned.group = absl::StrCat(unit.directory, "\n", unit.call.language, "\n",
                                 absl::StrJoin(unit.call.flags, "\n"));
    if (unit.recorded) planned.record = &unit.record;
    project->planned_units.push_back(std::move(planned));
  }
  project->plan = PlanHeaders(project->planned_units, project->banned);
}

namespace {

// What one node needs on disk.
struct NodeFiles {
  std::string name;  // of the precompiled header
  std::string source;
  std::string text;        // of the source
  std::string whole_text;  // of the sources of the chain, the root's first
  const ProjectUnit* example = nullptr;  // a file that it is for
  bool dropped = false;
};

// A unit of the node, or of the nodes below it.
const ProjectUnit* ExampleFor(const Project& project, int node) {
  const HeaderPlan& plan = project.plan;
  for (size_t unit = 0; unit < project.units.size(); ++unit) {
    for (int at = plan.node_of_unit[unit]; at >= 0;
         at = plan.nodes[at].parent) {
      if (at == node) return &project.units[unit];
    }
  }
  return nullptr;
}

// The name changes with all that the precompiled header is made of: compiler,
// flags, order, and the size and time of every header.
std::string NodeName(const Project& project, const PlannedNode& node,
                     const NodeFiles& files) {
  const ProjectUnit& unit = *files.example;
  std::string made_of =
      absl::StrCat(unit.identity, "\n", unit.directory, "\n",
                   absl::StrJoin(unit.call.flags, "\n"), "\n",
                   unit.call.language, "\n", files.whole_text);
  const std::set<std::string> headers(node.headers.begin(), node.headers.end());
  for (const HeaderRecord::File& file : unit.record.files) {
    if (!headers.contains(file.name)) continue;
    absl::StrAppend(&made_of, file.name, " ", file.content, " ", file.bytes,
                    " ", file.modified_ns, "\n");
  }
  return absl::StrCat(project.cache, "/headers/pch/",
                      HashName(made_of));
}

std::vector<std::string> LanguageWords(const ProjectUnit& unit) {
  return {"-x", unit.call.language == "c" ? "c-header" : "c++-header"};
}

// True if the sources of the chain reach the files of the plan, no other, and
// with the very text that the units saw.
bool ReachesThePlan(const PlannedNode& node, const NodeFiles& files,
                    const std::string& scratch) {
  const ProjectUnit& unit = *files.example;
  const std::string source = scratch + ".h";
  if (!Write(source, files.whole_text).ok()) return false;
  std::vector<std::string> input = LanguageWords(unit);
  input.push_back(source);
  HeaderRecord record;
  if (!Scan(unit.directory, unit.call.flags, input, scratch + ".dfeheaders",
            unit.identity, &record)) {
    return false;
  }
  std::map<std::string, std::pair<uint64_t, bool>> expected;
  for (const HeaderRecord::File& file : unit.record.files) {
    expected[file.name] = {file.content, (file.flags & kFileSystem) != 0};
  }
  std::set<std::string> reached;
  for (const HeaderRecord::File& file : record.files) {
    if (file.name == source || (file.flags & kFileBuiltin) != 0) continue;
    auto known = expected.find(file.name);
    if (known == expected.end() || known->second.first != file.content ||
        known->second.second != ((file.flags & kFileSystem) != 0)) {
      return false;
    }
    reached.insert(file.name);
  }
  return std::equal(reached.begin(), reached.end(), node.headers.begin(),
                    node.headers.end());
}

// How the plain compile reaches each header, for diagnostics.
std::string Trace(const HeaderRecord& record) {
  std::string out;
  std::vector<uint32_t> stack;
  std::vector<bool> seen(record.files.size(), false);
  for (const HeaderRecord::Event& event : record.events) {
    if (event.kind == HeaderEvent::kExit) stack.pop_back();
    if (event.kind != HeaderEvent::kEnter) continue;
    if (!stack.empty() && !seen[event.subject] && event.value != 0) {
      absl::StrAppend(&out, record.files[event.subject].name, "\t",
                      record.files[stack.back()].name, "\t",
                      record.routes[event.value - 1].line, "\n");
    }
    seen[event.subject] = true;
    stack.push_back(event.subject);
  }
  return out;
}

absl::Status WriteNode(const Project& project, const std::string& folder,
                       size_t number, const std::vector<NodeFiles>& files) {
  const PlannedNode& node = project.plan.nodes[number];
  const NodeFiles& own = files[number];
  const ProjectUnit& unit = *own.example;
  std::vector<std::string> words = unit.call.flags;
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
           {".source", own.source}}) {
    absl::Status written = Write(stem + suffix, text);
    if (!written.ok()) return written;
  }
  // The source's time is part of the precompiled header: written once.
  std::error_code error;
  if (fs::exists(own.source, error)) return absl::OkStatus();
  return Write(own.source, own.text);
}

}  // namespace

absl::StatusOr<int> WriteSession(Project* project, const std::string& session,
                                 int jobs) {
  HeaderPlan& plan = project->plan;
  const std::string folder = session + "/cc";
  std::error_code error;
  fs::create_directories(folder + "/units", error);
  fs::create_directories(folder + "/nodes", error);

  std::vector<NodeFiles> files(plan.nodes.size());
  for (size_t i = 0; i < files.size(); ++i) {
    const PlannedNode& node = plan.nodes[i];
    files[i].text = absl::StrCat(absl::StrJoin(node.lines, "\n"), "\n");
    files[i].whole_text =
        (node.parent < 0 ? "" : files[node.parent].whole_text) + files[i].text;
    files[i].example = ExampleFor(*project, static_cast<int>(i));
    if (files[i].example == nullptr) continue;
    files[i].name = NodeName(*project, node, files[i]);
    files[i].source = files[i].name + ".h";
  }
  InParallel(files.size(), jobs, [&](size_t i) {
    // A precompiled header that is there was looked at when it was made.
    if (files[i].example == nullptr || fs::exists(files[i].name + ".pch")) {
      return;
    }
    files[i].dropped = !ReachesThePlan(plan.nodes[i], files[i],
                                       absl::StrCat(folder, "/check-", i));
  });
  int dropped = 0;
  for (size_t i = 0; i < files.size(); ++i) {
    const int parent = plan.nodes[i].parent;
    if (parent >= 0 && files[parent].dropped) files[i].dropped = true;
    dropped += files[i].dropped;
    if (files[i].example == nullptr || files[i].dropped) continue;
    absl::Status written = WriteNode(*project, folder, i, files);
    if (!written.ok()) return written;
  }

  for (size_t i = 0; i < project->units.size(); ++i) {
    const ProjectUnit& unit = project->units[i];
    if (!unit.call.refusal.empty()) continue;  // dfe-cc sees that itself
    int node = plan.node_of_unit[i];
    while (node >= 0 && files[node].dropped) node = plan.nodes[node].parent;
    if (node != plan.node_of_unit[i]) {
      plan.node_of_unit[i] = node;
      if (node < 0) plan.reason_of_unit[i] = "headers are found otherwise";
    }
    const std::string path =
        absl::StrCat(folder, "/units/", unit.call.Key(unit.directory));
    absl::Status written =
        Write(path, node >= 0 ? absl::StrCat(node)
                              : "plain " + plan.reason_of_unit[i]);
    if (written.ok() && node >= 0) {
      written = Write(path + ".trace", Trace(unit.record));
    }
    if (!written.ok()) return written;
  }
  return dropped;
}

std::vector<std::string> LoadBans(const Project& project) {
  auto text = ReadFile(BansPath(project));
  if (auto* found = std::get_if<std::string>(&text)) {
    return absl::StrSplit(*found, '\n', absl::SkipEmpty());
  }
  return {};
}

absl::Status SaveBans(const Project& project,
                      const std::vector<std::string>& bans) {
  return Write(BansPath(project), absl::StrJoin(bans, "\n"));
}

}  // namespace dfe::headers
