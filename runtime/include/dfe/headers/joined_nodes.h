// A node of a plan for a file that the plan was not made for.
//
// Not all files are known when a plan is made: makefiles are recorded while
// they run, and a build can make sources one by one. What was proven for the
// files of a node has to be proven for one more: that it includes all of the
// node's headers, the same texts, found alike, and that Replay accepts their
// order.
#ifndef DFE_HEADERS_JOINED_NODES_H_
#define DFE_HEADERS_JOINED_NODES_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "dfe/format/header_record.h"
#include "dfe/headers/header_planner.h"
#include "dfe/headers/unit_replay.h"

namespace dfe::headers {

// Nodes for one unit, which needs its whole record. It must outlive this.
class NodeJoiner {
 public:
  NodeJoiner(const PlannedUnit& unit, const std::vector<std::string>& banned);

  // Whether the unit can have a node of that plan, made for `planned`, of which
  // the leader of the node needs the first frame of its record.
  bool Can(const std::vector<PlannedUnit>& planned, const HeaderPlan& plan,
           int number);

 private:
  using Leadings = std::vector<HeaderRecord::Leading>;

  // The unit without some macros, and after what it says first.
  struct Way {
    UnitReplay made;
    std::vector<bool> movable;  // by file
  };

  bool HasAll(const PlannedNode& node, const HeaderRecord& leader) const;
  const Way& WayWith(const std::vector<std::string>& hidden,
                     const Leadings& leading);

  const PlannedUnit& unit_;
  const std::set<std::string> banned_;
  std::map<std::string, uint32_t> files_;  // by name
  std::map<std::vector<std::string>, Way> ways_;
};

// What a node saves in one more file, in microseconds of CPU time.
double SavedByNode(const HeaderPlan& plan, int node, const CostModel& cost);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_JOINED_NODES_H_
