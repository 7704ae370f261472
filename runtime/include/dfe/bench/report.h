// Tables from measured results, and the README section that holds one.
#ifndef DFE_BENCH_REPORT_H_
#define DFE_BENCH_REPORT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dfe/bench/result.h"
#include "dfe/bench/verdict.h"

namespace dfe::bench {

// What stands around the table in a document, each on a line of its own and
// exactly once.
inline constexpr absl::string_view kReportBegin = "<!-- bench:begin -->";
inline constexpr absl::string_view kReportEnd = "<!-- bench:end -->";

struct ReportRow {
  Comparison comparison;
  Verdict verdict;
  std::string date;
  NamedText versions;
  Machine machine;
};

// The latest result of each project and comparison, sorted by project, tested
// side and baseline; none is left out for being slow. `sessions` is oldest
// first. `project`: only that one; empty: all.
std::vector<ReportRow> SelectRows(const std::vector<BenchResult>& sessions,
                                  absl::string_view project);

std::string MarkdownReport(const std::vector<ReportRow>& rows);
std::string TextReport(const std::vector<ReportRow>& rows);
std::string JsonReport(const std::vector<ReportRow>& rows);

// One result in full, for a terminal: all measures with min, median and max,
// the notes, and one verdict line for each baseline.
std::string ResultText(const BenchResult& result);
std::string ResultJson(const BenchResult& result);

// `document` with the text between the markers replaced by `table`.
// FailedPrecondition, naming `path`, if the markers are absent, doubled or in
// the wrong order.
absl::StatusOr<std::string> ReplaceSection(absl::string_view document,
                                           absl::string_view table,
                                           absl::string_view path);

}  // namespace dfe::bench

#endif  // DFE_BENCH_REPORT_H_
