// Remember, plan for a sample, join.
#include "dfe/headers/new_calls.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dfe/dispatch/cc_shim.h"
#include "dfe/format/envelope.h"

namespace dfe::headers {
namespace {

// How many calls are scanned of the first ones that are alike (Group::enough):
// a scan takes a fifth to a tenth of a compile that is worth it, so no more
// than a twentieth is lost if these were all. Where 24 were waited for and not
// 48, cppcheck (71 files) took as long as without.
constexpr size_t kSample = 12;

// Scanned files that are strangers to all nodes, or have less than that share
// of their headers in one, before there is another plan: that many, and one in
// so many of those that the last one was made from. The last scanned ones tell
// most of those that come, and more than that take longer to plan for than they
// help.
constexpr size_t kStrangers = 6;
constexpr double kGoodShare = 0.65;
constexpr size_t kStrangersOf = 4;
constexpr size_t kMostPlanned = 64;

// Processes that scan: each has 170 MB for a kernel's headers.
constexpr int kMostServers = 8;

// What a scan costs by a process that knows most of the headers, in
// microseconds: for a file, and for a token of a header.
constexpr double kScanUs = 10'000;
constexpr double kScanTokenUs = 0.15;

// A node has to save this much more than the scan that it takes.
constexpr double kWorthIt = 1.5;

double ScanUs(uint64_t tokens) {
  return kScanUs + kScanTokenUs * static_cast<double>(tokens);
}

// `count` of the units, evenly spread, the last one among them.
std::vector<ProjectUnit> SampleOf(const std::vector<ProjectUnit>& units,
                                  size_t count) {
  std::vector<ProjectUnit> sample;
  count = std::min(count, units.size());
  for (size_t i = 1; i <= count; ++i) {
    sample.push_back(units[i * units.size() / count - 1]);
  }
  return sample;
}

}  // namespace

NewCalls::NewCalls(const Project& project, SessionPlans* plans, int jobs)
    : project_(project),
      plans_(plans),
      jobs_(jobs),
      servers_(std::min(jobs, kMostServers)) {}

bool NewCalls::Plan(const std::string& key) {
  const std::optional<std::string> bytes =
      ContentOf(absl::StrCat(plans_->session(), "/cc/commands/", key));
  std::optional<dispatch::RecordedCall> call;
  if (bytes) call = dispatch::ParseRecordedCall(*bytes);
  if (!call) return false;
  std::unique_lock<std::mutex> lock(mutex_);
  ProjectUnit unit = loader_.Load(
      {std::move(call->directory), std::move(call->words)}, project_.refusal);
  if (!unit.call.refusal.empty()) return false;
  const std::string name = PlannedFor(unit).group;
  Group& group = groups_[name];
  if (group.hopeless) return false;

  const SessionPlans::Promise promise = plans_->Best(name);
  if (promise.saved_us == 0) return FirstPlan(lock, &group, std::move(unit));
  if (promise.saved_us < kWorthIt * ScanUs(promise.tokens)) return false;

  // A node that is there, or is made for what has come since.
  ++summary_.scanned;
  lock.unlock();
  std::optional<SessionPlans::Joined> node;
  const bool scanned = Scan(&unit);
  if (scanned) node = plans_->Join(unit);
  const bool joined =
      node && WriteOrder(unit, node->node, plans_->session()).ok();
  lock.lock();
  // Not there, or not to be preprocessed: no more is to be done for it.
  if (!scanned) return false;
  if (group.scanned.size() == kMostPlanned) {
    group.scanned.erase(group.scanned.begin());
  }
  group.scanned.push_back(std::move(unit));
  ++group.since;
  if (!joined || node->share < kGoodShare) ++group.strangers;
  // There is also a plan whenever twice as many are known.
  const size_t few = group.planned / kStrangersOf;
  const bool due =
      group.strangers >= std::max(kStrangers, few) ||
      (group.since >= group.planned && group.scanned.size() < kMostPlanned);
  const bool planned = due && !group.busy && PlanFor(lock, &group, key);
  summary_.files += static_cast<int>(joined && !planned);
  return planned || joined;
}

bool NewCalls::Scan(ProjectUnit* unit) {
  Project one;
  one.cache = project_.cache;
  one.units.push_back(*unit);
  ReadRecords(&one, {0}, 1, &servers_);
  *unit = std::move(one.units[0]);
  return unit->recorded;
}

bool NewCalls::FirstPlan(std::unique_lock<std::mutex>& lock, Group* group,
                         ProjectUnit unit) {
  group->waiting.push_back(std::move(unit));
  if (group->busy || group->waiting.size() < group->enough) return false;
  // If what they have in common is worth nothing, that of twice as many may be.
  group->enough *= 2;
  group->busy = true;
  const std::vector<ProjectUnit> waiting = group->waiting;
  lock.unlock();

  // Headers that cost too little are not worth more than this one scan.
  ProjectUnit last = waiting.back();
  const bool scanned = Scan(&last);
  const uint64_t tokens = scanned ? HeaderTokens(last.record) : 0;
  const CostModel cost = CostModel().For(PlannedFor(last).group);
  const bool worth_it =
      static_cast<double>(tokens) * cost.parse * (1 - cost.load) >
      kWorthIt * ScanUs(tokens);
  Project sample;
  sample.cache = project_.cache;
  if (worth_it) {
    sample.units = SampleOf(waiting, kSample);
    std::vector<size_t> all(sample.units.size());
    std::iota(all.begin(), all.end(), size_t{0});
    ReadRecords(&sample, all, jobs_);
  }
  lock.lock();
  group->busy = false;
  summary_.scanned += 1 + sample.scanned;
  group->hopeless = scanned && !worth_it;
  if (!worth_it) return false;
  group->scanned.clear();
  for (ProjectUnit& known : sample.units) {
    known.files = static_cast<double>(waiting.size()) /
                  static_cast<double>(sample.units.size());
    if (known.recorded) group->scanned.push_back(std::move(known));
  }
  return PlanFor(lock, group, last.call.Key(last.directory));
}

// Others go on with what is there meanwhile.
bool NewCalls::PlanFor(std::unique_lock<std::mutex>& lock, Group* group,
                       const std::string& asked) {
  Project late;
  late.folder = project_.folder;
  late.cache = project_.cache;
  late.units = group->scanned;
  group->strangers = 0;
  group->since = 0;
  group->planned = late.units.size();
  group->busy = true;
  lock.unlock();
  const Project* added =
      plans_->Add(std::move(late), SessionPlans::Nodes::kWhenNeeded);
  lock.lock();
  group->busy = false;
  if (added == nullptr || added->plan.nodes.empty()) return false;
  ++summary_.plans;
  group->waiting.clear();
  for (size_t i = 0; i < added->units.size(); ++i) {
    const ProjectUnit& unit = added->units[i];
    if (unit.call.Key(unit.directory) != asked) continue;
    summary_.files += static_cast<int>(added->plan.node_of_unit[i] >= 0);
    return true;
  }
  return false;
}

NewCalls::Summary NewCalls::summary() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return summary_;
}

}  // namespace dfe::headers
