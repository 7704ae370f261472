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

#include <cstdint>
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

// As WriteSession, but plans again without lines for headers that do not
// compile where the plan has them. A plan can take longer than all nodes (22 s
// for a whole kernel, whose nodes have six such headers), so of a node that
// fails what else would fail is found first, by compiling what is left. Nodes
// whose order compiled once, with whatever text of the headers, are built by
// the first compile that needs them, as ever: who edits a header waits for none
// that the command does not use.
absl::StatusOr<TriedPlan> WriteTriedSession(Project* project,
                                            const std::string& session,
                                            int jobs);

// Builds all nodes of a session that are not there, `jobs` at a time.
void BuildNodes(const Project& project, const std::string& session, int jobs);

// Where the first error among messages of Clang came from.
struct FailedLine {
  std::string header;  // what the line entered, as Clang spells it; "": unknown
  int64_t line = 0;    // from 1
};

// Of `source`, a list of #include lines.
FailedLine FindFailedLine(absl::string_view messages, absl::string_view source);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_TRIED_NODES_H_
