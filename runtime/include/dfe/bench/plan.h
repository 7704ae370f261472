// The options of `dfe bench`, and the measurement that they ask for.
#ifndef DFE_BENCH_PLAN_H_
#define DFE_BENCH_PLAN_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "dfe/base/options.h"
#include "dfe/bench/result.h"

namespace dfe::bench {

// For the option table of the program that offers the command.
inline constexpr CommandSpec kBenchCommand = {
    "bench", "[report]",
    "measures a build against others, with the program that it makes"};
absl::Span<const OptionSpec> BenchOptions();

struct Plan {
  std::string directory;
  // As BenchResult's: sides[0] is the tested one. No samples yet.
  std::string project;
  // With {}; empty only with --no-program. With --no-program and no
  // program_runs it is run once, and what it prints about the artifact is
  // compared; its time is nobody's.
  std::string run_command;
  std::string output_ignore;
  Allowed allowed;
  std::vector<Side> sides;
  int runs = 0;
  int program_runs = 0;
  int warmup = 0;
  std::string database;  // empty: none
  bool json = false;
  std::optional<double> fail_unless_faster;
  std::optional<double> fail_if_slower;
};

// InvalidArgument names the option that is missing or wrong.
absl::StatusOr<Plan> MakePlan(const ParsedOptions& options);

// Which side is built at each position of a round: 0 1 2 in even rounds, 2 1 0
// in odd ones, so that no side always follows the same other one and a steady
// drift of the machine's speed hits all alike.
std::vector<size_t> RoundOrder(int round, size_t sides);

// `{}` of the run command replaced by the path, quoted for sh.
std::string FillIn(const std::string& command, const std::string& path);

}  // namespace dfe::bench

#endif  // DFE_BENCH_PLAN_H_
