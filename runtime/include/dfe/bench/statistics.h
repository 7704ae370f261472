// Medians, ratios of medians, and how sure one can be of such a ratio.
#ifndef DFE_BENCH_STATISTICS_H_
#define DFE_BENCH_STATISTICS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace dfe::bench {

// All 0 for no samples. The unit is that of the samples.
struct Summary {
  double min = 0;
  double median = 0;
  double max = 0;
  size_t count = 0;
};

Summary Summarize(absl::Span<const double> samples);

// The mean of the two middle values for an even count; 0 for none.
double Median(std::vector<double> samples);

// `value` is the ratio of medians; [low, high] its 95 % interval.
struct Ratio {
  double value = 1;
  double low = 1;
  double high = 1;
};

// The seed and number of resamples are fixed so that the same samples always
// print the same interval.
inline constexpr uint64_t kBootstrapSeed = 20'240'229;
inline constexpr int kBootstrapResamples = 10'000;

// median(numerator) / median(denominator), with a percentile bootstrap. The
// samples are pairs: numerator[i] and denominator[i] were measured next to each
// other, and are drawn together, so that a load which slowed down a whole round
// does not widen the interval. The sizes must be equal and not 0 (checked).
//
// With fewer than three pairs the interval means nothing: one pair has a width
// of 0. The command line asks for at least three. With three to five the
// interval is about the range of what was seen, which errs to the careful side.
// A median of 0 gives ratio 1 if both are 0, else a very large or tiny one.
Ratio RatioOfMedians(absl::Span<const double> numerator,
                     absl::Span<const double> denominator);

}  // namespace dfe::bench

#endif  // DFE_BENCH_STATISTICS_H_
