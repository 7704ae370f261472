// The precompiled headers of a plan, each built by the first that needs it.
//
// Whoever finds another one building what it needs does not wait idly: it
// builds what others will ask for, if that is not being built. So all cores
// are busy at the start of a build, when every file waits for the first
// precompiled headers.
#ifndef DFE_DISPATCH_CC_NODES_H_
#define DFE_DISPATCH_CC_NODES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dfe/format/header_record.h"

namespace dfe::dispatch {

// How the reason of a file begins that is another one than the plan knew.
inline constexpr char kChanged[] = "changed since the plan: ";

// A record that the plan was made from.
struct RecordRef {
  std::string path;
  std::string hash;
};

// Why what the record tells is no longer so, or "". `known`, if not null, gets
// its first frame.
std::string WhyStale(const RecordRef& ref, const std::string& folder,
                     HeaderRecord* known = nullptr);

// As the files of cc_dispatch.h say.
struct Node {
  std::string pch;
  std::string source;
  std::vector<std::string> words;
  RecordRef record;
};

// How the files of a node begin.
std::string NodeStem(const std::string& session, std::string_view number);

// The chain of a node, the root first; empty if the plan cannot be read.
std::vector<Node> LoadChain(const std::string& session, std::string number);

struct PreparedNodes {
  std::string why;     // there is no such precompiled header, or ""
  int64_t cpu_us = 0;  // of all that was built here
  bool waited = false;
};

// Builds what of a chain is not there, or waits until others have. `folder` is
// the current one.
PreparedNodes PrepareNodes(const std::string& session,
                           const std::vector<Node>& chain,
                           const std::string& folder);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_CC_NODES_H_
