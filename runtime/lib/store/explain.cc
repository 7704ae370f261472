// The command `explain`: finds the build and what is asked about. An argument
// is a crate if the build or a link knows it by that name, else a symbol.
#include "dfe/store/explain.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <tuple>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "dfe/store/link_map.h"
#include "explain_facts.h"
#include "project.h"

namespace dfe::store {
namespace {

constexpr OptionSpec kOptions[] = {
    {"limit", OptionKind::kInteger, "N", "20", "explain",
     "rows shown of each table; 0 = all"},
};

int NothingRecorded(const std::string& what, const std::string& how, bool json,
                    std::ostream& out) {
  if (json) {
    out << nlohmann::ordered_json{{"recorded", false},
                                  {"message", what},
                                  {"how", how}}
               .dump(2, ' ', false,
                     nlohmann::ordered_json::error_handler_t::replace)
        << "\n";
  } else {
    out << what << ": " << how << "\n";
  }
  return 1;
}

void FindGroups(const std::vector<dispatch::UnitEvent>& units,
                ExplainFacts* facts) {
  for (const dispatch::UnitEvent& unit : units) {
    UnitGroup& group = facts->groups[{unit.strategy, unit.reason}];
    ++group.units;
    group.cpu_us += unit.cpu_us;
  }
}

// True if the word names a crate. Packages may have '-' where crates have '_'.
bool FindCrate(const std::string& word,
               const std::vector<dispatch::UnitEvent>& units,
               ExplainFacts* facts) {
  std::string crate = absl::StrReplaceAll(word, {{"-", "_"}});
  for (const dispatch::UnitEvent& unit : units) {
    if (unit.crate == crate) facts->crate_units.push_back(unit);
  }
  bool survives = false;
  for (const LinkRecord& link : facts->links) {
    CrateShare share{link.leaf, {.name = crate}};
    for (const LinkPart& part : link.crates) {
      if (part.name == crate) {
        share.part = part;
        survives = true;
      }
    }
    facts->shares.push_back(share);
  }
  if (facts->crate_units.empty() && !survives) return false;
  facts->crate = crate;
  return true;
}

absl::Status FindCosts(Store* store, ExplainFacts* facts) {
  std::set<std::string> strategies;
  for (const dispatch::UnitEvent& unit : facts->crate_units) {
    strategies.insert(unit.strategy);
  }
  for (const std::string& strategy : strategies) {
    absl::StatusOr<std::map<std::string, UnitCost>> costs =
        store->UnitCosts(facts->build.project, facts->build.profile, strategy);
    if (!costs.ok()) return costs.status();
    auto cost = costs->find(facts->crate);
    if (cost != costs->end()) facts->costs[strategy] = cost->second;
  }
  return absl::OkStatus();
}

void FindSymbols(const std::string& word, const std::string& root,
                 ExplainFacts* facts) {
  facts->symbol = word;
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(
           LiveFolder(root, {facts->build.project, facts->build.profile,
                             facts->build.rustc}),
           error)) {
    if (entry.path().extension() == ".live") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const std::filesystem::path& file : files) {
    absl::StatusOr<std::vector<LiveSymbol>> symbols = LoadLive(file.string());
    if (!symbols.ok()) {
      facts->warnings.emplace_back(symbols.status().message());
      continue;
    }
    facts->leafs.push_back(file.stem().string());
    for (LiveSymbol& symbol : *symbols) {
      if (absl::StrContains(symbol.name, word) ||
          absl::StrContains(symbol.readable, word)) {
        facts->matches.push_back({facts->leafs.back(), std::move(symbol)});
      }
    }
  }
  std::sort(facts->matches.begin(), facts->matches.end(),
            [](const SymbolMatch& a, const SymbolMatch& b) {
              return std::tie(b.symbol.size, a.leaf, a.symbol.name) <
                     std::tie(a.symbol.size, b.leaf, b.symbol.name);
            });
}

// The newest build of the project; false if there is none.
absl::StatusOr<bool> FindBuild(const std::string& folder, Store* store,
                               ExplainFacts* facts) {
  absl::StatusOr<std::string> project = RecordedProject(folder, store);
  if (!project.ok()) return project.status();
  if (project->empty()) return false;
  absl::StatusOr<std::vector<BuildRecord>> builds = store->Builds(*project);
  if (!builds.ok()) return builds.status();
  if (builds->empty()) return false;
  facts->build = builds->back();
  absl::StatusOr<std::vector<BanRecord>> bans = store->Bans(*project);
  if (!bans.ok()) return bans.status();
  facts->bans = *std::move(bans);
  absl::StatusOr<std::vector<LinkRecord>> links = store->Links(facts->build.id);
  if (!links.ok()) return links.status();
  facts->links = *std::move(links);
  return true;
}

}  // namespace

absl::Span<const OptionSpec> ExplainOptions() { return kOptions; }

absl::StatusOr<int> RunExplain(const ParsedOptions& options,
                               std::ostream& out) {
  if (options.rest.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("explain: expected one symbol or crate, got ",
                     options.rest.size(), " words"));
  }
  if (options.Integer("limit") < 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--limit: expected 0 or more, got ", options.Integer("limit")));
  }
  bool json = options.Flag("json");
  absl::StatusOr<std::string> folder = ProjectFolder(options);
  if (!folder.ok()) return folder.status();
  std::string root = CacheRoot(options.Text("store"));
  absl::StatusOr<std::optional<Store>> store = OpenExisting(root);
  if (!store.ok()) return store.status();

  ExplainFacts facts;
  facts.limit = static_cast<size_t>(options.Integer("limit"));
  absl::StatusOr<bool> found = false;
  if (store->has_value()) {
    if (!(*store)->warning().empty()) {
      facts.warnings.push_back((*store)->warning());
    }
    found = FindBuild(*folder, &**store, &facts);
    if (!found.ok()) return found.status();
  }
  if (!*found) {
    return NothingRecorded(
        absl::StrCat("no build of ", *folder, " or a folder above is recorded"),
        "run `dfe build` there first", json, out);
  }
  // The build is fixed; now what is asked about it.
  absl::StatusOr<std::vector<dispatch::UnitEvent>> units =
      (*store)->Units(facts.build.id);
  if (!units.ok()) return units.status();
  if (options.rest.empty()) {
    FindGroups(*units, &facts);
    PrintOverview(facts, json, out);
    return 0;
  }
  const std::string& word = options.rest.front();
  if (FindCrate(word, *units, &facts)) {
    absl::Status costs = FindCosts(&**store, &facts);
    if (!costs.ok()) return costs;
    PrintCrate(facts, json, out);
    return 0;
  }
  FindSymbols(word, root, &facts);
  if (facts.leafs.empty()) {
    return NothingRecorded(
        absl::StrCat("no link of ", facts.build.project, " with profile '",
                     facts.build.profile, "' is recorded"),
        "run `dfe build` there so that a program is linked", json, out);
  }
  PrintSymbol(facts, json, out);
  return 0;
}

}  // namespace dfe::store
