// Which objects of a project may be taken as an earlier build made them
// (dfe/dispatch/cc_kept.h), and under which keys.
#ifndef DFE_HEADERS_KEPT_OBJECTS_H_
#define DFE_HEADERS_KEPT_OBJECTS_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dfe/headers/project.h"

namespace dfe::headers {

// Why a unit's object is not kept, or "": its record does not say all of it.
// The object depends on the day, or words have more written or read. Of other
// words than dispatch::WordRefusal knows a record tells what they include.
std::string KeptRefusal(const ProjectUnit& unit);

// The key of the object of a unit without a KeptRefusal: compiler, words,
// folder, contents of all files, how each search ended, and how it will be
// compiled: `way` says of what the precompiled header is made, or that there is
// none.
std::string ObjectKey(const ProjectUnit& unit, absl::string_view way);

struct KeptSummary {
  int files = 0;                       // that have an order
  std::map<std::string, int> refused;  // files by KeptRefusal
};

// Writes an order for each unit whose object may be kept into a session that
// already has its plan and its parts. Errors: Unavailable.
absl::StatusOr<KeptSummary> WriteKept(const Project& project,
                                      const std::string& session);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_KEPT_OBJECTS_H_
