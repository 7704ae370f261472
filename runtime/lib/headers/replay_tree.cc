// From the events of a record to instances of files and their passages.
#include <algorithm>
#include <utility>

#include "dfe/headers/replay.h"

namespace dfe::headers {
namespace {

constexpr uint32_t kNoFile = ~uint32_t{0};

}  // namespace

// Makes the tree of a record's events.
class Replay::Builder {
 public:
  Builder(Replay* replay, const HeaderRecord& whole, Passages* passages)
      : replay_(*replay), whole_(whole), numbers_(passages->Add(whole)) {
    const size_t count = whole.files.size();
    replay_.includes_of_.resize(count);
    replay_.instances_of_.resize(count);
    replay_.first_entry_.resize(count);
    replay_.immovable_.resize(count);
    replay_.early_.assign(count, false);
    replay_.leading_ = whole.leading;
  }

  // What the instances do, in their order.
  std::vector<Passage> Take() {
    bool own_text = false;
    for (const HeaderRecord::Event& event : whole_.events) {
      switch (event.kind) {
        case HeaderEvent::kExit:
          Exit();
          break;
        case HeaderEvent::kEnter:
          if (!own_text) replay_.early_[event.subject] = true;
          Enter(event);
          break;
        case HeaderEvent::kSkip:
          AddInclude(event, -1);
          break;
        case HeaderEvent::kCode:
          own_text = true;
          break;
        default:
          Add(event);
      }
    }
    DropDoubles();
    return std::move(steps_of_);
  }

 private:
  struct Open {
    uint32_t instance = 0;
    uint32_t counters = 0;
    uint32_t first_macro = 0;  // what the first step is about, as the record
                               // counts
    Passage steps;
    std::vector<Include> includes;
  };

  void Add(const HeaderRecord::Event& event) {
    Open& open = open_.back();
    if (open.steps.empty()) open.first_macro = event.subject;
    Step step;
    step.kind = static_cast<uint32_t>(event.kind);
    if (event.kind == HeaderEvent::kPragma) {
      step.subject = numbers_.pragmas[event.subject];
    } else if (event.kind == HeaderEvent::kCounter) {
      ++open.counters;
    } else {
      step.subject = numbers_.macros[event.subject];
      step.value = numbers_.definitions[event.value];
    }
    if (event.kind == HeaderEvent::kDefault) {
      step.depth = numbers_.macros[event.depth];
    }
    open.steps.push_back(step);
  }

  void AddInclude(const HeaderRecord::Event& event, int32_t child) {
    Open& open = open_.back();
    const Instance& includer = replay_.instances_[open.instance];
    replay_.includes_of_[includer.file].push_back(event.subject);
    open.includes.push_back({event.subject, child});
    Step step;
    step.kind = static_cast<uint32_t>(HeaderEvent::kEnter);
    step.depth = event.depth - includer.depth;
    open.steps.push_back(step);
  }

  void Enter(const HeaderRecord::Event& event) {
    const auto instance = static_cast<uint32_t>(replay_.instances_.size());
    if (!open_.empty()) AddInclude(event, static_cast<int32_t>(instance));
    First& first = replay_.first_entry_[event.subject];
    if (!first.known) {
      replay_.entered_.push_back(event.subject);
      first.known = true;
      first.includer =
          open_.empty() ? 0 : replay_.instances_[open_.back().instance].file;
      first.route = event.value == 0 ? 0 : numbers_.routes[event.value - 1] + 1;
    }
    replay_.instances_of_[event.subject].push_back(instance);
    Instance made;
    made.file = event.subject;
    made.depth = event.depth;
    replay_.instances_.push_back(made);
    steps_of_.emplace_back();
    open_.emplace_back().instance = instance;
  }

  void Exit() {
    Open done = std::move(open_.back());
    open_.pop_back();
    Instance& instance = replay_.instances_[done.instance];
    instance.first_include = static_cast<uint32_t>(replay_.includes_.size());
    instance.first_counter = static_cast<uint32_t>(replay_.counters_.size());
    if (!open_.empty() && IsKeptOut(instance.file, done)) {
      // A file that is included while it is open is entered, and kept out by
      // its guard then: that is no other than being skipped.
      instance.circle = true;
      open_.back().includes.back().child = -1;
      std::erase(replay_.instances_of_[instance.file], done.instance);
    }
    replay_.includes_.insert(replay_.includes_.end(), done.includes.begin(),
                             done.includes.end());
    replay_.counters_.resize(replay_.counters_.size() + done.counters);
    steps_of_[done.instance] = std::move(done.steps);
  }

  bool IsKeptOut(uint32_t file, const Open& done) const {
    const std::string& guard = whole_.files[file].guard;
    return !guard.empty() && done.steps.size() == 1 &&
           done.steps[0].Kind() == HeaderEvent::kRead &&
           done.steps[0].value != 0 && whole_.macros[done.first_macro] == guard;
  }

  // An include that is listed several times is listed once.
  void DropDoubles() {
    std::vector<uint32_t> seen(replay_.includes_of_.size(), kNoFile);
    for (uint32_t file = 0; file < seen.size(); ++file) {
      std::vector<uint32_t>& list = replay_.includes_of_[file];
      std::erase_if(list, [&](uint32_t included) {
        if (seen[included] == file) return true;
        seen[included] = file;
        return false;
      });
      list.shrink_to_fit();
    }
    replay_.includes_.shrink_to_fit();
    replay_.instances_.shrink_to_fit();
  }

  Replay& replay_;
  const HeaderRecord& whole_;
  const Passages::Numbers numbers_;
  std::vector<Open> open_;
  std::vector<Passage> steps_of_;  // by instance
};

Replay::Replay(const HeaderRecord& head, const HeaderRecord& whole,
               Passages* passages)
    : record_(head), passages_(passages) {
  const std::vector<const Passage*> kept =
      passages->Keep(Builder(this, whole, passages).Take());
  for (size_t i = 0; i < kept.size(); ++i) instances_[i].passage = kept[i];
}

}  // namespace dfe::headers
