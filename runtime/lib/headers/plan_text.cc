// How a plan of headers looks for people.
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dfe/headers/header_planner.h"

namespace dfe::headers {

std::string Describe(const HeaderPlan& plan,
                     const std::vector<PlannedUnit>& units, bool verbose) {
  std::string out;
  for (size_t i = 0; i < plan.nodes.size(); ++i) {
    const PlannedNode& node = plan.nodes[i];
    absl::StrAppend(&out, "pch ", i);
    if (node.parent >= 0) absl::StrAppend(&out, " on ", node.parent);
    absl::StrAppend(&out, ": ", node.units.size(), " files, ",
                    node.headers.size(), " headers, ", node.tokens,
                    " tokens more\n");
    if (!verbose) continue;
    for (const std::string& line : node.lines) {
      absl::StrAppend(&out, "  ", line, "\n");
    }
    for (int unit : node.units) {
      absl::StrAppend(&out, "  for ", units[unit].source, "\n");
    }
  }
  std::map<std::string, int> plain;
  for (size_t i = 0; i < units.size(); ++i) {
    if (plan.node_of_unit[i] >= 0) continue;
    ++plain[plan.reason_of_unit[i]];
    if (verbose) {
      absl::StrAppend(&out, "plain ", units[i].source, ": ",
                      plan.reason_of_unit[i], "\n");
    }
  }
  if (!verbose) {
    for (const auto& [reason, count] : plain) {
      absl::StrAppend(&out, "plain: ", count, " files: ", reason, "\n");
    }
  }
  for (const auto& [header, reason] : plan.left_out) {
    absl::StrAppend(&out, "left out ", header, ": ", reason, "\n");
  }
  if (plan.planned_us > 0) {
    const double plain_us = plan.plain_us + plan.rest_us;
    const double planned_us = plan.planned_us + plan.rest_us;
    absl::StrAppendFormat(
        &out,
        "predicted: %.1f s CPU plain, %.1f s planned (%.2fx); of that headers "
        "%.1f s and %.1f s\n",
        plain_us / 1e6, planned_us / 1e6, plain_us / planned_us,
        plan.plain_us / 1e6, plan.planned_us / 1e6);
  }
  return out;
}

}  // namespace dfe::headers
