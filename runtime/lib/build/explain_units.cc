// Names of strategies and reasons, with the CPU time of each unit.
#include "dfe/build/explain_units.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "dfe/dispatch/plan.h"

namespace dfe {

std::vector<std::string> ExplainUnits(
    const PlannerOutput& plan, const std::vector<dispatch::UnitEvent>& events) {
  std::vector<std::string> lines;
  lines.push_back(absl::StrCat(
      "plan: with LTO ", std::string(Name(plan.plan.with_lto)), ", without ",
      std::string(Name(plan.plan.without_lto)),
      plan.reason.empty() ? "" : absl::StrCat(" (", plan.reason, ")")));
  for (const dispatch::UnitEvent& e : events) {
    lines.push_back(absl::StrCat(
        "unit ", e.crate, " ", e.kind, ": ", e.strategy,
        e.reason == "none" ? "" : absl::StrCat(" (", e.reason, ")"), ", ",
        absl::FormatDuration(absl::Microseconds(e.cpu_us - e.cpu_us % 1000)),
        " CPU"));
  }
  return lines;
}

}  // namespace dfe
