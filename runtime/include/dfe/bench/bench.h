// `dfe bench`: measures a build against one or more baselines, interleaved, and
// refuses to call it faster when the program it makes got worse.
//
// The pipeline, one file for each step:
//   plan.h        options -> what to measure
//   machine.h     versions, flags, hardware
//   sampler.h     runs one command and accounts for its process tree
//   measure.h     rounds of builds, rounds of program runs -> BenchResult
//   artifact.h    sizes, dynamic symbols, sameness of outputs
//   statistics.h, verdict.h   samples -> ratios -> verdict
//   results_db.h  keeps the raw samples
//   report.h      tables
#ifndef DFE_BENCH_BENCH_H_
#define DFE_BENCH_BENCH_H_

#include <ostream>

#include "absl/status/statusor.h"
#include "dfe/base/options.h"
#include "dfe/bench/plan.h"

namespace dfe::bench {

// Exit codes of RunBench; errors are Status.
inline constexpr int kExitMeasured = 0;
inline constexpr int kExitBelowLimit = 1;  // --fail-…, report --check
inline constexpr int kExitInterrupted = 130;

// `dfe bench` and, with "report" as the first word of options.rest, `dfe bench
// report`. `out` gets the result; `progress` what is going on: one line that
// rewrites itself if it is std::cerr on a terminal, else a line for each step.
//
// An interrupt ends the running commands, leaves the database untouched (a
// partial result is not a result) and gives kExitInterrupted.
absl::StatusOr<int> RunBench(const ParsedOptions& options, std::ostream& out,
                             std::ostream& progress);

}  // namespace dfe::bench

#endif  // DFE_BENCH_BENCH_H_
