// The rule for parts; see the header for its reasons.
#include "dfe/headers/parts_planner.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "dfe/dispatch/cc_parts.h"

namespace dfe::headers {

using dispatch::kMostParts;

absl::StatusOr<PartsWish> ParsePartsWish(absl::string_view text) {
  if (text == "auto") return PartsWish{};
  if (text == "off") return PartsWish{false, 0};
  PartsWish wish{false, 0};
  if (absl::SimpleAtoi(text, &wish.parts) && wish.parts >= 2 &&
      wish.parts <= kMostParts) {
    return wish;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--split: expected auto, off, or a number from 2 to ",
                   kMostParts, ", got '", text, "'"));
}

std::vector<PartsChoice> PlanParts(const std::vector<PartsUnit>& units,
                                   const PartsWish& wish, int cores,
                                   const PartsCost& cost) {
  auto cost_of = [&](const PartsUnit& unit) {
    return static_cast<double>(unit.source_bytes) * cost.byte_us;
  };
  double all = 0;
  for (const PartsUnit& unit : units) all += cost_of(unit);
  std::vector<PartsChoice> choices;
  choices.reserve(units.size());
  for (const PartsUnit& unit : units) {
    const double own = cost_of(unit);
    PartsChoice choice;
    if (!unit.refusal.empty()) {
      choice.reason = unit.refusal;
    } else if (!wish.automatic) {
      choice.parts = std::max(1, wish.parts);
      choice.always = true;
      if (choice.parts < 2) choice.reason = "split is off";
    } else if (own < 2 * cost.part_us) {
      choice.reason = "too small";
    } else if (cores < 2) {
      choice.reason = "one core";
    } else if (own * cores <= all) {
      choice.reason = "the other files keep the cores busy";
    } else {
      choice.parts =
          std::min({cores, kMostParts, static_cast<int>(own / cost.part_us)});
      choice.always = own > all - own;
    }
    choices.push_back(std::move(choice));
  }
  return choices;
}

}  // namespace dfe::headers
