// Counts who needs what; see the header.
#include "dfe/build/shared_functions.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "dfe/build/planner.h"
#include "dfe/dispatch/archive_append.h"

namespace dfe {
namespace {

constexpr absl::string_view kNeedsHeader = "rustc-dead-fn-elimination 1 ";
constexpr absl::string_view kNamesHeader = "rustc-dead-fn-names 1 ";
constexpr absl::string_view kEnd = "end\n";

// The lines between a header and the end, if both are there.
std::optional<std::vector<absl::string_view>> LinesBetween(
    absl::string_view text, absl::string_view header,
    absl::string_view version) {
  if (!absl::ConsumePrefix(&text, absl::StrCat(header, version, "\n")) ||
      !absl::ConsumeSuffix(&text, kEnd)) {
    return std::nullopt;
  }
  if (text.empty()) return std::vector<absl::string_view>();
  if (!absl::ConsumeSuffix(&text, "\n")) return std::nullopt;
  return absl::StrSplit(text, '\n');
}

bool IsHash(absl::string_view text) {
  return text.size() == 32 && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isxdigit(static_cast<unsigned char>(c));
         });
}

std::string Read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// Leaves by number, in the order of their names.
using Leaves = std::set<int>;

// What the linker kept for a leaf, as its map says.
void AddSymbols(const std::string& path, int leaf,
                absl::flat_hash_map<std::string, Leaves>* kept) {
  std::ifstream in(path);
  std::string line;
  if (!std::getline(in, line) || line != "# dfe seeds") return;
  while (std::getline(in, line)) (*kept)[line].insert(leaf);
}

// All functions that `from` lead to, themselves included.
std::set<std::string> Reached(const std::vector<NamedItem>& items,
                              std::vector<uint32_t> from) {
  std::set<std::string> out;
  std::vector<bool> seen(items.size());
  while (!from.empty()) {
    const uint32_t at = from.back();
    from.pop_back();
    if (seen[at]) continue;
    seen[at] = true;
    if (!items[at].hash.empty()) out.insert(items[at].hash);
    from.insert(from.end(), items[at].leads_to.begin(),
                items[at].leads_to.end());
  }
  return out;
}

absl::Status WriteWhole(const std::string& text, const std::string& out) {
  const std::string part = absl::StrCat(out, ".", getpid(), ".new");
  std::ofstream file(part, std::ios::binary);
  file << text;
  file.close();
  if (file && std::rename(part.c_str(), out.c_str()) == 0) {
    return absl::OkStatus();
  }
  (void)std::remove(part.c_str());
  return absl::UnavailableError(
      absl::StrCat("seeds: ", out, ": expected a file that can be written"));
}

// The latest clean build that did well and is like that one; any command's if
// it has none.
std::optional<store::BuildRecord> LastClean(store::Store& store,
                                            const store::BuildRecord& like) {
  absl::StatusOr<std::vector<store::BuildRecord>> builds =
      store.Builds(like.project);
  if (!builds.ok()) return std::nullopt;
  for (auto last = builds->rbegin(); last != builds->rend(); ++last) {
    if (last->cold && last->exit_code == 0 && last->profile == like.profile &&
        last->rustc == like.rustc &&
        (like.command.empty() || last->command == like.command)) {
      return *last;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::vector<std::string>> ParseNeeds(absl::string_view text,
                                                   absl::string_view version) {
  auto lines = LinesBetween(text, kNeedsHeader, version);
  if (!lines) return std::nullopt;
  for (absl::string_view line : *lines) {
    if (!IsHash(line)) return std::nullopt;
  }
  return std::vector<std::string>(lines->begin(), lines->end());
}

std::optional<std::vector<NamedItem>> ParseNames(absl::string_view text,
                                                 absl::string_view version) {
  auto lines = LinesBetween(text, kNamesHeader, version);
  if (!lines) return std::nullopt;
  std::vector<NamedItem> items;
  items.reserve(lines->size());
  for (absl::string_view line : *lines) {
    const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
    if (words.size() < 2 || words[1].empty()) return std::nullopt;
    NamedItem item;
    if (IsHash(words[0])) {
      item.hash = std::string(words[0]);
      item.symbol = std::string(words[1]);
    } else if (words[0] != "-" || words[1] != "-") {
      return std::nullopt;
    }
    for (size_t i = 2; i < words.size(); ++i) {
      uint32_t line_number = 0;
      if (!absl::SimpleAtoi(words[i], &line_number) ||
          line_number >= lines->size()) {
        return std::nullopt;
      }
      item.leads_to.push_back(line_number);
    }
    items.push_back(std::move(item));
  }
  return items;
}

absl::StatusOr<size_t> ShareNeeds(const std::string& folder,
                                  absl::string_view rustc,
                                  const std::string& out) {
  absl::string_view version = rustc.substr(0, rustc.find('\n'));
  absl::ConsumePrefix(&version, "rustc ");
  std::map<std::string, Leaves> needed;  // by function
  std::map<std::string, int> numbers;    // of leaves
  auto number_of = [&numbers](const std::string& path) {
    return numbers
        .emplace(std::filesystem::path(path).stem(),
                 static_cast<int>(numbers.size()))
        .first->second;
  };
  for (const std::string& path : dispatch::FilesIn(folder, ".needs")) {
    const auto needs = ParseNeeds(Read(path), version);
    // Over libraries that did not defer a leaf needs nothing.
    if (!needs || needs->empty()) continue;
    const int leaf = number_of(path);
    for (const std::string& need : *needs) needed[need].insert(leaf);
  }
  std::vector<std::vector<NamedItem>> libraries;
  for (const std::string& path : dispatch::FilesIn(folder, ".names")) {
    if (auto items = ParseNames(Read(path), version)) {
      libraries.push_back(*std::move(items));
    }
  }
  absl::flat_hash_map<std::string, Leaves> kept;  // by symbol
  if (!libraries.empty()) {
    for (const std::string& path : dispatch::FilesIn(folder, ".seeds")) {
      AddSymbols(path, number_of(path), &kept);
    }
  }
  const size_t enough = numbers.size() > 2 ? 1 : 2;
  std::set<std::string> shared;
  for (const std::vector<NamedItem>& items : libraries) {
    std::vector<uint32_t> found;
    for (uint32_t i = 0; i < items.size(); ++i) {
      auto leaves = kept.find(items[i].symbol);
      if (items[i].hash.empty() || leaves == kept.end()) continue;
      Leaves& all = needed[items[i].hash];
      all.insert(leaves->second.begin(), leaves->second.end());
      if (all.size() >= enough) found.push_back(i);
    }
    shared.merge(Reached(items, std::move(found)));
  }
  for (const auto& [function, leaves] : needed) {
    if (leaves.size() >= enough) shared.insert(function);
  }
  for (const std::string& before :
       ParseNeeds(Read(out), version).value_or(std::vector<std::string>())) {
    shared.insert(before);
  }
  if (shared.empty() && numbers.size() < 2) {
    (void)std::remove(out.c_str());  // mostly there is none
    return 0;
  }
  std::string text = absl::StrCat(kNeedsHeader, version, "\n");
  for (const std::string& function : shared) {
    absl::StrAppend(&text, function, "\n");
  }
  absl::StrAppend(&text, kEnd);
  absl::Status written = WriteWhole(text, out);
  if (!written.ok()) return written;
  return shared.size();
}

bool MadeSeveralLeaves(store::Store& store, const store::BuildRecord& like) {
  const std::optional<store::BuildRecord> last = LastClean(store, like);
  if (!last) return false;
  absl::StatusOr<std::vector<dispatch::UnitEvent>> units =
      store.Units(last->id);
  return units.ok() && std::count_if(units->begin(), units->end(),
                                     [](const dispatch::UnitEvent& e) {
                                       return e.kind == "leaf";
                                     }) >= 2;
}

bool WasLearning(store::Store& store, const store::BuildRecord& like) {
  store::BuildRecord any = like;
  any.command.clear();
  const std::optional<store::BuildRecord> last = LastClean(store, any);
  return last && absl::StartsWith(last->plain_reason, kNothingKnown);
}

}  // namespace dfe
