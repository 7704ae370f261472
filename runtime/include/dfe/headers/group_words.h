// What the words say that files of a group have in common (PlannedUnit::group).
#ifndef DFE_HEADERS_GROUP_WORDS_H_
#define DFE_HEADERS_GROUP_WORDS_H_

#include "absl/strings/string_view.h"

namespace dfe::headers {

// Whether they are C, and not C++.
bool IsC(absl::string_view group);

bool IsOptimised(absl::string_view group);

// Whether names of local things are in the object.
bool HasDebugInfo(absl::string_view group);

// Whether a warning has Clang look at each declaration of C++ once the file is
// read, also at all of a precompiled header that it would not have loaded:
// -Wunsafe-buffer-usage, which -Weverything has.
bool LooksAtAllDeclarations(absl::string_view group);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_GROUP_WORDS_H_
