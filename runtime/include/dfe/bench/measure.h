// Carries out a plan: warm-up, interleaved rounds of builds, then interleaved
// runs of the programs that they made.
#ifndef DFE_BENCH_MEASURE_H_
#define DFE_BENCH_MEASURE_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dfe/bench/plan.h"
#include "dfe/bench/result.h"

namespace dfe::bench {

// Told at each step, such as "round 2 of 5: building dfe".
using ProgressFn = std::function<void(absl::string_view)>;

// Errors: Cancelled when interrupted; FailedPrecondition when a clean or build
// command fails, leaves no artifact, or leaves the artifact of another side;
// also when the program cannot be run at all. Everything is kept in a scratch
// folder below the temporary directory and removed at the end.
//
// All programs run under one and the same path, into which the side's copy is
// linked just before: the length of argv[0] shifts the stack, and that alone
// can change run times by more than the limit.
absl::StatusOr<BenchResult> Measure(const Plan& plan,
                                    const ProgressFn& progress);

}  // namespace dfe::bench

#endif  // DFE_BENCH_MEASURE_H_
