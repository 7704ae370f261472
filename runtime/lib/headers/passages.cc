// Numbers for names, and a place for each passage.
#include "dfe/headers/passages.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "dfe/format/envelope.h"

namespace dfe::headers {
namespace {

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

}  // namespace

Passages::Slots::Slots(Passages* of) : of_(of) {
  {
    std::lock_guard<std::mutex> lock(of->mutex_);
    if (!of->free_slots_.empty()) {
      slots_ = std::move(of->free_slots_.back());
      of->free_slots_.pop_back();
    }
  }
  if (slots_ == nullptr) slots_ = std::make_unique<std::vector<Slot>>();
  slots_->resize(of->macro_names_.size());
}

Passages::Slots::~Slots() {
  for (uint32_t macro : touched_) (*slots_)[macro] = Slot();
  std::lock_guard<std::mutex> lock(of_->mutex_);
  of_->free_slots_.push_back(std::move(slots_));
}

Passages::Numbers Passages::Add(const HeaderRecord& record) {
  Numbers numbers;
  std::lock_guard<std::mutex> lock(mutex_);
  numbers.macros.reserve(record.macros.size());
  for (const std::string& name : record.macros) {
    auto [it, is_new] = macros_.try_emplace(name, macro_names_.size());
    if (is_new) macro_names_.push_back(name);
    numbers.macros.push_back(it->second);
  }
  numbers.definitions.reserve(record.definitions.size());
  numbers.definitions.push_back(0);
  for (size_t i = 1; i < record.definitions.size(); ++i) {
    const uint64_t hash = record.definitions[i];
    const auto next = static_cast<uint32_t>(definitions_.size() + 1);
    auto [it, is_new] = definitions_.try_emplace(
        hash, 2 * next + ((hash & kTakesParameters) != 0 ? 1 : 0));
    numbers.definitions.push_back(it->second);
  }
  numbers.pragmas.reserve(record.pragmas.size());
  for (const std::string& text : record.pragmas) {
    auto [it, is_new] = pragma_numbers_.try_emplace(text, pragmas_.size());
    if (is_new) {
      pragmas_.push_back(text);
      effects_.push_back(EffectOf(text));
    }
    numbers.pragmas.push_back(it->second);
  }
  numbers.routes.reserve(record.routes.size());
  for (const HeaderRecord::Route& route : record.routes) {
    auto [it, is_new] = route_numbers_.try_emplace(
        absl::StrCat(route.flags, " ", route.search, " ", route.spelled),
        routes_.size());
    if (is_new) {
      routes_.push_back(route);
      routes_.back().line = 0;
    }
    numbers.routes.push_back(it->second);
  }
  return numbers;
}

std::vector<const Passage*> Passages::Keep(std::vector<Passage> passages) {
  std::vector<const Passage*> kept;
  kept.reserve(passages.size());
  std::lock_guard<std::mutex> lock(mutex_);
  for (Passage& passage : passages) {
    auto known = passages_.find(passage);
    if (known == passages_.end()) {
      passage.shrink_to_fit();
      known = passages_.insert(std::move(passage)).first;
    }
    kept.push_back(&*known);
  }
  return kept;
}

std::optional<uint32_t> Passages::FindMacro(absl::string_view name) const {
  auto found = macros_.find(name);
  if (found == macros_.end()) return std::nullopt;
  return found->second;
}

size_t Passages::HashPassage::operator()(const Passage& passage) const {
  return HashBytes(
      std::string_view(reinterpret_cast<const char*>(passage.data()),
                       passage.size() * sizeof(Step)));
}

}  // namespace dfe::headers
