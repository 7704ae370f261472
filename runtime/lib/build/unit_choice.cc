// The rules by which recorded costs choose.
#include "dfe/build/unit_choice.h"

#include <cstdint>

namespace dfe {
namespace {

using dispatch::Strategy;
using store::UnitCost;

// Of shorter units nobody can tell what is noise, and nobody waits for them.
constexpr int64_t kWorthAChoiceUs = 1'000'000;

int64_t Taken(const UnitCost& cost) { return cost.cpu_us + cost.idle_us; }

const UnitCost* Find(const CostsByStrategy& costs, Strategy strategy,
                     const std::string& crate) {
  auto by_crate = costs.find(strategy);
  if (by_crate == costs.end()) return nullptr;
  auto cost = by_crate->second.find(crate);
  return cost == by_crate->second.end() ? nullptr : &cost->second;
}

// Further codegen units would have found a core for some of the time.
bool LeavesCoresIdle(const UnitCost& cost, int cores) {
  return cores > 1 && 4 * cost.idle_us > cost.wall_us * (cores - 1);
}

}  // namespace

std::vector<dispatch::UnitChoice> ChooseUnits(Strategy usual, bool leaf,
                                              const CostsByStrategy& costs,
                                              int cores) {
  std::vector<dispatch::UnitChoice> chosen;
  auto known = costs.find(usual);
  if (known == costs.end()) return chosen;
  for (const auto& [crate, cost] : known->second) {
    if (cost.wall_us < kWorthAChoiceUs) continue;
    if (usual == Strategy::kSingle) {
      const UnitCost* plain = Find(costs, Strategy::kPlain, crate);
      if (plain != nullptr ? Taken(*plain) <= Taken(cost)
                           : LeavesCoresIdle(cost, cores)) {
        chosen.push_back({crate, leaf, Strategy::kPlain});
      }
    } else if (usual == Strategy::kSeeded && !leaf) {
      const UnitCost* single = Find(costs, Strategy::kSingle, crate);
      if (single != nullptr && Taken(*single) < Taken(cost)) {
        chosen.push_back({crate, leaf, Strategy::kSingle});
      }
    }
  }
  return chosen;
}

absl::StatusOr<std::vector<dispatch::UnitChoice>> ChooseRecordedUnits(
    Strategy usual, absl::string_view project, absl::string_view profile,
    absl::string_view rustc, bool cold, int cores, store::Store* store) {
  std::vector<dispatch::UnitChoice> chosen;
  for (const bool leaf : {false, true}) {
    CostsByStrategy costs;
    for (Strategy strategy :
         {Strategy::kPlain, Strategy::kSingle, Strategy::kSeeded}) {
      absl::StatusOr<std::map<std::string, UnitCost>> known = store->UnitCosts(
          project, profile, std::string(dispatch::Name(strategy)),
          store::Store::CostsLike{
              .kind = leaf ? "leaf" : "library", .cold = cold, .rustc = rustc});
      if (!known.ok()) return known.status();
      costs[strategy] = *std::move(known);
    }
    const std::vector<dispatch::UnitChoice> some =
        ChooseUnits(usual, leaf, costs, cores);
    chosen.insert(chosen.end(), some.begin(), some.end());
  }
  return chosen;
}

}  // namespace dfe
