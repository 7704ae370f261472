// Headers first, then words, then the order.
#include "dfe/headers/joined_nodes.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/string_view.h"
#include "dfe/headers/shared_words.h"
#include "dfe/headers/unit_replay.h"

namespace dfe::headers {
namespace {

// Text, being a system header, and answers of __has_include: what makes two
// headers of one name the same.
std::tuple<uint64_t, bool, uint64_t> Sameness(const HeaderRecord::File& file) {
  return {file.content, (file.flags & kFileSystem) != 0, file.asked};
}

// The macros that the node's source is to be made without for the unit, too:
// those that are hidden from it, and those that only the unit defines. Nothing
// if the two differ in another way.
std::optional<std::vector<std::string>> HiddenFor(const PlannedUnit& unit,
                                                  const PlannedUnit& leader,
                                                  const PlannedNode& node) {
  std::set<std::string> names(node.hidden.begin(), node.hidden.end());
  std::set<std::string> mentioned;
  for (const MacroWord& word : unit.macros) mentioned.insert(word.name);
  for (const MacroWord& word : leader.macros) mentioned.insert(word.name);
  for (const std::string& name : mentioned) {
    const std::string own = WordsAbout(unit, name);
    const std::string others = WordsAbout(leader, name);
    if (own == others) continue;
    if (!CanBeHidden({unit}, {0}, name) ||
        (!names.contains(name) && !others.empty())) {
      return std::nullopt;
    }
    names.insert(name);
  }
  return std::vector<std::string>(names.begin(), names.end());
}

// What the sources of a root say first, if the unit says the same of these
// macros; else nothing.
std::optional<std::vector<HeaderRecord::Leading>> LeadingFor(
    const PlannedUnit& unit, const PlannedNode& root) {
  const size_t count = root.lines.size() - root.tops.size();
  const std::vector<std::string> lines(
      root.lines.begin(), root.lines.begin() + static_cast<ptrdiff_t>(count));
  std::set<std::string> macros;
  for (const HeaderRecord::Leading& line : unit.record->leading) {
    if (std::find(lines.begin(), lines.end(), line.line) != lines.end()) {
      macros.insert(line.macro);
    }
  }
  std::vector<HeaderRecord::Leading> own;
  for (const HeaderRecord::Leading& line : unit.record->leading) {
    if (macros.contains(line.macro)) own.push_back(line);
  }
  const bool same =
      std::equal(own.begin(), own.end(), lines.begin(), lines.end(),
                 [](const HeaderRecord::Leading& a, const std::string& b) {
                   return a.line == b;
                 });
  return same ? std::optional(std::move(own)) : std::nullopt;
}

// The root of a node's chain.
const PlannedNode& RootOf(const HeaderPlan& plan, int node) {
  while (plan.nodes[node].parent >= 0) node = plan.nodes[node].parent;
  return plan.nodes[node];
}

// The headers that the sources of the chain name, the root's first.
std::vector<std::string> TopsOf(const HeaderPlan& plan, int node) {
  std::vector<std::string> tops;
  for (int at = node; at >= 0; at = plan.nodes[at].parent) {
    tops.insert(tops.begin(), plan.nodes[at].tops.begin(),
                plan.nodes[at].tops.end());
  }
  return tops;
}

}  // namespace

NodeJoiner::NodeJoiner(const PlannedUnit& unit,
                       const std::vector<std::string>& banned)
    : unit_(unit), banned_(banned.begin(), banned.end()) {
  for (uint32_t file = 0; file < unit.record->files.size(); ++file) {
    files_.emplace(unit.record->files[file].name, file);
  }
}

bool NodeJoiner::HasAll(const PlannedNode& node,
                        const HeaderRecord& leader) const {
  std::map<absl::string_view, const HeaderRecord::File*> theirs;
  for (const HeaderRecord::File& file : leader.files) {
    theirs.emplace(file.name, &file);
  }
  return std::all_of(node.headers.begin(), node.headers.end(),
                     [&](const std::string& name) {
                       const auto own = files_.find(name);
                       const auto other = theirs.find(name);
                       return own != files_.end() && other != theirs.end() &&
                              Sameness(unit_.record->files[own->second]) ==
                                  Sameness(*other->second);
                     });
}

const NodeJoiner::Way& NodeJoiner::WayWith(
    const std::vector<std::string>& hidden, const Leadings& leading) {
  std::vector<std::string> key = hidden;
  for (const HeaderRecord::Leading& line : leading) key.push_back(line.line);
  auto [it, is_new] = ways_.try_emplace(std::move(key));
  Way& way = it->second;
  if (!is_new) return way;
  way.made = ReplayUnit(unit_, hidden, leading);
  if (!way.made.refusal.empty()) return way;
  const Replay& replay = *way.made.replay;
  way.movable.resize(replay.record().files.size(), false);
  for (uint32_t file : replay.entered()) {
    if (file == replay.entered().front()) continue;
    way.movable[file] =
        StaysBehind(replay, file, way.made.names_refusal, banned_).why.empty();
    // What the command line includes is in front whatever happens.
    if (!way.movable[file] && replay.InFront()[file]) {
      way.made.refusal = "in front already";
    }
  }
  return way;
}

bool NodeJoiner::Can(const std::vector<PlannedUnit>& planned,
                     const HeaderPlan& plan, int number) {
  const PlannedNode& node = plan.nodes[number];
  const PlannedUnit& leader = planned[node.leader];
  // What takes no walk comes first: a replay takes as long as a tenth of a
  // compile.
  if (leader.record == nullptr || leader.group != unit_.group ||
      !HasAll(node, *leader.record)) {
    return false;
  }
  const std::optional<std::vector<std::string>> hidden =
      HiddenFor(unit_, leader, node);
  const std::optional<Leadings> leading =
      LeadingFor(unit_, RootOf(plan, number));
  if (!hidden || !leading) return false;
  const Way& way = WayWith(*hidden, *leading);
  if (!way.made.refusal.empty()) return false;
  const Replay& replay = *way.made.replay;
  std::vector<bool> is_header(replay.record().files.size(), false);
  for (const std::string& name : node.headers) {
    is_header[files_.at(name)] = true;
  }
  for (uint32_t file = 0; file < is_header.size(); ++file) {
    if (!is_header[file]) continue;
    const std::vector<uint32_t>& includes = replay.Includes(file);
    if (!way.movable[file] ||
        !std::all_of(includes.begin(), includes.end(),
                     [&](uint32_t included) { return is_header[included]; })) {
      return false;
    }
  }
  std::vector<uint32_t> order;
  for (const std::string& name : TopsOf(plan, number)) {
    order.push_back(files_.at(name));
  }
  std::vector<bool> reached;
  if (replay.Reorder(order, &reached)) return false;
  for (uint32_t file = 0; file < reached.size(); ++file) {
    if (file == replay.entered().front() ||
        (replay.record().files[file].flags & kFileBuiltin) != 0) {
      continue;
    }
    if (reached[file] != is_header[file]) return false;
  }
  return true;
}

double SavedByNode(const HeaderPlan& plan, int node, const CostModel& cost) {
  uint64_t tokens = 0;
  for (int at = node; at >= 0; at = plan.nodes[at].parent) {
    tokens += plan.nodes[at].tokens;
  }
  return static_cast<double>(tokens) * cost.parse * (1 - cost.load);
}

}  // namespace dfe::headers
