// Which objects of a project may be taken as an earlier build made them
// (dfe/dispatch/cc_kept.h), and under which keys.
#ifndef DFE_HEADERS_KEPT_OBJECTS_H_
#define DFE_HEADERS_KEPT_OBJECTS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dfe/headers/project.h"

namespace dfe::headers {

// The key of a unit's object: compiler, words, folder, contents of all files,
// how each search ended, and how it will be compiled: `way` says of what
// the precompiled header is made, or that there is none. "" if its record does
// not say all of it: the object depends on the day, or words have more written
// or read.
std::string ObjectKey(const ProjectUnit& unit, absl::string_view way);

// Writes an order for each unit that has a key into a session that already has
// its plan and its parts. Returns how many. Errors: Unavailable.
absl::StatusOr<int> WriteKept(const Project& project,
                              const std::string& session);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_KEPT_OBJECTS_H_
