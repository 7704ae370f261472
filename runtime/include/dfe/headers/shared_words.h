// Which words of the command line files that share headers may differ in.
//
// Build systems tell a file its own name, its module or its library by macros
// (-DKBUILD_MODNAME=…, -Dfoo_EXPORTS), and each library has search folders of
// its own. Headers that read none of these macros, and that are found alike,
// are the same for all of these files.
#ifndef DFE_HEADERS_SHARED_WORDS_H_
#define DFE_HEADERS_SHARED_WORDS_H_

#include <string>
#include <vector>

#include "dfe/dispatch/cc_invocation.h"
#include "dfe/headers/header_planner.h"
#include "dfe/headers/planned_replays.h"

namespace dfe::headers {

// The words that must be the same, a line each: the compiler, the language, and
// all options but macros and search folders.
std::string SharedWords(const dispatch::CcInvocation& call);

// The macros of the call, in order.
std::vector<MacroWord> MacroWords(const dispatch::CcInvocation& call);

// The words that a precompiled header is made with: all of the call's but those
// that define one of `hidden`.
std::vector<std::string> NodeWords(const dispatch::CcInvocation& call,
                                   const std::vector<std::string>& hidden);

// A part of a group whose precompiled headers are made without some macros.
struct MacroGroup {
  std::vector<int> members;
  std::vector<std::string> hidden;
};

// Splits a group, of units that have replays, by the macros that decide what
// headers are: those that headers read in most files that define them, with
// values that many share, and those that can only be the same for all (what -U
// names, what is defined twice). The others are hidden from the precompiled
// headers.
std::vector<MacroGroup> SplitByMacros(const std::vector<PlannedUnit>& units,
                                      const std::vector<int>& members,
                                      const Replays& replays,
                                      const CostModel& cost);

// How many files of the project the units stand for.
double FilesOf(const std::vector<PlannedUnit>& units,
               const std::vector<int>& members);

// Files that say the same of macros before their first #include (the kernel's
// pr_fmt, _GNU_SOURCE), of those that their headers read.
struct LeadGroup {
  std::vector<HeaderRecord::Leading> leading;
  std::vector<int> members;
};

// Splits a group, of units that have replays. The first is of those that say
// nothing which headers read, of those that say what too few others say, and of
// those whose words cannot be said in front: where they have no form of one
// line, or where the compiler warns of macros (one that only headers use counts
// as unused then). Headers that read such words stay behind in their files.
std::vector<LeadGroup> SplitByLead(const std::vector<PlannedUnit>& units,
                                   const std::vector<int>& members,
                                   const Replays& replays,
                                   const CostModel& cost);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_SHARED_WORDS_H_
