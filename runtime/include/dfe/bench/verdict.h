// Turns the raw samples of two sides into ratios, and those into the one line
// that says whether the build got faster.
//
// Directions. Build ratios are before / after: 1.45x means faster. Program and
// size ratios are after / before: 1.09x means a slower or larger program. The
// tested side is "after", the baseline "before".
#ifndef DFE_BENCH_VERDICT_H_
#define DFE_BENCH_VERDICT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "dfe/bench/result.h"
#include "dfe/bench/statistics.h"
#include "nlohmann/json.hpp"

namespace dfe::bench {

// Fewer pairs than this give an interval that means nothing.
inline constexpr int kMinimumRuns = 3;

// The produced program may be this much slower or larger.
inline constexpr double kProgramTimeLimit = 1.02;
inline constexpr double kSizeLimit = 1.05;

// One measure of both sides.
struct Pair {
  Summary before;
  Summary after;
  Ratio ratio;
};

struct Comparison {
  std::string project;
  std::string tested;
  std::string baseline;
  size_t runs = 0;          // builds of each side
  size_t program_runs = 0;  // program runs of each side
  Pair build_wall;          // seconds; ratio before / after
  Pair build_cpu;           // seconds; ratio before / after
  Pair build_memory;        // KiB of the largest process; before / after
  std::optional<Pair> program_cpu;   // seconds; ratio after / before
  std::optional<Pair> program_wall;  // seconds; ratio after / before
  std::optional<Pair> size;          // bytes; after / before
  std::optional<Pair> stripped;      // bytes; after / before
  Sameness same;
  CheckOutcome check_before = CheckOutcome::kNotRun;
  CheckOutcome check_after = CheckOutcome::kNotRun;
};

// `baseline` is an index into result.sides, 1 or more.
Comparison Compare(const BenchResult& result, size_t baseline);

enum class VerdictKind { kFaster, kNoDifference, kSlower, kNotAWin };

struct Verdict {
  VerdictKind kind = VerdictKind::kNoDifference;
  std::string text;                  // without "verdict: "
  std::vector<std::string> reasons;  // why the build may not be called faster
};

// The rules, in order:
//  1. Build: faster or slower only if the 95 % interval of the wall ratio lies
//     on one side of 1; else there is no difference.
//  2. Any of these is a reason to refuse, unless allowed by name:
//     - the program's CPU time (user+sys) grew by more than kProgramTimeLimit,
//       as a ratio of medians. CPU time is the gate because it leaves out the
//       time that other work on a shared machine takes away, by which wall time
//       varies far more;
//     - its wall time did, and the whole interval is above the limit. This
//       catches programs that lost parallelism or wait longer, and needs the
//       interval because of the same noise;
//     - its stripped size (plain size if it cannot be stripped) grew by more
//       than kSizeLimit;
//     - it printed or returned something else, exports other dynamic symbols,
//       or the project's own tests fail;
//     - there is no proof: nothing was run (--no-program accepts that), or
//       there were fewer than kMinimumRuns builds.
//  3. With a reason, a faster or equal build is "not a win"; a slower one stays
//     "slower" and the reasons follow.
Verdict Judge(const Comparison& comparison, const Allowed& allowed);

std::string VerdictKindName(VerdictKind kind);  // "faster", "not a win", …

// "1.45x"; more digits near 1 where two would hide the limit: "1.021x".
std::string FormatRatio(double ratio);

nlohmann::ordered_json ComparisonToJson(const Comparison& comparison,
                                        const Verdict& verdict);

}  // namespace dfe::bench

#endif  // DFE_BENCH_VERDICT_H_
