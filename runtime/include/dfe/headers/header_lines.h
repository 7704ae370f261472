// The #include lines of a precompiled header's source.
#ifndef DFE_HEADERS_HEADER_LINES_H_
#define DFE_HEADERS_HEADER_LINES_H_

#include <string>

#include "dfe/format/header_record.h"

namespace dfe::headers {

// Whether the compiler was led to the file by a relative name.
bool IsRelative(const HeaderRecord::File& file);

// The line that makes a precompiled header's source find `file`, which the unit
// of `record` found by `route`, under the very name, or "". A search finds it
// the same way; so does an absolute name. What is beside a file named
// relatively is named by way of a search folder under which it has that name,
// if there is one; whether the search ends there is seen when the node's source
// is scanned.
std::string LineFor(const HeaderRecord& record,
                    const HeaderRecord::Route* route,
                    const HeaderRecord::File& file);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_HEADER_LINES_H_
