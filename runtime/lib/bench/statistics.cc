// Order statistics and the paired bootstrap.
#include "dfe/bench/statistics.h"

#include <algorithm>
#include <cassert>
#include <random>

namespace dfe::bench {
namespace {

// Below a nanosecond nothing was measured.
constexpr double kNothing = 1e-9;

double Divide(double a, double b) {
  if (a < kNothing && b < kNothing) return 1;
  return std::max(a, kNothing) / std::max(b, kNothing);
}

}  // namespace

double Median(std::vector<double> samples) {
  if (samples.empty()) return 0;
  const size_t middle = samples.size() / 2;
  std::sort(samples.begin(), samples.end());
  return samples.size() % 2 == 1 ? samples[middle]
                                 : (samples[middle - 1] + samples[middle]) / 2;
}

Summary Summarize(absl::Span<const double> samples) {
  if (samples.empty()) return {};
  auto [low, high] = std::minmax_element(samples.begin(), samples.end());
  return {*low, Median({samples.begin(), samples.end()}), *high,
          samples.size()};
}

Ratio RatioOfMedians(absl::Span<const double> numerator,
                     absl::Span<const double> denominator) {
  assert(numerator.size() == denominator.size() && !numerator.empty());
  const size_t count = numerator.size();
  Ratio out;
  out.value = Divide(Median({numerator.begin(), numerator.end()}),
                     Median({denominator.begin(), denominator.end()}));
  // A predictable sequence is the point: see kBootstrapSeed.
  // NOLINTNEXTLINE(bugprone-random-generator-seed)
  std::mt19937_64 random(kBootstrapSeed);
  std::vector<double> ratios;
  ratios.reserve(kBootstrapResamples);
  std::vector<double> a(count);
  std::vector<double> b(count);
  for (int i = 0; i < kBootstrapResamples; ++i) {
    for (size_t k = 0; k < count; ++k) {
      // Not uniform_int_distribution: its results differ between libraries.
      const size_t pick = random() % count;
      a[k] = numerator[pick];
      b[k] = denominator[pick];
    }
    ratios.push_back(Divide(Median(a), Median(b)));
  }
  std::sort(ratios.begin(), ratios.end());
  out.low = ratios[kBootstrapResamples * 25 / 1000];
  out.high = ratios[kBootstrapResamples * 975 / 1000 - 1];
  return out;
}

}  // namespace dfe::bench
