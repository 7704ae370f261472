// What a compiler says of a file with precompiled headers, as the plain compile
// would say it. Standard library only.
#ifndef DFE_DISPATCH_CC_DIAGNOSTICS_H_
#define DFE_DISPATCH_CC_DIAGNOSTICS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "dfe/format/header_record.h"

namespace dfe::dispatch {

// How the plain compile reaches a header.
struct TraceLine {
  std::string header;
  std::string includer;
  int line = 0;
};

// By header, the first way; of a whole record.
std::vector<TraceLine> TraceOf(const HeaderRecord& record);

// Diagnostics as the plain compile would show them: the way by which a header
// is reached goes through the lines of the unit, `main`, not through the
// sources of precompiled headers, and the last line, which counts warnings,
// goes. The number it counted is added to *warnings.
std::string PlainDiagnostics(std::string_view text,
                             const std::vector<std::string>& node_sources,
                             const std::string& main,
                             const std::vector<TraceLine>& trace,
                             int* warnings);

// The size of the beginning of a text in which the compiler says what is wrong
// with its own words: that they are not used, or not known. The number of
// warnings that it counts at the end is added to *warnings, unless that is
// null. `program` is the compiler as it was called.
size_t AboutWords(std::string_view text, std::string_view program,
                  int* warnings);

// What the compile of a precompiled header says of headers: the compile of each
// file says by itself what is wrong with its words.
std::string AboutHeaders(std::string_view text, std::string_view program);

// The compiler's last line, as it counts.
std::string WarningsGenerated(int warnings);

// Whether the compiler says of a macro where it was defined, and it could have
// been defined elsewhere: headers can have equal definitions of what is not
// defined yet, and another order takes another one. Of a whole record.
bool TellsADefault(std::string_view text, const HeaderRecord& record);

// Whether the compiler says something of the node's own lines, which the user
// does not have: what a file defines first stands there, too.
bool SpeaksOf(std::string_view text, const std::string& source);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_CC_DIAGNOSTICS_H_
