// The results in a few lines: one for each way of building and what it is
// measured beside, over all projects.
#ifndef DFE_BENCH_OVERVIEW_H_
#define DFE_BENCH_OVERVIEW_H_

#include <string>
#include <vector>

#include "dfe/bench/report.h"

namespace dfe::bench {

// Lines of cells, the header first. The way of building is what follows the
// first ", " in the name of a project ("bat, second clean build"), or a first
// clean build. Ratios are medians over rows, with the least and the most; one
// that no row has is "-".
std::vector<std::vector<std::string>> Overview(
    const std::vector<ReportRow>& rows);

}  // namespace dfe::bench

#endif  // DFE_BENCH_OVERVIEW_H_
