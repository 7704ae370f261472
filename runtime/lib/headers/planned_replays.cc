// First all trees, then all walks: these look at what the trees have in common.
#include "dfe/headers/planned_replays.h"

#include <optional>

#include "dfe/base/in_parallel.h"
#include "dfe/base/subprocess.h"

namespace dfe::headers {

void ReadReplays(const std::vector<PlannedUnit>& units,
                 const std::vector<int>& members, Passages* passages,
                 Replays* replays) {
  InParallel(members.size(), CoreCount(), [&](size_t i) {
    const PlannedUnit& unit = units[members[i]];
    std::unique_ptr<Replay>& replay = (*replays)[members[i]];
    if (!unit.record->rest) {
      replay = std::make_unique<Replay>(*unit.record, *unit.record, passages);
    } else if (unit.whole) {
      const std::optional<HeaderRecord> whole = unit.whole();
      if (whole) {
        replay = std::make_unique<Replay>(*unit.record, *whole, passages);
      }
    }
  });
  InParallel(members.size(), CoreCount(), [&](size_t i) {
    if ((*replays)[members[i]] != nullptr) (*replays)[members[i]]->Learn();
  });
}

}  // namespace dfe::headers
