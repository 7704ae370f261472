// Adding a plan, and looking through all of them.
#include "dfe/headers/session_plans.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dfe/format/envelope.h"
#include "dfe/headers/joined_nodes.h"
#include "dfe/headers/tried_nodes.h"

namespace dfe::headers {

SessionPlans::SessionPlans(const Project& first, std::string session, int jobs)
    : session_(std::move(session)),
      jobs_(jobs),
      first_(first),
      next_node_(static_cast<int>(first.plan.nodes.size())),
      banned_(first.banned) {}

const Project* SessionPlans::Add(Project late, Nodes nodes) {
  const std::lock_guard<std::mutex> adding(add_mutex_);
  late.banned = banned();
  LearnFailuresOfAll(&late);
  // A plan needs the whole records, of which some MB are kept for each file;
  // afterwards their heads are enough.
  std::vector<HeaderRecord> heads;
  heads.reserve(late.units.size());
  for (const ProjectUnit& unit : late.units) heads.push_back(unit.record);
  Replan(&late);
  if (nodes == Nodes::kTried) {
    const std::string tried = absl::StrCat(session_, "/late-", tried_++);
    if (!WriteTriedSession(&late, tried, jobs_).ok()) return nullptr;
  }
  late.first_node = next_node_;
  next_node_ += static_cast<int>(late.plan.nodes.size());
  // Each order is whole whenever it is read.
  if (!WriteSession(&late, session_, jobs_).ok()) return nullptr;
  for (size_t i = 0; i < heads.size(); ++i) {
    late.units[i].record = std::move(heads[i]);
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  banned_ = late.banned;
  return &late_.emplace_back(std::move(late));
}

// Nodes of plans before that were built since, and failed.
void SessionPlans::LearnFailuresOfAll(Project* late) {
  for (const Project* project : All()) {
    Project known;
    known.folder = project->folder;
    known.cache = project->cache;
    known.first_node = project->first_node;
    known.plan = project->plan;
    known.banned = late->banned;
    if (LearnFailures(&known, session_).ok()) late->banned = known.banned;
  }
  std::sort(late->banned.begin(), late->banned.end());
}

// True if the node can be had: if it finds the files of the plan, and nothing
// of its chain is known to fail.
bool SessionPlans::IsUsable(const Project& project, int node) const {
  for (int at = node; at >= 0; at = project.plan.nodes[at].parent) {
    const std::optional<std::string> name = ContentOf(
        absl::StrCat(session_, "/cc/nodes/", project.first_node + at, ".name"));
    std::error_code error;
    if (!name || std::filesystem::exists(*name + ".failed", error)) {
      return false;
    }
  }
  return true;
}

std::optional<SessionPlans::Joined> SessionPlans::Join(
    const ProjectUnit& unit) const {
  ProjectUnit whole = unit;
  const PlannedUnit planned = PlannedFor(whole);
  if (planned.record == nullptr || !planned.refusal.empty() ||
      whole.record.LoadRest(whole.record_path)) {
    return std::nullopt;
  }
  // What saves most comes first.
  struct Choice {
    double saved;
    const Project* project;
    int node;
  };
  const CostModel cost = CostModel().For(planned.group);
  std::vector<Choice> choices;
  for (const Project* project : All()) {
    const HeaderPlan& plan = project->plan;
    for (int node = 0; node < static_cast<int>(plan.nodes.size()); ++node) {
      choices.push_back({SavedByNode(plan, node, cost), project, node});
    }
  }
  std::sort(choices.begin(), choices.end(),
            [](const Choice& a, const Choice& b) { return a.saved > b.saved; });
  NodeJoiner joiner(planned, banned());
  for (const Choice& choice : choices) {
    if (IsUsable(*choice.project, choice.node) &&
        joiner.Can(choice.project->planned_units, choice.project->plan,
                   choice.node)) {
      const double all = static_cast<double>(HeaderTokens(unit.record)) *
                         cost.parse * (1 - cost.load);
      return Joined{choice.project->first_node + choice.node,
                    all > 0 ? choice.saved / all : 0};
    }
  }
  return std::nullopt;
}

SessionPlans::Promise SessionPlans::Best(const std::string& group) const {
  Promise best;
  for (const Project* project : All()) {
    const HeaderPlan& plan = project->plan;
    for (size_t i = 0; i < plan.nodes.size(); ++i) {
      const PlannedUnit& leader = project->planned_units[plan.nodes[i].leader];
      if (leader.group != group || leader.record == nullptr) continue;
      const double saved =
          SavedByNode(plan, static_cast<int>(i), CostModel().For(group));
      if (saved > best.saved_us) {
        best = {saved, HeaderTokens(*leader.record)};
      }
    }
  }
  return best;
}

std::vector<std::string> SessionPlans::banned() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return banned_;
}

std::vector<const Project*> SessionPlans::All() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<const Project*> all = {&first_};
  for (const Project& project : late_) all.push_back(&project);
  return all;
}

uint64_t HeaderTokens(const HeaderRecord& record) {
  uint64_t tokens = 0;
  for (const HeaderRecord::File& file : record.files) {
    if (file.name != record.main_file) tokens += file.tokens;
  }
  return tokens;
}

}  // namespace dfe::headers
