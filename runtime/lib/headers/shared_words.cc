// Options one by one, and which of them headers can tell apart.
#include "dfe/headers/shared_words.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace dfe::headers {
namespace {

// The words of a call without the compiler; a value goes with its word.
std::vector<std::vector<std::string>> Options(
    const dispatch::CcInvocation& call) {
  std::vector<std::vector<std::string>> options;
  for (size_t i = 1; i < call.flags.size(); ++i) {
    options.push_back({call.flags[i]});
    if (dispatch::TakesNextWord(call.flags[i]) && i + 1 < call.flags.size()) {
      options.back().push_back(call.flags[++i]);
    }
  }
  return options;
}

std::optional<MacroWord> AsMacro(const std::vector<std::string>& option) {
  absl::string_view text = option[0];
  const bool undefines = absl::StartsWith(text, "-U");
  if (!undefines && !absl::StartsWith(text, "-D")) return std::nullopt;
  text.remove_prefix(2);
  if (text.empty()) {
    if (option.size() < 2) return std::nullopt;
    text = option[1];
  }
  return MacroWord{std::string(text.substr(0, text.find_first_of("=("))),
                   absl::StrCat(undefines ? "-U" : "-D", text), undefines};
}

bool IsSearchFolder(absl::string_view word) {
  // All of these also with their value in the same word.
  for (absl::string_view option : {"-I", "-isystem", "-iquote", "-idirafter"}) {
    if (absl::StartsWith(word, option)) return true;
  }
  return false;
}

// The words of a unit about one macro, a line each.
std::string WordsAbout(const PlannedUnit& unit, const std::string& name) {
  std::string words;
  for (const MacroWord& word : unit.macros) {
    if (word.name == name) absl::StrAppend(&words, word.word, "\n");
  }
  return words;
}

// Whether a precompiled header can be made without the macro: a file defines it
// once, or says nothing of it.
bool CanBeHidden(const std::vector<PlannedUnit>& units,
                 const std::vector<int>& members, const std::string& name) {
  for (int unit : members) {
    int count = 0;
    for (const MacroWord& word : units[unit].macros) {
      if (word.name != name) continue;
      ++count;
      if (count > 1 || word.undefines) return false;
    }
  }
  return true;
}

// Whether headers depend on a macro so much that files with other `words` about
// it share little: in at least half of the files that define it, headers read
// it (the kernel's KBUILD_MODNAME: in 15 of 348), and at least half of these
// share their words with enough others, or there are too few of them for
// anything.
bool Decides(const std::vector<PlannedUnit>& units,
             const std::vector<int>& members,
             const std::vector<std::string>& words, double readers,
             const CostModel& cost) {
  double definers = 0;
  std::map<std::string, double> files;
  for (size_t i = 0; i < members.size(); ++i) {
    if (words[i].empty()) continue;
    definers += units[members[i]].files;
    files[words[i]] += units[members[i]].files;
  }
  double alike = 0;
  for (const auto& [word, count] : files) {
    if (count >= cost.min_files) alike += count;
  }
  return readers > 0 && 2 * readers >= definers &&
         (2 * alike >= definers || definers < cost.min_files);
}

// What the main file says first of macros that its headers read.
std::vector<HeaderRecord::Leading> LeadingMacros(const PlannedUnit& unit,
                                                 const Replay& replay) {
  for (absl::string_view word : absl::StrSplit(unit.group, '\n')) {
    if (absl::StartsWith(word, "-W") &&
        (absl::StrContains(word, "macro") || word == "-Weverything")) {
      return {};
    }
  }
  std::set<std::string> names;
  for (const HeaderRecord::Leading& line : replay.leading()) {
    names.insert(line.macro);
  }
  std::vector<HeaderRecord::Leading> leading;
  if (names.empty()) return leading;
  const std::set<std::string> read = replay.ReadByHeaders(names);
  for (const HeaderRecord::Leading& line : replay.leading()) {
    if (!read.contains(line.macro)) continue;
    if (line.line.empty()) return {};
    leading.push_back(line);
  }
  return leading;
}

}  // namespace

std::string SharedWords(const dispatch::CcInvocation& call) {
  std::string words = absl::StrCat(call.language, "\n",
                                   call.flags.empty() ? "" : call.flags[0]);
  for (const std::vector<std::string>& option : Options(call)) {
    if (AsMacro(option) || IsSearchFolder(option[0])) continue;
    absl::StrAppend(&words, "\n", absl::StrJoin(option, "\n"));
  }
  return words;
}

std::vector<MacroWord> MacroWords(const dispatch::CcInvocation& call) {
  std::vector<MacroWord> macros;
  for (const std::vector<std::string>& option : Options(call)) {
    std::optional<MacroWord> macro = AsMacro(option);
    if (macro) macros.push_back(*std::move(macro));
  }
  return macros;
}

std::vector<std::string> NodeWords(const dispatch::CcInvocation& call,
                                   const std::vector<std::string>& hidden) {
  const std::set<std::string> names(hidden.begin(), hidden.end());
  std::vector<std::string> words = {call.flags[0]};
  for (const std::vector<std::string>& option : Options(call)) {
    const std::optional<MacroWord> macro = AsMacro(option);
    if (macro && names.contains(macro->name)) continue;
    words.insert(words.end(), option.begin(), option.end());
  }
  return words;
}

std::vector<MacroGroup> SplitByMacros(const std::vector<PlannedUnit>& units,
                                      const std::vector<int>& members,
                                      const Replays& replays,
                                      const CostModel& cost) {
  std::set<std::string> names;
  for (int unit : members) {
    for (const MacroWord& word : units[unit].macros) names.insert(word.name);
  }
  std::map<std::string, std::vector<std::string>> differing;  // by member
  std::set<std::string> candidates;
  for (const std::string& name : names) {
    std::vector<std::string> words;
    words.reserve(members.size());
    for (int unit : members) words.push_back(WordsAbout(units[unit], name));
    if (std::set<std::string>(words.begin(), words.end()).size() == 1) continue;
    differing[name] = std::move(words);
    candidates.insert(name);
  }
  std::map<std::string, double> readers;  // of files that define it
  for (size_t i = 0; i < members.size() && !candidates.empty(); ++i) {
    const PlannedUnit& unit = units[members[i]];
    for (const std::string& name :
         replays[members[i]]->ReadByHeaders(candidates)) {
      if (!differing[name][i].empty()) readers[name] += unit.files;
    }
  }

  std::vector<std::string> keys(members.size());
  for (const auto& [name, words] : differing) {
    if (CanBeHidden(units, members, name) &&
        !Decides(units, members, words, readers[name], cost)) {
      continue;
    }
    for (size_t i = 0; i < members.size(); ++i) {
      absl::StrAppend(&keys[i], name, "\n", words[i], "\n");
    }
  }
  std::map<std::string, std::vector<size_t>> parts;
  for (size_t i = 0; i < members.size(); ++i) parts[keys[i]].push_back(i);
  std::vector<MacroGroup> groups;
  for (const auto& [key, part] : parts) {
    MacroGroup group;
    for (size_t i : part) group.members.push_back(members[i]);
    for (const auto& [name, words] : differing) {
      for (size_t i : part) {
        if (words[i] == words[part[0]]) continue;
        group.hidden.push_back(name);
        break;
      }
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

double FilesOf(const std::vector<PlannedUnit>& units,
               const std::vector<int>& members) {
  double files = 0;
  for (int unit : members) files += units[unit].files;
  return files;
}

std::vector<LeadGroup> SplitByLead(const std::vector<PlannedUnit>& units,
                                   const std::vector<int>& members,
                                   const Replays& replays,
                                   const CostModel& cost) {
  std::map<std::string, LeadGroup> leads;
  for (int unit : members) {
    std::vector<HeaderRecord::Leading> leading =
        LeadingMacros(units[unit], *replays[unit]);
    std::string text;
    for (const HeaderRecord::Leading& line : leading) {
      absl::StrAppend(&text, line.line, "\n");
    }
    LeadGroup& group = leads[text];
    group.leading = std::move(leading);
    group.members.push_back(unit);
  }
  std::vector<LeadGroup> groups(1);
  for (auto& [text, group] : leads) {
    if (text.empty() || FilesOf(units, group.members) < cost.min_files) {
      groups[0].members.insert(groups[0].members.end(), group.members.begin(),
                               group.members.end());
    } else {
      groups.push_back(std::move(group));
    }
  }
  std::sort(groups[0].members.begin(), groups[0].members.end());
  return groups;
}

}  // namespace dfe::headers
