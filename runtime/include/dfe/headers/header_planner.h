// Which headers are parsed once, for which files, in which order.
//
// A pure function over records: nothing here looks at the disk but for these,
// which are read group by group, because they are long (600 kB for a file of a
// kernel) and much alike. Files with the same flags form a group; each group
// gets a small tree of precompiled headers. Macros of the command line and
// search folders may differ in a group: what they mean for a header is seen by
// what it reads and what it includes. A precompiled header is made without the
// macros that differ, so none of its headers may read one; and each of its
// headers is the same file, of the same text, with the same answers of
// __has_include, for all that use it. The root holds what all files of the
// group include; a child holds what those of a part include in addition, and is
// chained onto its parent. Every file gets the deepest node whose headers it
// all includes anyway, so nothing reaches a file that it did not ask for. Every
// order is proven by Replay for every file that gets it; a header in the way is
// left out, with the reason.
#ifndef DFE_HEADERS_HEADER_PLANNER_H_
#define DFE_HEADERS_HEADER_PLANNER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dfe/format/header_record.h"
#include "dfe/headers/cost_model.h"

namespace dfe::headers {

// A word of the command line that defines or undefines a macro.
struct MacroWord {
  std::string name;
  std::string word;        // as one word: -DX=1
  bool undefines = false;  // -U
};

struct PlannedUnit {
  std::string source;
  // Equal for files that may share: folder, language and the compiler's words,
  // a line each, but for macros and search folders.
  std::string group;
  // Whole, or the first frame; none: nothing is known of it.
  const HeaderRecord* record = nullptr;
  std::string refusal;  // why it is not to be planned for, or ""
  // Why headers that it finds under a relative name are not to be shared, as
  // words make names part of the object, or ""
  std::string names_refusal;
  // How many files of the project it stands for: more than itself where only a
  // sample was recorded (dfe/headers/predict.h).
  double files = 1;
  std::vector<MacroWord> macros = {};  // of the command line, in order
  // If `record` is not whole: the same with its second frame, or nothing if
  // that is gone. Called by several threads at a time.
  std::function<std::optional<HeaderRecord>()> whole = {};
};

struct PlannedNode {
  int parent = -1;
  std::vector<std::string> lines;    // of its source, beyond the parent's
  std::vector<std::string> headers;  // all of the chain, sorted by name
  std::vector<int> units;            // that use this very node
  uint64_t tokens = 0;               // beyond the parent's
  int leader = 0;  // the unit whose words it is made with, but for those that
  std::vector<std::string> hidden;  // define one of these macros
};

struct HeaderPlan {
  std::vector<PlannedNode> nodes;           // parents before children
  std::vector<int> node_of_unit;            // -1: compiled plainly
  std::vector<std::string> reason_of_unit;  // of a plain one
  // Headers that were left out: name and reason, each once.
  std::vector<std::pair<std::string, std::string>> left_out;
  // CPU time for headers, plain and planned, building included.
  double plain_us = 0;
  double planned_us = 0;
  // For all the rest of the same files, which no plan changes.
  double rest_us = 0;
  // Units whose records were gone when they were to be read; they are plain.
  std::vector<int> lost;
};

// Raised when another plan can come of the same records: plans are kept, see
// dfe/headers/plan_cache.h.
inline constexpr int kPlannerVersion = 8;

// What a ban begins with if the header may be shared with a header that
// includes it, but has no line of its own: there it does not compile.
inline constexpr char kNoLine[] = "no line: ";

// `banned` are names of headers that are left out whatever the records say, or
// such names after kNoLine.
HeaderPlan PlanHeaders(const std::vector<PlannedUnit>& units,
                       const std::vector<std::string>& banned,
                       const CostModel& cost = {});

// How the plan looks for people: `dfe plan`.
std::string Describe(const HeaderPlan& plan,
                     const std::vector<PlannedUnit>& units, bool verbose);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_HEADER_PLANNER_H_
