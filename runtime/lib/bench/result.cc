// A result as JSON, which is also what its fingerprint is taken from.
#include "dfe/bench/result.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "absl/strings/str_format.h"

namespace dfe::bench {
namespace {

using Json = nlohmann::ordered_json;

Json Named(const NamedText& values) {
  Json out = Json::object();
  for (const auto& [name, value] : values) out[name] = value;
  return out;
}

Json Optional(const std::optional<bool>& value) {
  return value.has_value() ? Json(*value) : Json(nullptr);
}

Json SideToJson(const Side& side) {
  Json out = {{"label", side.label},
              {"build", side.build},
              {"clean", side.clean},
              {"artifact", side.artifact},
              {"check", side.check},
              {"environment", Named(side.environment)},
              {"check_outcome", CheckOutcomeName(side.check_outcome)},
              {"builds", Json::array()},
              {"runs", Json::array()}};
  for (const BuildSample& s : side.builds) {
    out["builds"].push_back({{"round", s.round},
                             {"position", s.position},
                             {"wall_seconds", s.wall_seconds},
                             {"user_seconds", s.user_seconds},
                             {"system_seconds", s.system_seconds},
                             {"peak_rss_kib", s.peak_rss_kib},
                             {"still_running", s.still_running},
                             {"size_bytes", s.size_bytes},
                             {"stripped_bytes", s.stripped_bytes}});
  }
  for (const ProgramSample& s : side.runs) {
    out["runs"].push_back({{"round", s.round},
                           {"position", s.position},
                           {"wall_seconds", s.wall_seconds},
                           {"user_seconds", s.user_seconds},
                           {"system_seconds", s.system_seconds},
                           {"peak_rss_kib", s.peak_rss_kib}});
  }
  return out;
}

}  // namespace

std::string CheckOutcomeName(CheckOutcome outcome) {
  switch (outcome) {
    case CheckOutcome::kNotRun:
      return "not run";
    case CheckOutcome::kPassed:
      return "pass";
    case CheckOutcome::kFailed:
      return "fail";
  }
  return "";
}

Json FactsToJson(const BenchResult& result) {
  Json out = {{"project", result.project},
              {"date", result.date},
              {"versions", Named(result.versions)},
              {"flags", Named(result.flags)},
              {"machine",
               {{"cpu", result.machine.cpu},
                {"cores", result.machine.cores},
                {"memory_kib", result.machine.memory_kib}}},
              {"warmup", result.warmup},
              {"run_command", result.run_command},
              {"output_ignore", result.output_ignore},
              {"allowed",
               {{"slower_program", result.allowed.slower_program},
                {"larger_program", result.allowed.larger_program},
                {"symbol_changes", result.allowed.symbol_changes},
                {"no_program", result.allowed.no_program}}},
              {"sides", Json::array()},
              {"sameness", Json::array()},
              {"notes", result.notes}};
  for (const Side& side : result.sides) {
    out["sides"].push_back(SideToJson(side));
  }
  for (const Sameness& s : result.sameness) {
    out["sameness"].push_back({{"output", Optional(s.output)},
                               {"output_detail", s.output_detail},
                               {"symbols", Optional(s.symbols)},
                               {"symbols_detail", s.symbols_detail}});
  }
  return out;
}

std::string Fingerprint(const BenchResult& result) {
  const std::string text =
      FactsToJson(result).dump(-1, ' ', false, Json::error_handler_t::replace);
  return absl::StrFormat("%016x", XXH3_64bits(text.data(), text.size()));
}

}  // namespace dfe::bench
