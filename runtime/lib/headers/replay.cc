// Walks a record in its own order, to learn the state at each point, and in
// other orders, to compare.
#include "dfe/headers/replay.h"

#include <algorithm>
#include <set>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dfe/format/envelope.h"

namespace dfe::headers {
namespace {

constexpr int kDeepest = 1000;
constexpr uint32_t kNoMacro = ~uint32_t{0};

uint64_t StepNumber(uint32_t instance, size_t step) {
  return uint64_t{instance} << 32 | step;
}

}  // namespace

// One pass over the instances. In the plain pass the states are written down
// and the recorded structure is followed; in a new order they are compared and
// guards decide anew.
class Replay::Walk {
 public:
  explicit Walk(const Replay& replay, Replay* learn = nullptr)
      : replay_(replay),
        learn_(learn),
        macros_(replay.passages_),
        hiding_(learn == nullptr),
        visited_(replay.record_.files.size(), false),
        walked_(replay.instances_.size(), false) {
    for (uint32_t macro : replay.hidden_) macros_.Touch(macro).marked = true;
  }

  // The part of the main file that comes before any of its lines: what the
  // command line defines and includes.
  void CommandLine() {
    const Instance& main = replay_.instances_[0];
    visited_[main.file] = true;
    depth_ = main.depth;
    if (replay_.CommandLine() != nullptr) {
      Enter({1}, main.depth);
      next_main_step_ = 1;
    }
  }
  // What the main file says before its first #include, of some macros.
  void Lead() {
    const Instance& main = replay_.instances_[0];
    for (size_t i = next_main_step_; i < main.passage->size(); ++i) {
      const Step& step = (*main.passage)[i];
      if (step.Kind() == HeaderEvent::kEnter) return;
      const bool defines = step.Kind() == HeaderEvent::kDefine;
      if ((!defines && step.Kind() != HeaderEvent::kUndefine) ||
          std::find(replay_.led_.begin(), replay_.led_.end(), step.subject) ==
              replay_.led_.end()) {
        continue;
      }
      Define(step.subject, defines ? step.value : 0, main.file);
    }
  }
  void Front(uint32_t file) {
    if (!visited_[file]) EnterOrNot(file, 0);
  }
  void Main() {
    Reveal();
    std::vector<uint32_t> main = {0};
    Steps(&main, next_main_step_);
    walked_[0] = true;
    if (learn_ != nullptr) return;
    for (size_t i = 0; i < walked_.size() && !conflict; ++i) {
      const uint32_t file = replay_.instances_[i].file;
      if (!walked_[i] && !replay_.instances_[i].circle) {
        Fail(file, file, "guard");
      }
    }
  }

  // By file, whether it was entered so far.
  const std::vector<bool>& visited() const { return visited_; }

  std::optional<Conflict> conflict;

 private:
  bool IsHidden(uint32_t macro) const {
    return hiding_ && macros_[macro].marked;
  }
  // The macros of the command line that no precompiled header has.
  void Reveal() {
    if (!hiding_) return;
    hiding_ = false;
    const Instance* builtin = replay_.CommandLine();
    if (builtin == nullptr) return;
    for (const Step& step : *builtin->passage) {
      if (step.Kind() == HeaderEvent::kDefine && macros_[step.subject].marked) {
        Define(step.subject, step.value, builtin->file);
      }
    }
  }
  void Define(uint32_t macro, uint32_t definition, uint32_t definer) {
    Passages::Slot& slot = macros_.Touch(macro);
    slot.definition = definition;
    slot.definer = definer;
  }
  void Fail(uint32_t reader, uint32_t culprit, std::string what) {
    if (!conflict) conflict = Conflict{reader, culprit, std::move(what)};
  }

  bool KeptOut(uint32_t file) const {
    const HeaderRecord::File& info = replay_.record_.files[file];
    if (!visited_[file]) return false;
    if ((info.flags & kFileOnce) != 0) return true;
    const uint32_t guard = replay_.guards_[file];
    return guard != kNoMacro && macros_[guard].definition != 0;
  }

  void EnterOrNot(uint32_t file, uint32_t depth) {
    if (KeptOut(file)) return;
    Enter(replay_.instances_of_[file], depth);
  }

  // Reads a file. `candidates` are the instances of it in the plain order: what
  // it does is a function of its text and of what it reads, so the first that
  // read the same tells what it will do next.
  void Enter(std::vector<uint32_t> candidates, uint32_t depth) {
    if (candidates.empty()) return;  // only an unreadable record has none
    const uint32_t file = replay_.instances_[candidates[0]].file;
    const bool system = (replay_.record_.files[file].flags & kFileSystem) != 0;
    visited_[file] = true;
    if (++nesting_ > kDeepest) return Fail(file, file, "nesting");
    if (learn_ != nullptr) {
      learn_->instances_[candidates[0]].entry_state = Learned(pragma_state_);
    } else {
      Narrow(&candidates, file, pragma_file_, "#pragma " + pragma_what_,
             [&](const Instance& instance) {
               return replay_.states_[instance.entry_state].Same(pragma_state_,
                                                                 system);
             });
      Narrow(&candidates, file, file, "open brackets",
             [&](const Instance& instance) {
               return system ? instance.depth / kDepthBracket ==
                                   depth / kDepthBracket
                             : instance.depth == depth;
             });
    }
    const uint32_t outer = depth_;
    depth_ = depth;
    Steps(&candidates, 0);
    depth_ = outer;
    --nesting_;
    if (learn_ != nullptr || conflict) return;
    for (uint32_t instance : candidates) {
      if (walked_[instance]) continue;
      walked_[instance] = true;
      return;
    }
    // Read more often than in the plain order.
    Fail(file, file, "guard");
  }

  // Keeps the candidates for which `fits`; none is a conflict.
  template <typename Fits>
  void Narrow(std::vector<uint32_t>* candidates, uint32_t reader,
              uint32_t culprit, const std::string& what, Fits fits) {
    if (conflict) return;
    size_t left = 0;
    for (uint32_t instance : *candidates) {
      left += fits(replay_.instances_[instance]) ? 1 : 0;
    }
    if (left == candidates->size()) return;
    if (left == 0) return Fail(reader, culprit, what);
    std::erase_if(*candidates, [&](uint32_t instance) {
      return !fits(replay_.instances_[instance]);
    });
  }

  // As Narrow, by the state of a macro.
  template <typename Fits>
  void NarrowByMacro(std::vector<uint32_t>* candidates, uint32_t reader,
                     uint32_t macro, Fits fits) {
    const Passages::Slot& slot = macros_[macro];
    const uint32_t definition = slot.definition;
    // Building the text is dearer than all else here.
    if (candidates->size() == 1) {
      if (!fits(replay_.instances_[candidates->front()], definition)) {
        Fail(reader, slot.definer, MacroText(macro));
      }
      return;
    }
    Narrow(candidates, reader, slot.definer, MacroText(macro),
           [&](const Instance& other) { return fits(other, definition); });
  }

  std::string MacroText(uint32_t macro) const {
    return absl::StrCat("macro ", replay_.passages_->MacroName(macro));
  }

  void Steps(std::vector<uint32_t>* candidates, size_t from) {
    const bool system =
        (replay_.record_.files[replay_.instances_[candidates->front()].file]
             .flags &
         kFileSystem) != 0;
    // Only an include can come before `from`.
    size_t includes = from;
    size_t counters = 0;
    for (size_t i = from; !conflict; ++i) {
      const uint32_t index = candidates->front();
      const Instance& instance = replay_.instances_[index];
      if (i == instance.passage->size()) return;
      const Step& step = (*instance.passage)[i];
      const uint32_t file = instance.file;
      if (candidates->size() > 1) {
        // Alike so far, so alike now but for what is read.
        const bool is_include = step.Kind() == HeaderEvent::kEnter;
        Narrow(candidates, file, file, "its own text", [&](const Instance& o) {
          if (o.passage != instance.passage &&
              (i >= o.passage->size() || (*o.passage)[i].kind != step.kind ||
               (*o.passage)[i].subject != step.subject)) {
            return false;
          }
          return !is_include ||
                 replay_.includes_[o.first_include + includes].file ==
                     replay_.includes_[instance.first_include + includes].file;
        });
      }
      switch (step.Kind()) {
        case HeaderEvent::kEnter: {
          const uint32_t depth = depth_ + step.depth;
          const size_t at = includes++;
          const Include& include =
              replay_.includes_[instance.first_include + at];
          if (learn_ == nullptr) {
            EnterOrNot(include.file, depth);
            Narrow(candidates, file, pragma_file_, "#pragma " + pragma_what_,
                   [&](const Instance& other) {
                     return replay_
                         .states_[replay_.includes_[other.first_include + at]
                                      .plain]
                         .Same(pragma_state_, system);
                   });
          } else {
            if (include.child >= 0) {
              Enter({static_cast<uint32_t>(include.child)}, depth);
            }
            learn_->includes_[instance.first_include + at].plain =
                Learned(pragma_state_);
          }
          break;
        }
        case HeaderEvent::kRead:
          NarrowByMacro(candidates, file, step.subject,
                        [i](const Instance& other, uint32_t definition) {
                          return (*other.passage)[i].value == definition;
                        });
          break;
        case HeaderEvent::kName:
          NarrowByMacro(candidates, file, step.subject,
                        [i](const Instance& other, uint32_t definition) {
                          return AsName((*other.passage)[i].value) ==
                                 AsName(definition);
                        });
          break;
        case HeaderEvent::kDefine:
          if (IsHidden(step.subject)) {
            if (&instance != replay_.CommandLine())
              Fail(file, file, HiddenName(step.subject));
            break;
          }
          if (learn_ != nullptr) {
            const uint32_t before = macros_[step.subject].definition;
            if (before != 0) learn_->replaced_[StepNumber(index, i)] = before;
          } else if (!system && RedefinesAnew(index, i, step)) {
            Fail(file, macros_[step.subject].definer,
                 absl::StrCat(MacroText(step.subject), ", defined twice"));
            break;
          }
          Define(step.subject, step.value, file);
          break;
        case HeaderEvent::kDefault:
          if (IsHidden(step.subject) || IsHidden(step.depth)) {
            Fail(
                file, file,
                HiddenName(IsHidden(step.subject) ? step.subject : step.depth));
            break;
          }
          if (macros_[step.depth].definition != 0) break;
          Define(step.subject, step.value, file);
          break;
        case HeaderEvent::kUndefine:
          if (IsHidden(step.subject)) {
            Fail(file, file, HiddenName(step.subject));
            break;
          }
          Define(step.subject, 0, file);
          break;
        case HeaderEvent::kPragma:
          Pragma(step.subject, file);
          break;
        case HeaderEvent::kCounter: {
          const size_t at = counters++;
          if (learn_ != nullptr) {
            learn_->counters_[instance.first_counter + at] = counter_;
          } else if (index == 0 || replay_.CounterCounts(file)) {
            Narrow(candidates, file, counter_file_, "__COUNTER__",
                   [&](const Instance& other) {
                     return replay_.counters_[other.first_counter + at] ==
                            counter_;
                   });
          }
          counter_file_ = file;
          ++counter_;
          break;
        }
        // None of these is a step.
        case HeaderEvent::kSkip:
        case HeaderEvent::kExit:
        case HeaderEvent::kCode:
          break;
      }
    }
  }

  // The number of a state: mostly that of the one before.
  uint32_t Learned(const State& state) {
    std::vector<State>& states = learn_->states_;
    if (states.back().code != state.code ||
        states.back().outside != state.outside) {
      states.push_back(state);
    }
    return static_cast<uint32_t>(states.size() - 1);
  }

  // Whether the compiler would warn of a second definition that is none in the
  // plain order. It does not in system headers.
  bool RedefinesAnew(uint32_t instance, size_t number, const Step& step) const {
    const uint32_t known = macros_[step.subject].definition;
    if (known == 0 || known == step.value) return false;
    auto plain = replay_.replaced_.find(StepNumber(instance, number));
    return plain == replay_.replaced_.end() || plain->second != known;
  }

  // What a definition is to a name that no bracket follows.
  static uint32_t AsName(uint32_t definition) {
    return TakesParameters(definition) ? 0 : definition;
  }

  std::string HiddenName(uint32_t macro) const {
    return absl::StrCat(MacroText(macro), kOfTheCommandLine);
  }

  void Pragma(uint32_t pragma, uint32_t file) {
    const std::string& text = replay_.passages_->PragmaText(pragma);
    const PragmaEffect& effect = replay_.passages_->Effect(pragma);
    if (effect.kind == PragmaEffect::kNone) return;
    std::vector<uint64_t>& stack = pragmas_[effect.what];
    auto hash = [&] {
      return stack.empty()
                 ? 0
                 : HashBytes(absl::StrCat(effect.what, " ", stack.back()));
    };
    const bool outside = absl::StrContains(effect.what, "diagnostic") ||
                         effect.what == "GCC visibility";
    uint64_t& state = outside ? pragma_state_.outside : pragma_state_.code;
    state ^= hash();
    const uint64_t below = stack.empty() ? 0 : stack.back();
    if (effect.kind == PragmaEffect::kPop) {
      if (!stack.empty()) stack.pop_back();
    } else {
      const uint64_t now = HashBytes(absl::StrCat(text, " ", below));
      if (effect.kind == PragmaEffect::kPush || stack.empty()) {
        stack.push_back(now);
      } else {
        stack.back() = now;
      }
    }
    state ^= hash();
    pragma_file_ = file;
    pragma_what_ = effect.what;
  }

  const Replay& replay_;
  Replay* learn_;
  Passages::Slots macros_;
  bool hiding_;  // the hidden macros are not defined yet
  std::vector<bool> visited_;
  std::vector<bool> walked_;  // by instance
  absl::flat_hash_map<std::string, std::vector<uint64_t>> pragmas_;
  State pragma_state_;
  uint32_t pragma_file_ = 0;
  std::string pragma_what_ = "state";
  uint32_t counter_ = 0;
  uint32_t counter_file_ = 0;
  uint32_t depth_ = 0;
  int nesting_ = 0;
  size_t next_main_step_ = 0;
};

void Replay::Learn() {
  if (instances_.empty()) {
    refusal_ = "empty record";
    return;
  }
  // Before anything is read; also that of instances that nobody walks.
  states_.assign(1, State());
  guards_.assign(record_.files.size(), kNoMacro);
  for (size_t i = 0; i < guards_.size(); ++i) {
    const std::string& guard = record_.files[i].guard;
    if (!guard.empty()) {
      guards_[i] = passages_->FindMacro(guard).value_or(kNoMacro);
    }
  }
  {
    Walk plain(*this, this);
    plain.CommandLine();
    plain.Main();
    if (plain.conflict) {
      refusal_ = absl::StrCat("not explained by its record: ",
                              record_.files[plain.conflict->reader].name, ": ",
                              plain.conflict->what);
    }
  }
  FindImmovable();
  Walk front(*this);
  front.CommandLine();
  in_front_ = front.visited();
  in_front_[instances_[0].file] = false;
  for (size_t i = 0; i < in_front_.size(); ++i) {
    if ((record_.files[i].flags & kFileBuiltin) != 0) in_front_[i] = false;
  }
}

Replay::Entry Replay::FirstEntry(uint32_t file) const {
  const First& first = first_entry_[file];
  return {first.includer,
          first.route == 0 ? nullptr : &passages_->RouteOf(first.route - 1)};
}

const Replay::Instance* Replay::CommandLine() const {
  const Instance& main = instances_[0];
  if (main.passage->empty() ||
      main.passage->front().Kind() != HeaderEvent::kEnter ||
      includes_[main.first_include].child != 1) {
    return nullptr;
  }
  const Instance& first = instances_[1];
  return (record_.files[first.file].flags & kFileBuiltin) != 0 ? &first
                                                               : nullptr;
}

bool Replay::CounterCounts(uint32_t file) const {
  return !counters_are_names_ ||
         (record_.files[file].flags & kFileCounterNumber) != 0;
}

std::string Replay::Hide(const std::vector<std::string>& macros) {
  const Instance* builtin = CommandLine();
  if (builtin == nullptr) return "";
  absl::flat_hash_map<uint32_t, int> defined;
  for (const Step& step : *builtin->passage) {
    if (step.Kind() == HeaderEvent::kDefine) ++defined[step.subject];
    if (step.Kind() == HeaderEvent::kUndefine) defined[step.subject] += 2;
  }
  Passages::Slots slots(passages_);
  for (const std::string& name : macros) {
    const std::optional<uint32_t> macro = passages_->FindMacro(name);
    auto known = macro ? defined.find(*macro) : defined.end();
    if (known == defined.end()) continue;
    if (known->second > 1) {
      return absl::StrCat("defines ", name, " more than once");
    }
    hidden_.push_back(*macro);
    slots.Touch(*macro).marked = true;
  }
  if (hidden_.empty()) return "";
  for (const Instance& instance : instances_) {
    std::string& why = immovable_[instance.file];
    if (!why.empty()) continue;
    for (const Step& step : *instance.passage) {
      const bool macro = step.Kind() == HeaderEvent::kRead ||
                         step.Kind() == HeaderEvent::kName ||
                         step.Kind() == HeaderEvent::kDefine ||
                         step.Kind() == HeaderEvent::kDefault ||
                         step.Kind() == HeaderEvent::kUndefine;
      if (!macro) continue;
      uint32_t subject = step.subject;
      if (step.Kind() == HeaderEvent::kDefault && !slots[subject].marked) {
        subject = step.depth;
      }
      if (!slots[subject].marked) continue;
      why = absl::StrCat("macro ", passages_->MacroName(subject),
                         kOfTheCommandLine);
      break;
    }
  }
  CloseImmovable();
  return "";
}

void Replay::Lead(const std::vector<HeaderRecord::Leading>& lines) {
  led_.clear();
  for (const HeaderRecord::Leading& line : lines) {
    const std::optional<uint32_t> macro = passages_->FindMacro(line.macro);
    if (macro) led_.push_back(*macro);
  }
}

std::set<std::string> Replay::ReadByHeaders(
    const std::set<std::string>& names) const {
  Passages::Slots wanted(passages_);
  for (const std::string& name : names) {
    const std::optional<uint32_t> macro = passages_->FindMacro(name);
    if (macro) wanted.Touch(*macro).marked = true;
  }
  std::set<uint32_t> read;
  for (size_t i = 1; i < instances_.size(); ++i) {
    for (const Step& step : *instances_[i].passage) {
      const bool reads = step.Kind() == HeaderEvent::kRead ||
                         step.Kind() == HeaderEvent::kName;
      if (!reads && step.Kind() != HeaderEvent::kDefault) continue;
      const uint32_t macro = reads ? step.subject : step.depth;
      if (wanted[macro].marked) read.insert(macro);
    }
  }
  std::set<std::string> found;
  for (uint32_t macro : read) found.insert(passages_->MacroName(macro));
  return found;
}

void Replay::FindImmovable() {
  for (size_t i = 0; i < record_.files.size(); ++i) {
    const HeaderRecord::File& file = record_.files[i];
    if (i == instances_[0].file) {
      immovable_[i] = "the main file";
    } else if ((file.flags & kFileBuiltin) != 0) {
      immovable_[i] = "no file";
    } else if (!first_entry_[i].known || !early_[i]) {
      // Moving it would move it over the main file's own text.
      immovable_[i] = "included after code";
    } else if ((file.flags & kFileDate) != 0) {
      immovable_[i] = "uses the date";
    } else if ((file.flags & kFilePlace) != 0) {
      immovable_[i] = "asks for its place";
    }
  }
  CloseImmovable();
}

// A file moves with all that it includes.
void Replay::CloseImmovable() {
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = 0; i < includes_of_.size(); ++i) {
      if (!immovable_[i].empty()) continue;
      for (uint32_t included : includes_of_[i]) {
        if (immovable_[included].empty()) continue;
        immovable_[i] = absl::StrCat("includes ", record_.files[included].name);
        changed = true;
        break;
      }
    }
  }
}

std::optional<Conflict> Replay::Reorder(const std::vector<uint32_t>& first,
                                        std::vector<bool>* reached) const {
  Walk walk(*this);
  walk.CommandLine();
  walk.Lead();
  for (uint32_t file : first) {
    if (!walk.conflict) walk.Front(file);
  }
  if (reached != nullptr) *reached = walk.visited();
  if (!walk.conflict) walk.Main();
  return walk.conflict;
}

}  // namespace dfe::headers
