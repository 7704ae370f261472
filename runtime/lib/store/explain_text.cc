// How `dfe explain` prints what it found, as text and as JSON.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "explain_facts.h"
#include "project.h"

namespace dfe::store {
namespace {

using Json = nlohmann::ordered_json;

Json PartJson(const LinkPart& part) {
  return {{"crate", part.name},
          {"functions", part.functions},
          {"bytes", part.bytes}};
}

// What all three answers begin with.
Json HeadJson(const ExplainFacts& facts) {
  const BuildRecord& build = facts.build;
  Json root;
  root["recorded"] = true;
  for (const std::string& warning : facts.warnings) {
    root["warnings"].push_back(warning);
  }
  root["build"] = {
      {"project", build.project},
      {"command", build.command},
      {"profile", build.profile},
      {"strategy", build.strategy},
      {"plain_reason", build.plain_reason},
      {"started",
       absl::FormatTime(absl::RFC3339_sec, build.started, absl::UTCTimeZone())},
      {"wall_us", build.wall_us},
      {"cpu_us", build.cpu_us},
      {"exit_code", build.exit_code.value_or(-1)},
      {"cold", build.cold}};
  root["bans"] = Json::array();
  for (const BanRecord& ban : facts.bans) {
    root["bans"].push_back(
        {{"strategy", ban.strategy}, {"reason", ban.reason}});
  }
  return root;
}

void PrintJson(const Json& root, std::ostream& out) {
  out << root.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
}

void PrintHead(const ExplainFacts& facts, std::ostream& out) {
  const BuildRecord& build = facts.build;
  for (const std::string& warning : facts.warnings) {
    out << "warning: " << warning << "\n";
  }
  out << build.project << ": `" << build.command << "`, profile "
      << build.profile << ", "
      << absl::FormatTime("%Y-%m-%d %H:%M:%S", build.started,
                          absl::UTCTimeZone())
      << " UTC, " << TimeText(build.wall_us) << " wall, "
      << TimeText(build.cpu_us) << " CPU, exit code "
      << build.exit_code.value_or(-1) << "\nstrategy: " << build.strategy;
  if (!build.plain_reason.empty()) out << ": " << build.plain_reason;
  out << "\n";
  for (const BanRecord& ban : facts.bans) {
    out << "not tried here any more: " << ban.strategy << ": " << ban.reason
        << " (`dfe clean bans` forgets it)\n";
  }
}

// The rows that the limit allows.
template <typename Row>
size_t Shown(const ExplainFacts& facts, const std::vector<Row>& rows) {
  return facts.limit == 0 ? rows.size() : std::min(facts.limit, rows.size());
}

void PrintMore(size_t shown, size_t all, std::ostream& out) {
  if (shown < all) {
    out << "  and " << all - shown << " more (--limit 0 shows all)\n";
  }
}

}  // namespace

void PrintOverview(const ExplainFacts& facts, bool json, std::ostream& out) {
  if (json) {
    Json root = HeadJson(facts);
    root["units"] = Json::array();
    for (const auto& [key, group] : facts.groups) {
      root["units"].push_back({{"strategy", key.first},
                               {"reason", key.second},
                               {"units", group.units},
                               {"cpu_us", group.cpu_us}});
    }
    root["links"] = Json::array();
    for (const LinkRecord& link : facts.links) {
      Json crates = Json::array();
      for (const LinkPart& part : link.crates) crates.push_back(PartJson(part));
      root["links"].push_back({{"leaf", link.leaf},
                               {"artifact", link.artifact},
                               {"text_bytes", link.text_bytes},
                               {"live_symbols", link.live_symbols},
                               {"crates", crates}});
    }
    PrintJson(root, out);
    return;
  }
  PrintHead(facts, out);
  TextRows rows = {{"strategy", "reason", "units", "CPU"}};
  for (const auto& [key, group] : facts.groups) {
    rows.push_back({key.first, key.second, absl::StrCat(group.units),
                    TimeText(group.cpu_us)});
  }
  if (rows.size() > 1) {
    out << "units:\n" << TextTable(rows, 2);
  } else {
    out << "units: none was compiled\n";
  }
  for (const LinkRecord& link : facts.links) {
    out << link.leaf << " (" << link.artifact << "): " << link.live_symbols
        << " functions, " << SizeText(link.text_bytes) << " of code\n";
    rows = {{"crate", "functions", "bytes"}};
    size_t shown = Shown(facts, link.crates);
    for (size_t i = 0; i < shown; ++i) {
      const LinkPart& part = link.crates[i];
      rows.push_back(
          {part.name, absl::StrCat(part.functions), absl::StrCat(part.bytes)});
    }
    if (rows.size() > 1) out << TextTable(rows, 1);
    PrintMore(shown, link.crates.size(), out);
  }
}

void PrintCrate(const ExplainFacts& facts, bool json, std::ostream& out) {
  if (json) {
    Json root = HeadJson(facts);
    root["crate"] = facts.crate;
    root["units"] = Json::array();
    for (const dispatch::UnitEvent& unit : facts.crate_units) {
      root["units"].push_back({{"unit", unit.unit},
                               {"kind", unit.kind},
                               {"strategy", unit.strategy},
                               {"reason", unit.reason},
                               {"wall_us", unit.wall_us},
                               {"cpu_us", unit.cpu_us},
                               {"idle_us", unit.idle_us},
                               {"peak_rss_kib", unit.peak_rss_kib},
                               {"exit_code", unit.exit_code}});
    }
    root["costs"] = Json::object();
    for (const auto& [strategy, cost] : facts.costs) {
      root["costs"][strategy] = {{"wall_us", cost.wall_us},
                                 {"cpu_us", cost.cpu_us},
                                 {"idle_us", cost.idle_us},
                                 {"peak_rss_kib", cost.peak_rss_kib},
                                 {"builds", cost.builds}};
    }
    root["survives"] = Json::array();
    for (const CrateShare& share : facts.shares) {
      root["survives"].push_back({{"leaf", share.leaf},
                                  {"functions", share.part.functions},
                                  {"bytes", share.part.bytes}});
    }
    PrintJson(root, out);
    return;
  }
  PrintHead(facts, out);
  out << "crate " << facts.crate << "\n";
  TextRows rows = {{"kind", "strategy", "reason", "wall", "CPU", "memory"}};
  for (const dispatch::UnitEvent& unit : facts.crate_units) {
    rows.push_back({unit.kind, unit.strategy, unit.reason,
                    TimeText(unit.wall_us), TimeText(unit.cpu_us),
                    SizeText(unit.peak_rss_kib * 1024)});
  }
  if (rows.size() > 1) {
    out << TextTable(rows, 3);
  } else {
    out << "  not compiled in this build\n";
  }
  for (const auto& [strategy, cost] : facts.costs) {
    out << "  " << strategy << ", median of " << cost.builds
        << " builds: " << TimeText(cost.wall_us) << " wall, "
        << TimeText(cost.cpu_us) << " CPU, " << TimeText(cost.idle_us)
        << " of idle cores beside it\n";
  }
  for (const CrateShare& share : facts.shares) {
    if (share.part.functions == 0) {
      out << "  " << share.leaf << ": nothing of it is in the program\n";
    } else {
      out << "  " << share.leaf << ": " << share.part.functions
          << " functions, " << share.part.bytes << " bytes\n";
    }
  }
}

void PrintSymbol(const ExplainFacts& facts, bool json, std::ostream& out) {
  if (json) {
    Json root = HeadJson(facts);
    root["symbol"] = facts.symbol;
    root["leafs"] = facts.leafs;
    root["matches"] = Json::array();
    for (const SymbolMatch& match : facts.matches) {
      root["matches"].push_back({{"leaf", match.leaf},
                                 {"crate", match.symbol.crate},
                                 {"name", match.symbol.name},
                                 {"readable", match.symbol.readable},
                                 {"bytes", match.symbol.size}});
    }
    PrintJson(root, out);
    return;
  }
  PrintHead(facts, out);
  if (facts.matches.empty()) {
    out << "'" << facts.symbol
        << "': not in the program: nothing that the link kept refers to it\n";
    return;
  }
  size_t shown = Shown(facts, facts.matches);
  out << "'" << facts.symbol << "': " << facts.matches.size()
      << " live functions\n";
  TextRows rows = {{"program", "crate", "bytes", "function"}};
  for (size_t i = 0; i < shown; ++i) {
    const SymbolMatch& match = facts.matches[i];
    rows.push_back({match.leaf, match.symbol.crate,
                    absl::StrCat(match.symbol.size), match.symbol.readable});
  }
  out << TextTable(rows, 4);
  PrintMore(shown, facts.matches.size(), out);
}

}  // namespace dfe::store
