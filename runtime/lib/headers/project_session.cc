// A plan on disk, for dfe-cc: nodes, then units, then parts.
#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dfe/base/in_parallel.h"
#include "dfe/base/subprocess.h"
#include "dfe/build/toolchain.h"
#include "dfe/dispatch/cc_names.h"
#include "dfe/dispatch/cc_parts.h"
#include "dfe/dispatch/record_state.h"
#include "dfe/format/envelope.h"
#include "dfe/headers/disk_state.h"
#include "dfe/headers/project.h"
#include "dfe/headers/scan.h"
#include "dfe/headers/shared_words.h"

namespace dfe::headers {
namespace fs = std::filesystem;

namespace {

absl::Status Write(const std::string& path, absl::string_view text) {
  if (auto error = WriteFileAtomically(path, {text.data(), text.size()})) {
    return absl::UnavailableError(error->message);
  }
  return absl::OkStatus();
}

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
  bool dropped = false;
};

// Whether a debugger is to know what the headers of a file import. In doubt the
// plugin is loaded, and finds that nobody asks.
bool WantsImports(const dispatch::CcInvocation& call) {
  return call.language == "c++" &&
         std::any_of(call.flags.begin(), call.flags.end(),
                     [](const std::string& word) {
                       return absl::StartsWith(word, "-g");
                     });
}

// The word that puts instances of templates into a node, or "". With them
// implicit functions and types come in another order, and so do the places in
// the source that Clang gives what has none: of 58 objects of cppcheck with
// debug information 23 say something else then, and 4 without. There they take
// the same time (104 CPU seconds).
std::string InstancesWord(const dispatch::CcInvocation& call) {
  return call.language == "c++" && !WantsImports(call)
             ? "-fpch-instantiate-templates"
             : "";
}

// By node, whether some unit has it, or one of the nodes below it.
std::vector<bool> UsedNodes(const HeaderPlan& plan) {
  std::vector<bool> used(plan.nodes.size(), false);
  for (int node : plan.node_of_unit) {
    for (int at = node; at >= 0; at = plan.nodes[at].parent) used[at] = true;
  }
  return used;
}

// The name changes with all that the precompiled header is to be made of:
// compiler, flags, order, the text of every header, and where the parent's part
// ends: with that, the source is another one.
std::string NodeStem(const Project& project, const PlannedNode& node,
                     const NodeFiles& files) {
  const ProjectUnit& unit = *files.leader;
  std::string made_of =
      absl::StrCat("dfe-node 3\n", unit.identity, "\n", unit.setup, "\n",
                   unit.directory, "\n", absl::StrJoin(files.words, "\n"), "\n",
                   InstancesWord(unit.call), "\n", unit.call.language, "\n",
                   files.text.size(), "\n", files.whole_text);
  const std::set<std::string> headers(node.headers.begin(), node.headers.end());
  for (const HeaderRecord::File& file : unit.record.files) {
    if (!headers.contains(file.name)) continue;
    absl::StrAppend(&made_of, file.name, " ", file.content, " ", file.bytes,
                    "\n");
  }
  return absl::StrCat(project.cache, "/headers/pch/", HashName(made_of));
}

// The precompiled header's own name changes also with where its searches end,
// and with what it is chained onto. No times: Clang keeps none in it.
std::string NodeName(const NodeFiles& files, const std::string& parent) {
  return absl::StrCat(
      fs::path(files.stem).parent_path().string(), "/",
      HashName(absl::StrCat(files.stem, "\n", files.probes, "\n", parent)));
}

std::vector<std::string> LanguageWords(const ProjectUnit& unit) {
  return {"-x", unit.call.language == "c" ? "c-header" : "c++-header"};
}

// The record of a source has its time: written once.
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
  std::vector<Scanned> scanned = ScanAll(wanted, jobs);
  for (size_t i = 0; i < numbers.size(); ++i) {
    records[numbers[i]] = std::move(scanned[i].record);
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
  // Whether its files are what they were, dfe-cc compares before each use, by
  // way of the record; their times may be those of another checkout.
  words.insert(words.end(), {"-Xclang", "-fno-pch-timestamp"});
  if (const std::string word = InstancesWord(unit.call); !word.empty()) {
    words.push_back(word);
  }
  const std::string stem =
      absl::StrCat(folder, "/nodes/", project.first_node + number);
  const bool for_debuggers = WantsImports(unit.call);
  if (for_debuggers && node.parent >= 0) {
    // It writes which classes of its parents the node needs.
    words.push_back(absl::StrCat("-fplugin=", FindImportsPlugin()));
  }
  if (node.parent >= 0) {
    words.insert(words.end(),
                 {"-include-pch", files[node.parent].name + ".pch"});
    absl::Status written =
        Write(stem + ".parent", absl::StrCat(project.first_node + node.parent));
    if (!written.ok()) return written;
  }
  for (const std::string& word : LanguageWords(unit)) words.push_back(word);
  words.push_back(own.source);
  if (for_debuggers) {
    absl::Status written = Write(stem + ".plugin", FindImportsPlugin());
    if (!written.ok()) return written;
  }
  for (const auto& [suffix, text] :
       std::vector<std::pair<std::string, std::string>>{
           {".args", absl::StrJoin(words, "\n")},
           {".name", own.name + ".pch"},
           {".source", own.source},
           {".content", own.content},
           {".names", Names(unit, node)},
           {".folder", unit.directory},
           {".record",
            absl::StrCat(own.stem, ".dfeheaders\n", own.record_hash, "\n")}}) {
    absl::Status written = Write(stem + suffix, text);
    if (!written.ok()) return written;
  }
  return absl::OkStatus();
}

// What dfe-cc is told of a unit, see dfe/dispatch/cc_dispatch.h.
std::string OrderOf(const Project& project, size_t index) {
  const ProjectUnit& unit = project.units[index];
  const int node = project.plan.node_of_unit[index];
  const std::string record =
      absl::StrCat(unit.record_path, "\n", unit.record_hash, "\n");
  if (node >= 0) return absl::StrCat(project.first_node + node, "\n", record);
  return absl::StrCat(unit.awaits.empty() ? "plain " : "later ",
                      project.plan.reason_of_unit[index]);
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
                     absl::StrJoin(files[i].words, "\n"), "\n", files[i].text,
                     "\n", InstancesWord(files[i].leader->call)));
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
    absl::Status written = Write(path, OrderOf(*project, i));
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
