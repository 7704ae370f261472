// The names of headers that a call finds under a relative name.
//
// Clang keeps the files of a precompiled header by their absolute names, and
// says these where the plain compile says `lib/a.h` or `./a.h`: in diagnostics,
// in dependency files, in debug information. With cc/nodes/N.names of the
// session folder (a line for each such file of the node: the absolute name, a
// tab, the name of the plain compile) dfe-cc gives the plain names back. What
// else can tell a file's name (__FILE__ in a header, source_location,
// sanitizers) keeps the header from being shared, see NamesRefusal.
//
// Standard library only.
#ifndef DFE_DISPATCH_CC_NAMES_H_
#define DFE_DISPATCH_CC_NAMES_H_

#include <string>
#include <string_view>
#include <vector>

#include "dfe/dispatch/cc_invocation.h"

namespace dfe::dispatch {

struct FileName {
  std::string absolute;  // as Clang keeps it
  std::string plain;
};

// The name that Clang keeps for a file that a call in `directory` names
// relatively.
std::string KeptName(const std::string& directory, std::string_view name);

std::vector<FileName> ParseNames(std::string_view text);

// Why the words of a call, or a file's name, forbid this, or "".
std::string NamesRefusal(const CcInvocation& call);
std::string NamesRefusal(const FileName& name);

// What to add to the words of a call, so that debug information is as before.
std::vector<std::string> DebugNameWords(const CcInvocation& call,
                                        const std::vector<FileName>& names);

// Plain names in a compiler's messages.
std::string DiagnosticsWithNames(std::string text,
                                 const std::vector<FileName>& names);

// The name of a file in a dependency file.
std::string DependencyName(std::string_view name,
                           const std::vector<FileName>& names);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_CC_NAMES_H_
