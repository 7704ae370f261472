// What a C or C++ project would gain, from a sample of its files: `dfe
// predict`.
//
// All compiler calls are known, some files are scanned, and each of these
// stands for others with the same flags. The planner then plans for the sample
// as if it were all of the project. Two samples of half the size say how much
// the answer depends on which files were taken, and which way it errs: the
// fewer files are looked at, the more they seem to have in common.
#ifndef DFE_HEADERS_PREDICT_H_
#define DFE_HEADERS_PREDICT_H_

#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "dfe/base/options.h"
#include "dfe/headers/header_planner.h"
#include "dfe/headers/project.h"

namespace dfe::headers {

// Which units to scan, sorted: `wanted` of them (0: all), spread over the
// groups of equal flags by their sizes and evenly in the order of each. Groups
// too small for the planner have none.
std::vector<size_t> SampleUnits(const std::vector<PlannedUnit>& units,
                                size_t wanted, int min_files);

struct Prediction {
  size_t files = 0;     // calls of the compiler
  size_t eligible = 0;  // of these, with flags that can share
  size_t groups = 0;    // of equal flags
  size_t sampled = 0;   // files that were looked at
  size_t unread = 0;    // of these, not readable: what they include is not made
  // CPU time of all eligible files, without and with dfe, in microseconds.
  double plain_us = 0;
  double planned_us = 0;
  // plain_us / planned_us, and what two halves of the sample make of it.
  double ratio = 1;
  double low = 1;
  double high = 1;
  // The headers that cost most, with their CPU time in all files, the dearest
  // first.
  std::vector<std::pair<std::string, double>> headers;
  std::map<std::string, size_t> refusals;  // why files stay plain, how many
};

// `sample` are the units of which `units` has records. Pure.
Prediction Predict(const std::vector<PlannedUnit>& units,
                   const std::vector<size_t>& sample,
                   const std::vector<std::string>& banned,
                   const CostModel& cost = {});

// How many times as fast one large file is optimised in `parts` on as many idle
// cores; fitted to SQLite's amalgamation.
double PartsGain(int parts);

// Options of `dfe predict`.
absl::Span<const OptionSpec> PredictOptions();
absl::StatusOr<int> RunPredict(const ParsedOptions& options, std::ostream& out);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_PREDICT_H_
