// Trying the nodes of a plan before a build relies on them.
//
// That an order means the same is proven by what headers say of macros, which
// knows nothing of declarations: <linux/vmstat.h> calls what <linux/mm.h>
// defines before it includes that, and does not compile where the latter cannot
// be shared and the former has a line of its own. All files with such a node
// would be compiled plainly. So an order that was never compiled is compiled at
// once, and if it fails, the header that did it gets no line of its own any
// more, in this plan and in those that come.
#ifndef DFE_HEADERS_TRIED_NODES_H_
#define DFE_HEADERS_TRIED_NODES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dfe/headers/project.h"

namespace dfe::headers {

struct TriedPlan {
  int dropped = 0;                        // as WriteSession counts
  std::vector<std::string> without_line;  // headers that were learned of now
};

// As WriteSession, but plans again for each header that does not compile where
// the plan has it. Nodes whose order compiled once, with whatever text of the
// headers, are built by the first compile that needs them, as ever: who edits a
// header waits for none that the command does not use.
absl::StatusOr<TriedPlan> WriteTriedSession(Project* project,
                                            const std::string& session,
                                            int jobs);

// Builds all nodes of a session that are not there, `jobs` at a time.
void BuildNodes(const Project& project, const std::string& session, int jobs);

// The file that `source`, a list of #include lines, entered when the first
// error among these messages of Clang was made, as Clang spells it; "" if they
// do not say.
std::string FailedHeader(absl::string_view messages, absl::string_view source);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_TRIED_NODES_H_
