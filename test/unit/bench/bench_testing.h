// What several tests of the bench library share: scratch folders, a result that
// passes every rule, and `dfe bench` as a function.
#ifndef DFE_TEST_BENCH_TESTING_H_
#define DFE_TEST_BENCH_TESTING_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dfe/bench/bench.h"
#include "dfe/bench/result.h"

namespace dfe::bench {

// A new empty folder for the running test.
std::string NewFolder();

std::string ReadAll(const std::string& path);
void WriteAll(const std::string& path, absl::string_view text);

// Two sides, "dfe" and "default", five builds and five program runs of each,
// small spread. Builds: 2 s before, 1 s after. Everything else is equal, so
// the verdict is "faster".
BenchResult GoodResult();

struct BenchRun {
  absl::StatusOr<int> exit_code = 0;
  std::string out;
  std::string progress;
};

// `dfe bench WORDS…` with an empty environment.
BenchRun RunWords(const std::vector<std::string>& words);

}  // namespace dfe::bench

#endif  // DFE_TEST_BENCH_TESTING_H_
