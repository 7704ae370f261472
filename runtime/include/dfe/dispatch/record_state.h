// Whether what a header record (dfe/format/header_record.h) was made from is on
// disk as it was then: every file, and every path that was asked for besides.
// If it is, a scan would make the same record, and the same precompiled header
// would be built: no search would end elsewhere, no __has_include would answer
// otherwise. Not seen: a change that leaves size and time to the nanosecond.
#ifndef DFE_DISPATCH_RECORD_STATE_H_
#define DFE_DISPATCH_RECORD_STATE_H_

#include <cstdint>
#include <functional>
#include <string>

#include "dfe/format/header_record.h"

namespace dfe::dispatch {

// What is at a path; bytes and time only of a file.
struct PathState {
  ProbeKind kind = ProbeKind::kAbsent;
  uint64_t bytes = 0;
  uint64_t modified_ns = 0;
  bool operator==(const PathState&) const = default;
};
PathState StateOf(const std::string& path);

// The first path that is not what it was, or "". Relative names are looked up
// in `directory`. `look` is asked for each path: callers with many records ask
// the disk only once.
std::string FirstChange(
    const HeaderRecord& record, const std::string& directory,
    const std::function<PathState(const std::string&)>& look = StateOf);

// Equal texts: the searches ended in the same places, and each path that was
// only asked about was the same.
std::string ProbesText(const HeaderRecord& record);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_RECORD_STATE_H_
