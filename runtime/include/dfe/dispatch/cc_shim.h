// dfe-cc in place of a compiler: builds of makefiles and scripts, which have no
// launcher.
//
// `dfe build` puts a folder in front of PATH in which every compiler of PATH is
// a link to dfe-cc. A makefile that names its compiler without a path then
// calls dfe-cc, under the very name and with the very words that it always
// used; nothing that the makefile can see has another value. Rejected: `make
// CC=…` on the command line, which also wins over the CC of every makefile
// below (one for another machine, say) and ends up in what a configure script
// writes.
//
// A call that the plan does not know is recorded, as the file
//
//   cc/commands/KEY   of the session folder (KEY: CcInvocation::Key): the line
//                     "dfe-call 1", then the folder and each word, every one
//                     ended by a zero byte
//
// if cc/commands is there; `dfe build` makes the compile database of them, see
// dfe/headers/recorded_project.h. Standard library only.
#ifndef DFE_DISPATCH_CC_SHIM_H_
#define DFE_DISPATCH_CC_SHIM_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dfe/dispatch/cc_invocation.h"

namespace dfe::dispatch {

// The variable that names the folder with the links.
inline constexpr char kShimsVariable[] = "DFE_SHIMS";

// True if a program of this name is a compiler, or a launcher of compilers
// (which looks for the compiler in PATH itself, and must find the real one).
bool IsShimName(std::string_view name);

// The name under which dfe-cc was called in place of a compiler, or "" if it
// was called as dfe-cc.
std::string ShimmedName(std::string_view called_as);

// PATH without folders where `name` is this very program. `folder`: one that is
// left out too, or "".
std::string PathWithoutShims(std::string_view path, const std::string& name,
                             std::string_view folder);

struct RecordedCall {
  std::string directory;
  std::vector<std::string> words;
};
// Nothing is recorded where there is no cc/commands, and of calls that compile
// no file of C or C++. A call that cannot be recorded is not: the next build
// then does not know it.
void RecordCall(const std::string& session, const std::string& directory,
                const CcInvocation& call);
// Nothing if the bytes are no such file.
std::optional<RecordedCall> ParseRecordedCall(std::string_view bytes);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_CC_SHIM_H_
