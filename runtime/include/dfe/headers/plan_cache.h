// Plans of headers, kept by what they were made from.
//
// A plan walks all records of a project in several orders, which takes seconds
// for hundreds of files, and builds that compile one file after an edit, or
// none, would pay for it each time. PlanHeaders is a pure function of its
// arguments, so what it made is taken again if these are the same. Not looked
// at, because no plan depends on it: times, the text of a file (what it reads
// and defines counts, and whether files have the same header), lines, and what
// only the disk was asked for. Costs count roughly: an edit of a header that
// adds no #include and no macro plans nothing again.
//
// File, in the cache's folder headers/plans, named by the hash of the
// arguments: the frame of envelope.h with signature "DFEHPLAN", version 1, that
// hash as identity, and this payload, as in byte_stream.h:
//
//   list of nodes     parent + 1, list of lines, list of headers,
//                     list of units, tokens, leader, list of hidden macros
//   list of units     node + 1, reason
//   list of headers   that were left out: name, reason
//   three numbers     plain, planned and rest, in whole microseconds
#ifndef DFE_HEADERS_PLAN_CACHE_H_
#define DFE_HEADERS_PLAN_CACHE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dfe/headers/header_planner.h"

namespace dfe::headers {

// The plan for these units, as PlanHeaders makes it with default costs. `cache`
// is the root of what dfe keeps; what cannot be kept is made again, and what
// was made without records that were gone is not kept. The first frames of
// records are enough to know it by.
HeaderPlan KnownPlan(const std::vector<PlannedUnit>& units,
                     const std::vector<std::string>& banned,
                     const std::string& cache);

// Changes with everything that a plan can depend on.
std::string PlanKey(const std::vector<PlannedUnit>& units,
                    const std::vector<std::string>& banned);

std::string SerializePlan(const HeaderPlan& plan, std::string_view key);

// Nothing if the bytes are no plan for that key and so many units.
std::optional<HeaderPlan> ParsePlan(std::string_view bytes,
                                    std::string_view key, size_t units);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_PLAN_CACHE_H_
