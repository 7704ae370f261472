// One file of a plan: its replay, and which of its headers stay behind in it.
#ifndef DFE_HEADERS_UNIT_REPLAY_H_
#define DFE_HEADERS_UNIT_REPLAY_H_

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "dfe/format/header_record.h"
#include "dfe/headers/header_planner.h"
#include "dfe/headers/replay.h"

namespace dfe::headers {

struct UnitReplay {
  std::unique_ptr<Replay>
      replay;                 // of the unit's record, which must outlive it
  std::string refusal;        // why the unit can have no other order, or ""
  std::string names_refusal;  // as of PlannedUnit, or what the record shows
};

// For nodes that are made without the macros `hidden`, and say `leading` first.
UnitReplay ReplayUnit(const PlannedUnit& unit,
                      const std::vector<std::string>& hidden,
                      const std::vector<HeaderRecord::Leading>& leading);

// Why a file of the unit cannot be in a node, or "", and whether people are to
// be told of it.
struct Behind {
  std::string why;
  bool is_told = false;
};
Behind StaysBehind(const Replay& replay, uint32_t file,
                   const std::string& names_refusal,
                   const std::set<std::string>& banned);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_UNIT_REPLAY_H_
