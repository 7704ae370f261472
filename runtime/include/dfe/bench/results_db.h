// bench-results.db: every measurement ever made, as raw samples, in SQLite.
//
// Identity: application_id 0x64666562 ("dfeb"), user_version 1. A file with
// another identity, a damaged one and one of another version are errors that
// name the file; none of them is ever written to.
//
// Schema, version 1. Times are seconds, memory is KiB, sizes are bytes (NULL:
// could not be told), truth values are 1/0 (NULL: not compared).
//
//   session     one `dfe bench` run: project, date (UTC, RFC 3339), machine
//               (cpu, cores, memory_kib; no host name), warmup, run_command,
//               output_ignore, allow_* and no_program (the trades named by the
//               user), fingerprint
//   named_text  what describes a session: kind 'version' (tool, first line of
//               its --version), 'flag' (variable, value), 'note' (number, text)
//   side        number 0 is the tested side, others are baselines: label,
//               build, clean, artifact and check commands, check_outcome (0 not
//               run, 1 pass, 2 fail); of baselines also the sameness with side
//               0: output_same, output_detail, symbols_same, symbols_detail
//   side_env    the variables that were set for a side
//   build_sample, program_sample
//               one timed build, one timed run of the produced program
//
// Nothing derived is stored: ratios and verdicts are computed from the samples
// when a table is printed. `fingerprint` is the XXH3-64 of all facts of a
// session as JSON (result.h); a session that does not match its fingerprint,
// by a flipped bit or an edit by hand, is refused as DataLoss.
#ifndef DFE_BENCH_RESULTS_DB_H_
#define DFE_BENCH_RESULTS_DB_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dfe/base/sqlite.h"
#include "dfe/bench/result.h"

namespace dfe::bench {

class ResultsDb {
 public:
  // Makes the file if it is absent and `create` is set. NotFound if it is
  // absent otherwise; the other errors are those of SqliteDatabase.
  static absl::StatusOr<ResultsDb> Open(const std::string& path, bool create);

  // One transaction: all of the result or nothing.
  absl::Status Add(const BenchResult& result);

  // Every session, oldest first. DataLoss if any is damaged.
  absl::StatusOr<std::vector<BenchResult>> LoadAll();

 private:
  explicit ResultsDb(SqliteDatabase database)
      : database_(std::move(database)) {}
  absl::StatusOr<BenchResult> LoadSession(int64_t id);

  SqliteDatabase database_;
};

}  // namespace dfe::bench

#endif  // DFE_BENCH_RESULTS_DB_H_
