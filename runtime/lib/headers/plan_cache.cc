// What a plan depends on, and its file.
#include "dfe/headers/plan_cache.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "dfe/base/versions.h"
#include "dfe/format/byte_stream.h"
#include "dfe/format/envelope.h"

namespace dfe::headers {
namespace {

constexpr std::string_view kSignature = "DFEHPLAN";
constexpr uint32_t kVersion = 1;

// Which of the texts that headers of one name have a text is, in order of their
// first record. A plan depends on which files have the same header, not on what
// is in it: what macros do is in the events.
class Texts {
 public:
  uint64_t NumberOf(const HeaderRecord::File& file) {
    std::vector<uint64_t>& known = known_[file.name];
    const auto found = std::find(known.begin(), known.end(), file.content);
    const auto number = static_cast<uint64_t>(found - known.begin());
    if (found == known.end()) known.push_back(file.content);
    return number;
  }

 private:
  absl::flat_hash_map<std::string, std::vector<uint64_t>> known_;
};

// What costs are counted in, to a fifth: what an edit changes is less.
uint64_t Roughly(uint64_t tokens) {
  return static_cast<uint64_t>(std::log2(1.0 + static_cast<double>(tokens)) *
                               4);
}

// Of what a plan depends on.
uint64_t HashOf(const HeaderRecord& record, Texts* texts) {
  ByteWriter out;
  out.Text(record.main_file);
  out.Each(record.search_folders,
           [&out](const std::string& folder) { out.Text(folder); });
  out.Each(record.files, [&](const HeaderRecord::File& file) {
    const bool is_main = file.name == record.main_file;
    out.Text(file.name);
    out.Number(file.flags);
    out.Number(is_main ? 0 : texts->NumberOf(file));
    out.Text(file.guard);
    out.Number(is_main ? 0 : Roughly(file.tokens));
    out.Number(file.asked);
  });
  out.Number(record.RestHash());
  return HashBytes(out.out);
}

void WriteTexts(ByteWriter& out, const std::vector<std::string>& texts) {
  out.Each(texts, [&out](const std::string& text) { out.Text(text); });
}

std::vector<std::string> ReadTexts(ByteReader& in, const char* what) {
  std::vector<std::string> texts;
  in.Each(what, [&] { texts.push_back(in.Text(what)); });
  return texts;
}

uint64_t Whole(double us) {
  return static_cast<uint64_t>(std::llround(std::clamp(us, 0.0, 1e18)));
}

// 0 for none, which is -1 in a plan.
uint64_t Counted(int index) {
  return static_cast<uint64_t>(static_cast<int64_t>(index) + 1);
}

}  // namespace

std::string PlanKey(const std::vector<PlannedUnit>& units,
                    const std::vector<std::string>& banned) {
  Texts texts;
  ByteWriter key;
  key.Text(absl::StrCat(dfe::kVersion, " ", kPlannerVersion));
  WriteTexts(key, banned);
  key.Each(units, [&key, &texts](const PlannedUnit& unit) {
    key.Text(unit.group);
    key.Text(unit.refusal);
    key.Text(unit.names_refusal);
    key.Text(absl::StrCat(unit.files));
    key.Each(unit.macros, [&key](const MacroWord& macro) {
      key.Text(macro.name);
      key.Text(macro.word);
    });
    key.Number(unit.record == nullptr ? 0 : HashOf(*unit.record, &texts) | 1);
  });
  return HashName(key.out);
}

std::string SerializePlan(const HeaderPlan& plan, std::string_view key) {
  ByteWriter out;
  out.Each(plan.nodes, [&out](const PlannedNode& node) {
    out.Number(Counted(node.parent));
    WriteTexts(out, node.lines);
    WriteTexts(out, node.headers);
    out.Each(node.units,
             [&out](int unit) { out.Number(static_cast<uint64_t>(unit)); });
    out.Number(node.tokens);
    out.Number(static_cast<uint64_t>(node.leader));
    WriteTexts(out, node.hidden);
  });
  out.Number(plan.node_of_unit.size());
  for (size_t i = 0; i < plan.node_of_unit.size(); ++i) {
    out.Number(Counted(plan.node_of_unit[i]));
    out.Text(plan.reason_of_unit[i]);
  }
  out.Each(plan.left_out,
           [&out](const std::pair<std::string, std::string>& header) {
             out.Text(header.first);
             out.Text(header.second);
           });
  out.Number(Whole(plan.plain_us));
  out.Number(Whole(plan.planned_us));
  out.Number(Whole(plan.rest_us));
  return SealEnvelope(kSignature, kVersion, key, out.out);
}

std::optional<HeaderPlan> ParsePlan(std::string_view bytes,
                                    std::string_view key, size_t units) {
  auto opened = OpenEnvelope(bytes, "plan", kSignature, kVersion, key);
  const auto* envelope = std::get_if<Envelope>(&opened);
  if (envelope == nullptr) return std::nullopt;
  ByteReader in(envelope->payload);
  HeaderPlan plan;
  in.Each("nodes", [&] {
    PlannedNode node;
    // A parent comes before its children.
    node.parent =
        static_cast<int>(in.Index("parent", plan.nodes.size() + 1)) - 1;
    node.lines = ReadTexts(in, "lines");
    node.headers = ReadTexts(in, "headers");
    in.Each("units of a node", [&] {
      node.units.push_back(static_cast<int>(in.Index("unit", units)));
    });
    node.tokens = in.Number("tokens");
    node.leader = static_cast<int>(in.Index("leader", units));
    node.hidden = ReadTexts(in, "hidden macros");
    plan.nodes.push_back(std::move(node));
  });
  in.Each("units", [&] {
    plan.node_of_unit.push_back(
        static_cast<int>(in.Index("node", plan.nodes.size() + 1)) - 1);
    plan.reason_of_unit.push_back(in.Text("reason"));
  });
  in.Each("headers left out", [&] {
    std::string name = in.Text("name");
    plan.left_out.emplace_back(std::move(name), in.Text("reason"));
  });
  plan.plain_us = static_cast<double>(in.Number("plain"));
  plan.planned_us = static_cast<double>(in.Number("planned"));
  plan.rest_us = static_cast<double>(in.Number("rest"));
  if (in.failed() || !in.at_end() || plan.node_of_unit.size() != units) {
    return std::nullopt;
  }
  return plan;
}

HeaderPlan KnownPlan(const std::vector<PlannedUnit>& units,
                     const std::vector<std::string>& banned,
                     const std::string& cache) {
  const std::string key = PlanKey(units, banned);
  const std::string folder = cache + "/headers/plans";
  const std::string path = absl::StrCat(folder, "/", key, ".dfeplan");
  if (std::optional<std::string> bytes = ContentOf(path)) {
    std::optional<HeaderPlan> plan = ParsePlan(*bytes, key, units.size());
    if (plan) return *std::move(plan);
  }
  HeaderPlan plan = PlanHeaders(units, banned);
  if (!plan.lost.empty()) return plan;
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  // What is not kept is made again.
  (void)WriteFileAtomically(path, SerializePlan(plan, key));
  return plan;
}

}  // namespace dfe::headers
