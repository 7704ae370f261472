// The tree of one group: common headers, an order, proofs, then the part of the
// group that has most left in common.
#include "dfe/headers/header_planner.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dfe/base/in_parallel.h"
#include "dfe/base/subprocess.h"
#include "dfe/headers/group_words.h"
#include "dfe/headers/header_lines.h"
#include "dfe/headers/header_set.h"
#include "dfe/headers/planned_replays.h"
#include "dfe/headers/replay.h"
#include "dfe/headers/shared_words.h"

namespace dfe::headers {
namespace {

struct Unit {
  int index;  // into the caller's list
  std::unique_ptr<Replay> replay;
  std::vector<uint32_t> local;   // by header of the group: file, or kNone
  std::vector<uint32_t> global;  // by file: header of the group, or kNone
  HeaderSet movable;
  HeaderSet in_front;         // by the command line
  std::string names_refusal;  // as of PlannedUnit, or what the record shows
  std::string objection;      // why it was set apart last, or ""
};
constexpr uint32_t kNone = ~uint32_t{0};
constexpr char kTooLittle[] = "shares too little to gain";

class GroupPlanner {
 public:
  // `hidden`: macros of the command line that nodes are made without;
  // `leading`: what all files say of macros first, and nodes, too.
  GroupPlanner(const std::vector<PlannedUnit>& units, const CostModel& cost,
               const std::set<std::string>& banned,
               std::vector<std::string> hidden,
               std::vector<HeaderRecord::Leading> leading, Replays* replays,
               HeaderPlan* plan)
      : input_(units),
        cost_(cost),
        banned_(banned),
        hidden_(std::move(hidden)),
        leading_(std::move(leading)),
        replays_(replays),
        plan_(plan) {}

  void Plan(const std::vector<int>& members) {
    for (int index : members) AddUnit(index);
    Number();
    std::vector<Unit*> all;
    all.reserve(units_.size());
    for (Unit& unit : units_) {
      std::string why = FrontRefusal(unit);
      if (why.empty()) {
        all.push_back(&unit);
      } else {
        plan_->reason_of_unit[unit.index] = std::move(why);
      }
    }
    if (all.empty()) return;
    const double before = plan_->planned_us;
    const size_t nodes = plan_->nodes.size();
    Grow(all, -1, {}, HeaderSet(headers_.size()), 0, 0);
    if (before - plan_->planned_us >= cost_.worth * group_us_) return;
    // Not worth the risk.
    plan_->planned_us = before;
    plan_->nodes.resize(nodes);
    for (const Unit* unit : all) {
      if (plan_->node_of_unit[unit->index] < 0) continue;
      plan_->node_of_unit[unit->index] = -1;
      plan_->reason_of_unit[unit->index] = kTooLittle;
    }
  }

 private:
  void AddUnit(int index) {
    Unit unit;
    unit.index = index;
    unit.replay = std::move((*replays_)[index]);
    std::string why = unit.replay->refusal();
    if (why.empty()) why = unit.replay->Hide(hidden_);
    const std::string& group = input_[index].group;
    unit.replay->Lead(leading_);
    unit.names_refusal = input_[index].names_refusal;
    if (IsC(group) && !HasDebugInfo(group) && unit.names_refusal.empty()) {
      unit.replay->CountersAreNames();
    }
    for (const HeaderRecord::File& file : input_[index].record->files) {
      if ((file.flags & kFileTellsNames) != 0 && unit.names_refusal.empty()) {
        unit.names_refusal = absl::StrCat("relative name, and ", file.name,
                                          " can tell names of files");
      }
    }
    if (!why.empty()) {
      plan_->reason_of_unit[index] = std::move(why);
      return;
    }
    const HeaderRecord& record = *input_[index].record;
    const bool optimised = IsOptimised(group);
    const double files = input_[index].files;
    double rest_us = files * cost_.file_us;
    double headers_us = 0;
    for (const HeaderRecord::File& file : record.files) {
      const double tokens = files * static_cast<double>(file.tokens);
      if (file.name == record.main_file) {
        rest_us += tokens * (optimised ? cost_.optimised : cost_.own);
      } else {
        headers_us += tokens * cost_.parse;
      }
    }
    plan_->rest_us += rest_us;
    plan_->plain_us += headers_us;
    plan_->planned_us += headers_us;
    group_us_ += rest_us + headers_us;
    units_.push_back(std::move(unit));
  }

  // What the command line includes cannot be left out of a precompiled header:
  // why it must not be in one, or "".
  std::string FrontRefusal(const Unit& unit) const {
    const std::vector<bool>& in_front = unit.replay->InFront();
    for (uint32_t file = 0; file < in_front.size(); ++file) {
      if (!in_front[file] || unit.movable.Has(unit.global[file])) continue;
      const std::string& why = unit.replay->Immovable(file);
      return absl::StrCat(
          unit.replay->record().files[file].name,
          " is in front already: ", why.empty() ? "left out" : why);
    }
    return "";
  }

  // Numbers the headers of the group; equal name and equal text, found alike
  // and with equal answers of __has_include, is one header.
  void Number() {
    absl::flat_hash_map<std::string, uint32_t> ids;
    for (Unit& unit : units_) {
      const HeaderRecord& record = unit.replay->record();
      unit.global.assign(record.files.size(), kNone);
      for (uint32_t file : unit.replay->entered()) {
        const HeaderRecord::File& info = record.files[file];
        auto [it, is_new] = ids.try_emplace(
            absl::StrCat(info.name, "\n", info.content, "\n",
                         info.flags & kFileSystem, "\n", info.asked),
            headers_.size());
        if (is_new) headers_.push_back({info.name, info.tokens});
        unit.global[file] = it->second;
      }
    }
    mentioned_.resize(headers_.size());
    for (Unit& unit : units_) {
      unit.local.assign(headers_.size(), kNone);
      unit.movable = HeaderSet(headers_.size());
      unit.in_front = HeaderSet(headers_.size());
      for (uint32_t file = 0; file < unit.global.size(); ++file) {
        const uint32_t id = unit.global[file];
        if (id == kNone) continue;
        unit.local[id] = file;
        if (unit.replay->InFront()[file]) unit.in_front.Add(id);
        const std::string& why = unit.replay->Immovable(file);
        const HeaderRecord::File& info = unit.replay->record().files[file];
        if (IsRelative(info) && (info.flags & kFileBuiltin) == 0 &&
            unit.replay->entered().front() != file) {
          // Its name has to be put right wherever it shows. __FILE__ is right:
          // the node names it alike. Only when it is entered once more does
          // Clang take the name that the node keeps.
          const bool again =
              (info.flags & kFileName) != 0 && info.guard.empty() &&
              (info.flags & kFileOnce) == 0 && unit.replay->Instances(file) > 1;
          if (again || !unit.names_refusal.empty()) {
            Mention(id, again ? "tells its relative name, and is entered again"
                              : unit.names_refusal);
            continue;
          }
        }
        if (banned_.contains(headers_[id].name)) {
          Mention(id, "banned");
        } else if (why.empty()) {
          unit.movable.Add(id);
        } else if (absl::EndsWith(why, kOfTheCommandLine)) {
          Mention(id, why);
        }
      }
    }
  }

  // What a node with so many tokens more saves for so many files.
  double Saved(uint64_t tokens, double files) const {
    return static_cast<double>(tokens) * cost_.parse *
               (files * (1 - cost_.load) - cost_.build) -
           cost_.node_us - files * cost_.use_us;
  }

  // How many files of the project the units stand for.
  double Files(const std::vector<Unit*>& units) const {
    double files = 0;
    for (const Unit* unit : units) files += input_[unit->index].files;
    return files;
  }

  void Mention(uint32_t id, const std::string& why) {
    if (mentioned_[id]) return;
    mentioned_[id] = true;
    plan_->left_out.emplace_back(headers_[id].name, why);
  }

  // What all of `members` can have in front; closed under inclusion.
  HeaderSet Common(const std::vector<Unit*>& members,
                   const HeaderSet& without) const {
    HeaderSet common = members[0]->movable;
    for (const Unit* unit : members) common.Keep(unit->movable);
    without.Each([&](size_t id) { common.Remove(id); });
    // With other search folders, what a header includes is another file.
    for (const Unit* unit : members) Close(*unit, &common);
    return common;
  }

  // Removes what includes something that is not in the set.
  void Close(const Unit& unit, HeaderSet* set) const {
    for (bool changed = true; changed;) {
      changed = false;
      for (size_t id = 0; id < headers_.size(); ++id) {
        if (!set->Has(id)) continue;
        for (uint32_t file : unit.replay->Includes(unit.local[id])) {
          const uint32_t included = unit.global[file];
          if (included != kNone && set->Has(included)) continue;
          set->Remove(id);
          changed = true;
          break;
        }
      }
    }
  }

  uint64_t Tokens(const HeaderSet& set, const HeaderSet& without) const {
    uint64_t tokens = 0;
    set.Each([&](size_t id) {
      if (!without.Has(id)) tokens += headers_[id].tokens;
    });
    return tokens;
  }

  // The headers of `set` that the unit enters from outside of it, in its order,
  // beyond those of `parent`: then the unit's own order is kept, but for what
  // stays behind. Those that a precompiled header's source cannot name are
  // taken out of the set, with all that includes them.
  std::vector<uint32_t> Tops(const Unit& unit, const HeaderSet& parent,
                             HeaderSet* set) const {
    while (true) {
      std::vector<uint32_t> tops;
      std::vector<uint32_t> unnamed;
      for (uint32_t file : unit.replay->entered()) {
        const uint32_t id = unit.global[file];
        if (!set->Has(id) || parent.Has(id) || unit.in_front.Has(id)) continue;
        const uint32_t from =
            unit.global[unit.replay->FirstEntry(file).includer];
        if (from != kNone && set->Has(from)) continue;
        const HeaderRecord::File& info = unit.replay->record().files[file];
        const bool guarded =
            !info.guard.empty() || (info.flags & kFileOnce) != 0;
        // A part of a system header (<bits/…>) relies on what the rest of it
        // declared before.
        const bool part = (info.flags & kFileSystem) != 0 && from != kNone &&
                          (unit.replay->record()
                               .files[unit.replay->FirstEntry(file).includer]
                               .flags &
                           kFileSystem) != 0;
        const bool no_line = banned_.contains(kNoLine + headers_[id].name);
        if (!guarded || part || no_line || Line(unit, file).empty()) {
          unnamed.push_back(id);
        } else {
          tops.push_back(id);
        }
      }
      if (unnamed.empty()) return tops;
      for (uint32_t id : unnamed) set->Remove(id);
      Close(unit, set);
    }
  }

  // Tops of the member that can name most of the set, which comes to the front
  // of them: what one enters first in the middle of a system header, another
  // one has a line for. Taking any member for it left 33 files of cppcheck with
  // 31 headers in common, of 290.
  std::vector<uint32_t> LeadingTops(std::vector<Unit*>* members,
                                    const HeaderSet& parent,
                                    HeaderSet* set) const {
    const uint64_t all = Tokens(*set, parent);
    std::vector<uint32_t> best_tops;
    HeaderSet best_set = parent;
    uint64_t best = 0;
    size_t leader = 0;
    for (size_t i = 0; i < members->size() && best < all; ++i) {
      HeaderSet own = *set;
      std::vector<uint32_t> tops = Tops(*(*members)[i], parent, &own);
      const uint64_t tokens = Tokens(own, parent);
      if (tops.empty() || tokens <= best) continue;
      best = tokens;
      best_tops = std::move(tops);
      best_set = std::move(own);
      leader = i;
    }
    std::rotate(members->begin(),
                members->begin() + static_cast<ptrdiff_t>(leader),
                members->begin() + static_cast<ptrdiff_t>(leader) + 1);
    *set = std::move(best_set);
    return best_tops;
  }

  // The headers among the files that were reached, in order.
  static std::vector<uint32_t> Ids(const Unit& unit,
                                   const std::vector<bool>& reached) {
    std::vector<uint32_t> ids;
    for (uint32_t file = 0; file < reached.size(); ++file) {
      if (reached[file] && file != unit.replay->entered().front()) {
        ids.push_back(unit.global[file]);
      }
    }
    std::sort(ids.begin(), ids.end());
    return ids;
  }

  static std::string Line(const Unit& unit, uint32_t file) {
    const HeaderRecord& record = unit.replay->record();
    return LineFor(record, unit.replay->FirstEntry(file).route,
                   record.files[file]);
  }

  // Whether it costs less to give `units` precompiled headers of their own, or
  // none, than to take a header, and all that include it, from all `members`.
  bool ApartIsCheaper(const std::vector<Unit*>& members,
                      const std::vector<Unit*>& units, uint32_t id,
                      const HeaderSet& parent, const HeaderSet& set) const {
    if (units.size() == members.size()) return false;  // nobody wants it
    HeaderSet rest = set;
    rest.Remove(id);
    Close(*members.front(), &rest);
    // What only the header could name goes with it.
    (void)Tops(*members.front(), parent, &rest);
    const auto whole = static_cast<double>(Tokens(set, parent));
    const auto lost = whole - static_cast<double>(Tokens(rest, parent));
    const double count = Files(units);
    const double again =
        count >= cost_.min_files ? std::min(cost_.build, count) : count;
    return whole * again < lost * Files(members);
  }

  // What a unit says of an order: what would differ, and what it reaches.
  struct Answer {
    std::optional<Conflict> conflict;
    std::vector<bool> reached;  // by file
  };

  static std::vector<Answer> Ask(const std::vector<Unit*>& members,
                                 const std::vector<uint32_t>& before,
                                 const std::vector<uint32_t>& tops) {
    std::vector<Answer> answers(members.size());
    InParallel(members.size(), CoreCount(), [&](size_t i) {
      std::vector<uint32_t> order;
      order.reserve(before.size() + tops.size());
      for (uint32_t id : before) order.push_back(members[i]->local[id]);
      for (uint32_t id : tops) order.push_back(members[i]->local[id]);
      answers[i].conflict =
          members[i]->replay->Reorder(order, &answers[i].reached);
    });
    return answers;
  }

  // Headers for `members` beyond the parent's, with an order that each of them
  // accepts. A header that more than a few cannot have in front is left out;
  // the few members that object to one that suits the others go into `apart`,
  // by what they object to.
  std::vector<uint32_t> Agree(const std::vector<uint32_t>& before,
                              const HeaderSet& parent,
                              std::vector<Unit*>* members,
                              std::vector<std::vector<Unit*>>* apart,
                              HeaderSet* set) {
    // What is in the way here may suit a part of these files.
    HeaderSet left_out(headers_.size());
    while (Files(*members) >= cost_.min_files) {
      *set = Common(*members, left_out);
      parent.Each([&](size_t id) { set->Add(id); });
      std::vector<uint32_t> tops = LeadingTops(members, parent, set);
      if (tops.empty()) return tops;
      // By the leader; what the others reach is compared once it agrees itself.
      std::vector<bool> reached;
      std::optional<std::vector<uint32_t>> reached_ids;
      std::map<uint32_t, std::vector<Unit*>> objections;
      std::map<uint32_t, std::string> reasons;
      const std::vector<Answer> answers = Ask(*members, before, tops);
      for (size_t i = 0; i < members->size(); ++i) {
        Unit* unit = (*members)[i];
        const auto& [conflict, own] = answers[i];
        if (i == 0) {
          if (!conflict) reached_ids = Ids(*unit, own);
          reached = own;
        } else if (!conflict && reached_ids &&
                   Ids(*unit, own) != *reached_ids) {
          objections[kNone].push_back(unit);
          reasons[kNone] = "the same lines reach other files";
          continue;
        }
        if (!conflict) continue;
        // The reader, if it is one of those that move; else who made it differ.
        uint32_t id = unit->global[conflict->reader];
        if (id == kNone || !set->Has(id) || parent.Has(id)) {
          id = unit->global[conflict->culprit];
        }
        // What the command line includes cannot be left out.
        if (id != kNone &&
            (!set->Has(id) || parent.Has(id) || unit->in_front.Has(id))) {
          id = kNone;
        }
        objections[id].push_back(unit);
        reasons[id] =
            absl::StrCat(conflict->what, " in ",
                         unit->replay->record().files[conflict->reader].name);
      }
      if (objections.empty()) {
        // A header can be entered several times, and only by what stays behind
        // in full, as <stddef.h> is.
        set->Each([&](size_t id) {
          if (!reached[members->front()->local[id]]) set->Remove(id);
        });
        return tops;
      }
      for (const auto& [id, units] : objections) {
        // Where there is no header to leave out, the units go.
        if (id == kNone || ApartIsCheaper(*members, units, id, parent, *set)) {
          for (Unit* unit : units) {
            std::erase(*members, unit);
            unit->objection = reasons[id];
          }
          apart->push_back(units);
        } else {
          left_out.Add(id);
          Mention(id, reasons[id]);
        }
      }
    }
    return {};
  }

  static std::vector<Unit*> Joined(
      const std::vector<std::vector<Unit*>>& parts) {
    std::vector<Unit*> all;
    for (const std::vector<Unit*>& part : parts) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }

  void Grow(std::vector<Unit*> members, int parent,
            const std::vector<uint32_t>& before, const HeaderSet& parent_set,
            uint64_t parent_tokens, int depth) {
    int node = parent;
    HeaderSet set = parent_set;
    std::vector<uint32_t> order = before;
    uint64_t tokens = parent_tokens;
    if (Files(members) >= cost_.min_files) {
      HeaderSet agreed(headers_.size());
      std::vector<std::vector<Unit*>> apart;
      std::vector<uint32_t> tops =
          Agree(before, parent_set, &members, &apart, &agreed);
      const double count = Files(members);
      // Apart they may agree on more. If they are all there were, those that
      // object to the same thing may.
      if (!members.empty()) apart = {Joined(apart)};
      for (std::vector<Unit*>& units : apart) {
        if (depth < cost_.max_depth && (!members.empty() || apart.size() > 1)) {
          Grow(std::move(units), parent, before, parent_set, parent_tokens,
               depth);
        } else {
          for (const Unit* unit : units) Assign(*unit, parent);
        }
      }
      const uint64_t extra = Tokens(agreed, parent_set);
      const double saved = Saved(extra, count);
      const bool fits =
          static_cast<double>(parent_tokens + extra) * cost_.bytes <=
          cost_.node_bytes;
      if (!tops.empty() && saved > 0 && fits) {
        node = AddNode(*members[0], parent, tops, agreed, extra);
        plan_->planned_us -= saved;
        set = agreed;
        order.insert(order.end(), tops.begin(), tops.end());
        tokens += extra;
        ++depth;
      }
    }
    if (depth < cost_.max_depth) {
      std::vector<Unit*> with, without;
      if (BestPart(members, set, &with, &without)) {
        Grow(with, node, order, set, tokens, depth);
        Grow(without, node, order, set, tokens, depth);
        return;
      }
    }
    for (const Unit* unit : members) Assign(*unit, node);
  }

  void Assign(const Unit& unit, int node) {
    plan_->node_of_unit[unit.index] = node;
    if (node >= 0) {
      plan_->nodes[node].units.push_back(unit.index);
    } else if (unit.objection.empty()) {
      plan_->reason_of_unit[unit.index] = kTooLittle;
    } else {
      plan_->reason_of_unit[unit.index] =
          absl::StrCat("other order: ", unit.objection);
    }
  }

  int AddNode(const Unit& unit, int parent, const std::vector<uint32_t>& tops,
              const HeaderSet& set, uint64_t extra) {
    PlannedNode node;
    node.parent = parent;
    node.tokens = extra;
    node.leader = unit.index;
    node.hidden = hidden_;
    if (parent < 0) {
      for (const HeaderRecord::Leading& line : leading_) {
        node.lines.push_back(line.line);
      }
    }
    for (uint32_t id : tops) node.lines.push_back(Line(unit, unit.local[id]));
    set.Each([&](size_t id) { node.headers.push_back(headers_[id].name); });
    std::sort(node.headers.begin(), node.headers.end());
    plan_->nodes.push_back(std::move(node));
    return static_cast<int>(plan_->nodes.size()) - 1;
  }

  // A part of the files, and what a node of its own would save.
  struct Part {
    std::vector<bool> members;
    double saved = 0;
  };

  // Takes the part if it saves more than the best one so far.
  void Consider(const std::vector<Unit*>& members, const HeaderSet& have,
                std::vector<bool> part, Part* best) const {
    HeaderSet common(headers_.size());
    double count = 0;
    for (size_t i = 0; i < members.size(); ++i) {
      if (!part[i]) continue;
      if (count == 0) {
        common = members[i]->movable;
      } else {
        common.Keep(members[i]->movable);
      }
      count += input_[members[i]->index].files;
    }
    if (count < cost_.min_files) return;
    const double saved = Saved(Tokens(common, have), count);
    if (saved > best->saved) *best = {std::move(part), saved};
  }

  // Those that include one header more, for each header.
  void ConsiderIncluders(const std::vector<Unit*>& members,
                         const HeaderSet& have, Part* best) const {
    std::set<std::vector<bool>> tried;
    for (size_t id = 0; id < headers_.size(); ++id) {
      if (have.Has(id)) continue;
      std::vector<bool> part;
      part.reserve(members.size());
      for (const Unit* unit : members) part.push_back(unit->movable.Has(id));
      if (std::find(part.begin(), part.end(), false) == part.end()) continue;
      if (tried.insert(part).second) {
        Consider(members, have, std::move(part), best);
      }
    }
  }

  // Those of `within` that include one header more, and another one, and so on,
  // what most of them include first: so the few that lack what the others have
  // in common, or must keep it where it is, go.
  void ConsiderFrequent(const std::vector<Unit*>& members,
                        const std::vector<bool>& within, const HeaderSet& have,
                        Part* best) const {
    std::vector<std::pair<size_t, size_t>> by_count;  // how many lack it
    for (size_t id = 0; id < headers_.size(); ++id) {
      if (have.Has(id)) continue;
      size_t count = 0;
      for (size_t i = 0; i < members.size(); ++i) {
        count += within[i] && members[i]->movable.Has(id);
      }
      if (count > 1) by_count.emplace_back(members.size() - count, id);
    }
    std::sort(by_count.begin(), by_count.end());
    std::vector<bool> part = within;
    for (const auto& [lacking, id] : by_count) {
      std::vector<bool> smaller = part;
      double count = 0;
      for (size_t i = 0; i < members.size(); ++i) {
        smaller[i] = part[i] && members[i]->movable.Has(id);
        if (smaller[i]) count += input_[members[i]->index].files;
      }
      if (smaller == part || count < cost_.min_files) continue;
      part = std::move(smaller);
      Consider(members, have, part, best);
    }
  }

  // The part of the files with most to gain from a node of its own. False if no
  // part gains.
  bool BestPart(const std::vector<Unit*>& members, const HeaderSet& have,
                std::vector<Unit*>* with, std::vector<Unit*>* without) const {
    Part best;
    ConsiderIncluders(members, have, &best);
    ConsiderFrequent(members, std::vector<bool>(members.size(), true), have,
                     &best);
    if (best.members.empty()) return false;
    ConsiderFrequent(members, std::vector<bool>(best.members), have, &best);
    for (size_t i = 0; i < members.size(); ++i) {
      (best.members[i] ? with : without)->push_back(members[i]);
    }
    return true;
  }

  struct Header {
    std::string name;
    uint64_t tokens;
  };

  const std::vector<PlannedUnit>& input_;
  const CostModel& cost_;
  const std::set<std::string>& banned_;
  const std::vector<std::string> hidden_;
  const std::vector<HeaderRecord::Leading> leading_;
  Replays* replays_;
  HeaderPlan* plan_;
  std::vector<Unit> units_;
  std::vector<Header> headers_;
  std::vector<bool> mentioned_;
  double group_us_ = 0;  // of all units, without precompiled headers
};

}  // namespace

HeaderPlan PlanHeaders(const std::vector<PlannedUnit>& units,
                       const std::vector<std::string>& banned,
                       const CostModel& cost) {
  HeaderPlan plan;
  plan.node_of_unit.assign(units.size(), -1);
  plan.reason_of_unit.resize(units.size());
  const std::set<std::string> bans(banned.begin(), banned.end());
  std::map<std::string, std::vector<int>> groups;
  for (size_t i = 0; i < units.size(); ++i) {
    if (!units[i].refusal.empty()) {
      plan.reason_of_unit[i] = units[i].refusal;
    } else if (units[i].record == nullptr) {
      plan.reason_of_unit[i] = "no record";
    } else {
      groups[units[i].group].push_back(static_cast<int>(i));
    }
  }
  for (auto& [flags, members] : groups) {
    const CostModel own = cost.For(flags);
    if (FilesOf(units, members) < cost.min_files) {
      for (int unit : members) {
        plan.reason_of_unit[unit] = "too few files with these flags";
      }
      continue;
    }
    Passages passages;
    Replays replays(units.size());
    ReadReplays(units, members, &passages, &replays);
    std::erase_if(members, [&](int unit) {
      if (replays[unit] != nullptr) return false;
      plan.reason_of_unit[unit] = "no record";
      plan.lost.push_back(unit);
      return true;
    });
    for (const MacroGroup& part : SplitByMacros(units, members, replays, own)) {
      for (const LeadGroup& lead :
           SplitByLead(units, part.members, replays, own)) {
        if (FilesOf(units, lead.members) < cost.min_files) {
          for (int unit : lead.members) {
            plan.reason_of_unit[unit] = "too few files with these flags";
          }
          continue;
        }
        GroupPlanner(units, own, bans, part.hidden, lead.leading, &replays,
                     &plan)
            .Plan(lead.members);
      }
    }
  }
  return plan;
}

}  // namespace dfe::headers
