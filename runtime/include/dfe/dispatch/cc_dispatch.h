// dfe-cc, for one call of a C or C++ compiler.
//
// `dfe build` writes, into the session folder:
//
//   cc/units/KEY        for each file with a plan (CcInvocation::Key): a line
//                       `plain REASON`, or `later REASON` if it awaits
//                       something that the build is to make, see cc_late.h; or
//                       three lines: the number of its node, the path of its
//                       record (dfe/format/header_record.h), and the HashName
//                       of the first frame of that file
//   cc/nodes/N.parent   the node that N is chained onto (absent: none)
//   cc/nodes/N.args     the compiler's words for it, one a line
//   cc/nodes/N.name     the path of the precompiled header
//   cc/nodes/N.source   the path of its source
//   cc/nodes/N.content  a hash of what it is made of, but for times and places
//   cc/nodes/N.record   likewise two lines: the path and the HashName of the
//                       record of all sources of the chain
//   cc/nodes/N.names    see cc_names.h
//   cc/nodes/N.folder   the folder that the words are meant in
//   cc/nodes/N.plugin   what Clang is to load in a compile with the node, for
//                       C++ with debug information: dfe-imports.so (absent:
//                       nothing)
//
// Before a node is used, both records are compared with the disk, see
// record_state.h: what was edited, generated, added or removed since the plan
// is planned for anew (cc_late.h), or makes the compile a plain one. After a
// node was built they are compared once more, so that none is kept that saw
// something else.
//
// A node is built by the first dispatch that needs it, or that waits for
// another node (cc_nodes.h), under a lock; beside the precompiled header stand
// `.log`, what the compiler said, `.parent`, size and time of the one that it
// is chained onto, `.required` (dfe/format/required_classes.h), and `.failed`
// if it did not come about. Each call appends a line to `cc/events`: version
// "3", source, node or -1, reason, exit code, microseconds of CPU of the
// compile, and of the nodes that this call built, number of parts (see
// cc_parts.h) and why there were none, the object made in parts, and `resident`
// if the compiler was one (see cc_resident.h), else why not, or nothing if the
// build has none; separated by tabs.
#ifndef DFE_DISPATCH_CC_DISPATCH_H_
#define DFE_DISPATCH_CC_DISPATCH_H_

#include <cstdint>
#include <string>
#include <vector>

namespace dfe::dispatch {

// argv[1] is the compiler. Returns the exit code for this process; does not
// return when it becomes the compiler.
int RunCc(int argc, char** argv);

struct CcEvent {
  std::string source;
  int node = -1;
  std::string reason;
  int exit_code = 0;
  int64_t cpu_us = 0;
  int64_t node_us = 0;
  int parts = 1;
  std::string parts_reason;  // "" if none were planned
  // The absolute path of an object that was made in parts, or "": also where
  // the path has characters that an event cannot hold.
  std::string parts_object;
  bool resident = false;
  std::string resident_reason;  // why not, if the build has such compilers
};
std::vector<CcEvent> ReadCcEvents(const std::string& session);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_CC_DISPATCH_H_
