// Walks a record in its own order, to learn the state at each point, and in
// other orders, to compare.
#include "dfe/headers/replay.h"

#include <algorithm>
#include <set>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "dfe/format/envelope.h"

namespace dfe::headers {
namespace {

// What a #pragma line does to the lines after it.
struct PragmaEffect {
  enum Kind { kNone, kPush, kPop, kSet } kind = kNone;
  std::string what;
};

PragmaEffect EffectOf(absl::string_view text) {
  // Said of a file or of the next statement, not of the lines after it.
  for (absl::string_view harmless :
       {"once", "GCC system_header", "clang system_header", "mark", "region",
        "endregion", "message", "GCC warning", "comment", "unroll", "nounroll",
        "GCC unroll", "GCC ivdep", "clang loop", "omp"}) {
    if (absl::StartsWith(text, harmless)) return {};
  }
  PragmaEffect effect;
  std::vector<absl::string_view> words =
      absl::StrSplit(text, absl::ByAnyChar(" ("), absl::SkipEmpty());
  if (words.empty()) return {};
  effect.what = std::string(words[0]);
  if (words.size() > 1 &&
      (words[0] == "GCC" || words[0] == "clang" || words[0] == "STDC")) {
    absl::StrAppend(&effect.what, " ", words[1]);
  }
  effect.kind = absl::StrContains(text, "push")  ? PragmaEffect::kPush
                : absl::StrContains(text, "pop") ? PragmaEffect::kPop
                                                 : PragmaEffect::kSet;
  return effect;
}

constexpr int kDeepest = 1000;

}  // namespace

// One pass over the instances. In the plain pass the states are written down
// and the recorded structure is followed; in a new order they are compared and
// guards decide anew.
class Replay::Walk {
 public:
  Walk(const Replay& replay, std::vector<Instance>* learn,
       std::vector<State>* states = nullptr)
      : replay_(replay),
        learn_(learn),
        states_(states),
        definition_(replay.record_.macros.size(), 0),
        definer_(replay.record_.macros.size(), 0),
        hiding_(learn == nullptr),
        visited_(replay.record_.files.size(), false),
        walked_(replay.instances_.size(), false) {
    for (size_t i = 0; i < replay.record_.macros.size(); ++i) {
      macro_ids_.emplace(replay.record_.macros[i], i);
    }
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
    for (size_t i = next_main_step_; i < main.steps.size(); ++i) {
      const Step& step = main.steps[i];
      if (IsInclude(step.kind)) return;
      const bool defines = step.kind == HeaderEvent::kDefine;
      if ((!defines && step.kind != HeaderEvent::kUndefine) ||
          !replay_.leading_[step.subject]) {
        continue;
      }
      definition_[step.subject] = defines ? step.value : 0;
      definer_[step.subject] = main.file;
    }
  }
  void Front(uint32_t file) {
    if (!visited_[file]) Include(file, 0);
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
    return hiding_ && replay_.hidden_[macro];
  }
  // The macros of the command line that no precompiled header has.
  void Reveal() {
    if (!hiding_) return;
    hiding_ = false;
    const Instance* builtin = replay_.CommandLine();
    if (builtin == nullptr) return;
    for (const Step& step : builtin->steps) {
      if (step.kind == HeaderEvent::kDefine && replay_.hidden_[step.subject]) {
        definition_[step.subject] = step.value;
        definer_[step.subject] = builtin->file;
      }
    }
  }
  void Fail(uint32_t reader, uint32_t culprit, std::string what) {
    if (!conflict) conflict = Conflict{reader, culprit, std::move(what)};
  }

  bool KeptOut(uint32_t file) const {
    const HeaderRecord::File& info = replay_.record_.files[file];
    if (!visited_[file]) return false;
    if ((info.flags & kFileOnce) != 0) return true;
    if (info.guard.empty()) return false;
    auto macro = macro_ids_.find(info.guard);
    return macro != macro_ids_.end() && definition_[macro->second] != 0;
  }

  void Include(uint32_t file, uint32_t depth) {
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
      (*learn_)[candidates[0]].entry_state = pragma_state_;
    } else {
      Narrow(&candidates, file, pragma_file_, "#pragma " + pragma_what_,
             [&](const Instance& instance) {
               return instance.entry_state.Same(pragma_state_, system);
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
    std::vector<uint32_t> left;
    for (uint32_t instance : *candidates) {
      if (fits(replay_.instances_[instance])) left.push_back(instance);
    }
    if (left.empty()) return Fail(reader, culprit, what);
    *candidates = std::move(left);
  }

  static bool IsInclude(HeaderEvent kind) {
    return kind == HeaderEvent::kEnter || kind == HeaderEvent::kSkip;
  }

  void Steps(std::vector<uint32_t>* candidates, size_t from) {
    const bool system =
        (replay_.record_.files[replay_.instances_[candidates->front()].file]
             .flags &
         kFileSystem) != 0;
    for (size_t i = from; !conflict; ++i) {
      const uint32_t index = candidates->front();
      const Instance& instance = replay_.instances_[index];
      if (i == instance.steps.size()) return;
      const Step& step = instance.steps[i];
      const uint32_t file = instance.file;
      if (candidates->size() > 1) {
        // Alike so far, so alike now but for what is read.
        Narrow(candidates, file, file, "its own text", [&](const Instance& o) {
          return i < o.steps.size() && o.steps[i].subject == step.subject &&
                 (o.steps[i].kind == step.kind ||
                  (IsInclude(o.steps[i].kind) && IsInclude(step.kind)));
        });
      }
      switch (step.kind) {
        case HeaderEvent::kEnter:
        case HeaderEvent::kSkip: {
          const uint32_t depth = depth_ + step.depth - instance.depth;
          if (learn_ == nullptr) {
            Include(step.subject, depth);
            Narrow(candidates, file, pragma_file_, "#pragma " + pragma_what_,
                   [&](const Instance& other) {
                     return replay_.states_[other.steps[i].plain].Same(
                         pragma_state_, system);
                   });
          } else {
            if (step.child >= 0) {
              Enter({static_cast<uint32_t>(step.child)}, depth);
            }
            (*learn_)[index].steps[i].plain = Learned(pragma_state_);
          }
          break;
        }
        case HeaderEvent::kRead:
          Narrow(candidates, file, definer_[step.subject],
                 "macro " + replay_.record_.macros[step.subject],
                 [&](const Instance& other) {
                   return other.steps[i].value == definition_[step.subject];
                 });
          break;
        case HeaderEvent::kName:
          Narrow(candidates, file, definer_[step.subject],
                 "macro " + replay_.record_.macros[step.subject],
                 [&](const Instance& other) {
                   return AsName(other.steps[i].value) ==
                          AsName(definition_[step.subject]);
                 });
          break;
        case HeaderEvent::kDefine:
          if (IsHidden(step.subject)) {
            if (&instance != replay_.CommandLine())
              Fail(file, file, HiddenName(step.subject));
            break;
          }
          if (learn_ != nullptr) {
            (*learn_)[index].steps[i].plain = definition_[step.subject];
          } else if (RedefinesAnew(step, system)) {
            Fail(file, definer_[step.subject],
                 absl::StrCat("macro ", replay_.record_.macros[step.subject],
                              ", defined twice"));
            break;
          }
          definition_[step.subject] = step.value;
          definer_[step.subject] = file;
          break;
        case HeaderEvent::kDefault:
          if (IsHidden(step.subject) || IsHidden(step.depth)) {
            Fail(
                file, file,
                HiddenName(IsHidden(step.subject) ? step.subject : step.depth));
            break;
          }
          if (definition_[step.depth] != 0) break;
          definition_[step.subject] = step.value;
          definer_[step.subject] = file;
          break;
        case HeaderEvent::kUndefine:
          if (IsHidden(step.subject)) {
            Fail(file, file, HiddenName(step.subject));
            break;
          }
          definition_[step.subject] = 0;
          definer_[step.subject] = file;
          break;
        case HeaderEvent::kPragma:
          Pragma(step.subject, file);
          break;
        case HeaderEvent::kCounter:
          if (learn_ != nullptr) {
            (*learn_)[index].steps[i].value = counter_;
          } else if (index == 0 || replay_.CounterCounts(file)) {
            Narrow(candidates, file, counter_file_, "__COUNTER__",
                   [&](const Instance& other) {
                     return other.steps[i].value == counter_;
                   });
          }
          counter_file_ = file;
          ++counter_;
          break;
        case HeaderEvent::kExit:
        case HeaderEvent::kCode:
          break;
      }
    }
  }

  // The number of a state: mostly that of the one before.
  uint32_t Learned(const State& state) {
    if (states_->empty() || states_->back().code != state.code ||
        states_->back().outside != state.outside) {
      states_->push_back(state);
    }
    return static_cast<uint32_t>(states_->size() - 1);
  }

  // Whether the compiler would warn of a second definition that is none in the
  // plain order. It does not in system headers.
  bool RedefinesAnew(const Step& step, bool system) const {
    const uint32_t known = definition_[step.subject];
    return !system && known != 0 && known != step.value && known != step.plain;
  }

  // What a definition is to a name that no bracket follows.
  uint32_t AsName(uint32_t definition) const {
    const bool takes =
        (replay_.record_.definitions[definition] & kTakesParameters) != 0;
    return takes ? 0 : definition;
  }

  std::string HiddenName(uint32_t macro) const {
    return absl::StrCat("macro ", replay_.record_.macros[macro],
                        kOfTheCommandLine);
  }

  void Pragma(uint32_t pragma, uint32_t file) {
    const std::string& text = replay_.record_.pragmas[pragma];
    PragmaEffect effect = EffectOf(text);
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
  std::vector<Instance>* learn_;
  std::vector<State>* states_;  // that were learned
  std::vector<uint32_t> definition_;
  std::vector<uint32_t> definer_;  // the file that changed a macro last
  bool hiding_;                    // the hidden macros are not defined yet
  std::vector<bool> visited_;
  std::vector<bool> walked_;  // by instance
  absl::flat_hash_map<std::string, uint32_t> macro_ids_;
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

Replay::Replay(const HeaderRecord& record) : record_(record) {
  BuildTree();
  if (instances_.empty()) {
    refusal_ = "empty record";
    return;
  }
  Walk plain(*this, &instances_, &states_);
  plain.CommandLine();
  plain.Main();
  if (plain.conflict) {
    refusal_ = absl::StrCat("not explained by its record: ",
                            record_.files[plain.conflict->reader].name, ": ",
                            plain.conflict->what);
  }
  FindImmovable();
  Walk front(*this, nullptr);
  front.CommandLine();
  in_front_ = front.visited();
  in_front_[instances_[0].file] = false;
  for (size_t i = 0; i < in_front_.size(); ++i) {
    if ((record_.files[i].flags & kFileBuiltin) != 0) in_front_[i] = false;
  }
}

const Replay::Instance* Replay::CommandLine() const {
  const std::vector<Step>& steps = instances_[0].steps;
  if (steps.empty() || steps[0].child != 1) return nullptr;
  const Instance& first = instances_[1];
  return (record_.files[first.file].flags & kFileBuiltin) != 0 ? &first
                                                               : nullptr;
}

bool Replay::CounterCounts(uint32_t file) const {
  return !counters_are_names_ ||
         (record_.files[file].flags & kFileCounterNumber) != 0;
}

std::string Replay::Hide(const std::vector<std::string>& macros) {
  const std::set<absl::string_view> names(macros.begin(), macros.end());
  std::vector<int> defined(record_.macros.size(), 0);
  const Instance* builtin = CommandLine();
  if (builtin == nullptr) return "";
  for (const Step& step : builtin->steps) {
    if (step.kind == HeaderEvent::kDefine) ++defined[step.subject];
    if (step.kind == HeaderEvent::kUndefine) defined[step.subject] += 2;
  }
  for (size_t i = 0; i < hidden_.size(); ++i) {
    if (defined[i] == 0 || !names.contains(record_.macros[i])) continue;
    if (defined[i] > 1) {
      return absl::StrCat("defines ", record_.macros[i], " more than once");
    }
    hidden_[i] = true;
  }
  for (const Instance& instance : instances_) {
    std::string& why = immovable_[instance.file];
    for (const Step& step : instance.steps) {
      if (!why.empty()) break;
      const bool macro = step.kind == HeaderEvent::kRead ||
                         step.kind == HeaderEvent::kName ||
                         step.kind == HeaderEvent::kDefine ||
                         step.kind == HeaderEvent::kDefault ||
                         step.kind == HeaderEvent::kUndefine;
      uint32_t subject = step.subject;
      if (step.kind == HeaderEvent::kDefault && !hidden_[subject]) {
        subject = step.depth;
      }
      if (macro && hidden_[subject]) {
        why =
            absl::StrCat("macro ", record_.macros[subject], kOfTheCommandLine);
      }
    }
  }
  CloseImmovable();
  return "";
}

void Replay::Lead(const std::vector<HeaderRecord::Leading>& lines) {
  std::set<absl::string_view> names;
  for (const HeaderRecord::Leading& line : lines) names.insert(line.macro);
  for (size_t i = 0; i < leading_.size(); ++i) {
    leading_[i] = names.contains(record_.macros[i]);
  }
}

void Replay::BuildTree() {
  const size_t count = record_.files.size();
  first_instance_.assign(count, -1);
  includes_.resize(count);
  instances_of_.resize(count);
  first_entry_.resize(count);
  immovable_.resize(count);
  in_front_.assign(count, false);
  hidden_.assign(record_.macros.size(), false);
  leading_.assign(record_.macros.size(), false);
  std::vector<uint32_t> stack;
  for (const HeaderRecord::Event& event : record_.events) {
    if (event.kind == HeaderEvent::kExit) {
      stack.pop_back();
      continue;
    }
    Step step{event.kind, event.subject, event.value, event.depth};
    const bool enters = event.kind == HeaderEvent::kEnter;
    if (enters) step.child = static_cast<int32_t>(instances_.size());
    if (!stack.empty()) {
      if (enters || event.kind == HeaderEvent::kSkip) {
        includes_[instances_[stack.back()].file].push_back(event.subject);
      }
      instances_[stack.back()].steps.push_back(step);
    }
    if (!enters) continue;
    if (first_instance_[event.subject] < 0) {
      first_instance_[event.subject] = step.child;
      entered_.push_back(event.subject);
      first_entry_[event.subject] = {
          stack.empty() ? 0 : instances_[stack.back()].file, event.value};
    }
    instances_of_[event.subject].push_back(instances_.size());
    stack.push_back(instances_.size());
    instances_.push_back({event.subject, event.depth, State(), {}});
  }
  SkipCircles();
}

// A file that is included while it is open is entered, and kept out by its
// guard then: that is no other than being skipped.
void Replay::SkipCircles() {
  auto kept_out = [this](const Instance& instance) {
    const std::string& guard = record_.files[instance.file].guard;
    return !guard.empty() && instance.steps.size() == 1 &&
           instance.steps[0].kind == HeaderEvent::kRead &&
           instance.steps[0].value != 0 &&
           record_.macros[instance.steps[0].subject] == guard;
  };
  for (Instance& instance : instances_) {
    for (Step& step : instance.steps) {
      if (step.child < 0 || !kept_out(instances_[step.child])) continue;
      instances_[step.child].circle = true;
      std::erase(instances_of_[step.subject],
                 static_cast<uint32_t>(step.child));
      step.kind = HeaderEvent::kSkip;
      step.child = -1;
    }
  }
}

void Replay::FindImmovable() {
  // What was entered only after the main file's first own token would move
  // over it.
  std::vector<bool> early(record_.files.size(), false);
  for (const HeaderRecord::Event& event : record_.events) {
    if (event.kind == HeaderEvent::kCode) break;
    if (event.kind == HeaderEvent::kEnter) early[event.subject] = true;
  }
  for (size_t i = 0; i < record_.files.size(); ++i) {
    const HeaderRecord::File& file = record_.files[i];
    if (i == instances_[0].file) {
      immovable_[i] = "the main file";
    } else if ((file.flags & kFileBuiltin) != 0) {
      immovable_[i] = "no file";
    } else if (first_instance_[i] < 0 || !early[i]) {
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
    for (size_t i = 0; i < includes_.size(); ++i) {
      if (!immovable_[i].empty()) continue;
      for (uint32_t included : includes_[i]) {
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
  Walk walk(*this, nullptr);
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
