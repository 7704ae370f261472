// Who waits for what, then records, plan and orders as before a build.
#include "dfe/headers/late_plans.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "dfe/dispatch/cc_late.h"
#include "dfe/dispatch/local_socket.h"
#include "dfe/headers/kept_objects.h"
#include "dfe/headers/tried_nodes.h"

namespace dfe::headers {
namespace {

namespace fs = std::filesystem;

// Files for which it pays to scan and to plan again. With fewer, objects can be
// kept, and taken.
constexpr size_t kMinFiles = 3;

bool AnyExists(const std::vector<std::string>& paths) {
  std::error_code error;
  return std::any_of(paths.begin(), paths.end(), [&](const std::string& path) {
    return fs::exists(path, error);
  });
}

bool HaveOneInCommon(const std::vector<std::string>& a,
                     const std::vector<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& path) {
    return std::find(b.begin(), b.end(), path) != b.end();
  });
}

}  // namespace

LatePlans::LatePlans(Project* project, LatePlansOptions options)
    : project_(project),
      options_(std::move(options)),
      started_(fs::file_time_type::clock::now()),
      written_(project->units.size(), 0),
      asked_(project->units.size(), 0),
      next_node_(static_cast<int>(project->plan.nodes.size())) {
  for (size_t i = 0; i < project->units.size(); ++i) {
    const ProjectUnit& unit = project->units[i];
    numbers_.emplace(unit.call.Key(unit.directory), i);
  }
}

LatePlans::~LatePlans() { (void)Stop(); }

void LatePlans::Start() {
  int ends[2];
  listening_ =
      dispatch::ListenIn(options_.session + "/cc", dispatch::kLateSocket);
  if (!listening_.ok() || pipe2(ends, O_CLOEXEC) != 0) return;
  stop_ = dispatch::Descriptor(ends[1]);
  thread_ = std::thread([this, until = ends[0]] {
    const dispatch::Descriptor ended(until);
    pollfd events[2] = {{listening_.get(), POLLIN, 0}, {until, POLLIN, 0}};
    while (true) {
      if (poll(events, 2, -1) < 0) continue;
      if (events[1].revents != 0) return;
      const dispatch::Descriptor caller(
          accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!caller.ok()) continue;
      const std::optional<std::string> key =
          dispatch::ReadLateRequest(caller.get());
      dispatch::AnswerLateRequest(caller.get(), key && Plan(*key));
    }
  });
}

LatePlans::Summary LatePlans::Stop() {
  if (thread_.joinable()) {
    stop_ = dispatch::Descriptor(-1);
    thread_.join();
    // Who still waits is told so.
    listening_ = dispatch::Descriptor(-1);
  }
  return summary_;
}

bool LatePlans::Plan(const std::string& key) {
  const auto found = numbers_.find(key);
  if (found == numbers_.end()) return false;
  const size_t unit = found->second;
  // Whoever has waited while another one's plan was made has its order.
  if (written_[unit] != 0) return true;
  if (asked_[unit] != 0 || !project_->units[unit].call.refusal.empty()) {
    return false;
  }
  asked_[unit] = 1;
  return PlanBatch(Batch(unit)) && written_[unit] != 0;
}

// The unit that was asked for, and all that can be planned for with it.
std::vector<size_t> LatePlans::Batch(size_t asked) {
  const ProjectUnit& first = project_->units[asked];
  DiskState disk;
  std::vector<size_t> batch;
  for (size_t i = 0; i < project_->units.size(); ++i) {
    const ProjectUnit& unit = project_->units[i];
    if (i == asked) {
      batch.push_back(i);
      continue;
    }
    if (written_[i] != 0 || asked_[i] != 0 || !unit.call.refusal.empty() ||
        IsMade(unit)) {
      continue;
    }
    const bool waited =
        !unit.awaits.empty() &&
        (AnyExists(unit.awaits) || HaveOneInCommon(unit.awaits, first.awaits));
    // Reading the state of all files is for where one was seen to have changed.
    const bool changed = first.awaits.empty() && unit.recorded &&
                         !disk.Unchanged(unit.record, unit.directory);
    if (waited || changed) batch.push_back(i);
  }
  return batch;
}

bool LatePlans::IsMade(const ProjectUnit& unit) const {
  std::error_code error;
  const fs::file_time_type made = fs::last_write_time(
      unit.directory / fs::path(unit.call.ObjectName()), error);
  return !error && made >= started_;
}

bool LatePlans::PlanBatch(const std::vector<size_t>& batch) {
  if (batch.size() < kMinFiles && !options_.keep_objects) return false;
  // 1. Their records, as they are now. What was made this very moment could
  // change once more and keep its time, and would have to be scanned for that.
  absl::SleepFor(kClockTick);
  Project late;
  late.folder = project_->folder;
  late.cache = project_->cache;
  late.banned = project_->banned;
  for (size_t i : batch) {
    late.units.push_back(project_->units[i]);
    late.units.back().recorded = false;
    late.units.back().awaits.clear();
  }
  std::vector<size_t> all(batch.size());
  std::iota(all.begin(), all.end(), size_t{0});
  ReadRecords(&late, all, options_.jobs);
  summary_.scanned += late.scanned;
  std::vector<size_t> numbers;
  for (size_t i = 0; i < batch.size(); ++i) {
    ProjectUnit& known = project_->units[batch[i]];
    known.awaits = late.units[i].awaits;
    if (late.units[i].recorded) numbers.push_back(batch[i]);
  }
  std::erase_if(late.units,
                [](const ProjectUnit& unit) { return !unit.recorded; });
  if (late.units.empty()) return false;

  // 2. The plan, tried where nobody reads it.
  Replan(&late);
  const std::string tried =
      absl::StrCat(options_.session, "/late-", summary_.plans);
  if (!WriteTriedSession(&late, tried, options_.jobs).ok()) return false;
  project_->banned = late.banned;

  // 3. The orders. Each is whole whenever it is read.
  late.first_node = next_node_;
  next_node_ += static_cast<int>(late.plan.nodes.size());
  if (!WriteSession(&late, options_.session, options_.jobs).ok()) return false;
  if (options_.keep_objects) (void)WriteKept(late, options_.session);
  ++summary_.plans;
  summary_.files += static_cast<int>(numbers.size());
  for (size_t i : numbers) written_[i] = 1;
  return true;
}

}  // namespace dfe::headers
