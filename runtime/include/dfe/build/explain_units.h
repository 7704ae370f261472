// What `dfe build --explain` says of Rust: the plan, and what became of each
// unit.
#ifndef DFE_BUILD_EXPLAIN_UNITS_H_
#define DFE_BUILD_EXPLAIN_UNITS_H_

#include <string>
#include <vector>

#include "dfe/build/planner.h"
#include "dfe/dispatch/event_log.h"

namespace dfe {

// A line each, without line breaks.
std::vector<std::string> ExplainUnits(
    const PlannerOutput& plan, const std::vector<dispatch::UnitEvent>& events);

}  // namespace dfe

#endif  // DFE_BUILD_EXPLAIN_UNITS_H_
