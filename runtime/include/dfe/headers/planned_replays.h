// The replays of a group of units.
#ifndef DFE_HEADERS_PLANNED_REPLAYS_H_
#define DFE_HEADERS_PLANNED_REPLAYS_H_

#include <memory>
#include <vector>

#include "dfe/headers/header_planner.h"
#include "dfe/headers/passages.h"
#include "dfe/headers/replay.h"

namespace dfe::headers {

// By unit; null: not of the group, or without a record.
using Replays = std::vector<std::unique_ptr<Replay>>;

// Reads the records of `members`, on all cores, and walks their own orders. One
// record for each core is in memory at a time; what stays of them is in
// `passages`, which must outlive `replays`.
void ReadReplays(const std::vector<PlannedUnit>& units,
                 const std::vector<int>& members, Passages* passages,
                 Replays* replays);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_PLANNED_REPLAYS_H_
