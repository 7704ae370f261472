// The `dfe bench` command: plan, measure, keep, print; and its report.
#include "dfe/bench/bench.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "dfe/base/progress_line.h"
#include "dfe/bench/measure.h"
#include "dfe/bench/report.h"
#include "dfe/bench/results_db.h"
#include "dfe/bench/verdict.h"

namespace dfe::bench {
namespace {

bool BelowLimits(const Plan& plan, const BenchResult& result) {
  for (size_t i = 1; i < result.sides.size(); ++i) {
    Comparison c = Compare(result, i);
    Verdict verdict = Judge(c, result.allowed);
    const double wall = c.build_wall.ratio.value;
    if (plan.fail_unless_faster.has_value() &&
        (verdict.kind != VerdictKind::kFaster ||
         wall < *plan.fail_unless_faster)) {
      return true;
    }
    if (!plan.fail_if_slower.has_value()) continue;
    if (verdict.kind == VerdictKind::kNotAWin) return true;
    if (verdict.kind == VerdictKind::kSlower &&
        (wall < *plan.fail_if_slower || !verdict.reasons.empty())) {
      return true;
    }
  }
  return false;
}

absl::StatusOr<std::string> ReadDocument(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();  // a read error is a bit here, not an exception
  if (!file.is_open() || text.bad() || std::filesystem::is_directory(path)) {
    return absl::NotFoundError(
        absl::StrCat("bench report: ", path, ": cannot be read"));
  }
  return text.str();
}

absl::Status WriteDocument(const std::string& path, const std::string& text) {
  // Written beside it and renamed: a reader never sees half a document.
  const std::string partial = path + ".partial";
  std::ofstream file(partial, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(partial, path, error);
  if (!file || error) {
    std::error_code ignored;
    std::filesystem::remove(partial, ignored);
    return absl::PermissionDeniedError(
        absl::StrCat("bench report: ", path, ": cannot be written"));
  }
  return absl::OkStatus();
}

absl::StatusOr<int> RunReport(const ParsedOptions& options, std::ostream& out,
                              std::ostream& progress) {
  const std::string format =
      options.Flag("json") ? "json" : options.Text("format");
  if (format != "text" && format != "markdown" && format != "json") {
    return absl::InvalidArgumentError(absl::StrCat(
        "--format: expected text, markdown or json, got '", format, "'"));
  }
  absl::StatusOr<ResultsDb> db = ResultsDb::Open(options.Text("db"), false);
  if (!db.ok()) return db.status();
  absl::StatusOr<std::vector<BenchResult>> sessions = db->LoadAll();
  if (!sessions.ok()) return sessions.status();
  std::vector<ReportRow> rows = SelectRows(*sessions, options.Text("name"));

  const bool check = options.IsSet("check");
  if (!check && !options.IsSet("update")) {
    out << (format == "json"       ? JsonReport(rows)
            : format == "markdown" ? MarkdownReport(rows)
                                   : TextReport(rows));
    return kExitMeasured;
  }
  const std::string path = options.Text(check ? "check" : "update");
  absl::StatusOr<std::string> document = ReadDocument(path);
  if (!document.ok()) return document.status();
  absl::StatusOr<std::string> updated =
      ReplaceSection(*document, MarkdownReport(rows), path);
  if (!updated.ok()) return updated.status();
  if (*updated == *document) return kExitMeasured;
  if (check) {
    progress << "bench report: " << path << ": expected the table of "
             << options.Text("db")
             << ", got another; dfe bench report --update writes it\n";
    return kExitBelowLimit;
  }
  absl::Status written = WriteDocument(path, *updated);
  if (!written.ok()) return written;
  return kExitMeasured;
}

absl::Status Keep(const Plan& plan, const BenchResult& result) {
  absl::StatusOr<ResultsDb> db = ResultsDb::Open(plan.database, true);
  if (!db.ok()) return db.status();
  return db->Add(result);
}

}  // namespace

absl::StatusOr<int> RunBench(const ParsedOptions& options, std::ostream& out,
                             std::ostream& progress) {
  if (!options.rest.empty()) {
    if (options.rest.size() == 1 && options.rest[0] == "report") {
      return RunReport(options, out, progress);
    }
    const std::string& word = options.rest[options.rest[0] == "report" ? 1 : 0];
    return absl::InvalidArgumentError(
        absl::StrCat("bench: expected 'report' or options, got '", word, "'"));
  }
  absl::StatusOr<Plan> plan = MakePlan(options);
  if (!plan.ok()) return plan.status();
  if (!plan->database.empty()) {
    // Hours of measuring must not end at a file that was never usable.
    absl::StatusOr<ResultsDb> usable = ResultsDb::Open(plan->database, true);
    if (!usable.ok()) return usable.status();
  }
  absl::StatusOr<BenchResult> result = [&] {
    ProgressLine line("bench", progress, ProgressLine::Elsewhere::kLines);
    return Measure(*plan, [&](absl::string_view text) { line.Show(text); });
  }();
  if (absl::IsCancelled(result.status())) {
    progress << "bench: interrupted; nothing was kept\n";
    return kExitInterrupted;
  }
  if (!result.ok()) return result.status();
  if (!plan->database.empty()) {
    absl::Status kept = Keep(*plan, *result);
    if (!kept.ok()) return kept;
  }
  out << (plan->json ? ResultJson(*result) : ResultText(*result));
  return BelowLimits(*plan, *result) ? kExitBelowLimit : kExitMeasured;
}

}  // namespace dfe::bench
