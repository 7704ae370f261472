// Records of files, made by preprocessing them with the Clang plugin.
#ifndef DFE_HEADERS_SCAN_H_
#define DFE_HEADERS_SCAN_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "dfe/format/header_record.h"

namespace dfe::headers {

// The clocks of file systems go on only every few milliseconds: a file that is
// younger can change once more and keep its time.
inline constexpr absl::Duration kClockTick = absl::Milliseconds(20);

// The first frame of a record, and its HashName.
struct KeptRecord {
  HeaderRecord record;
  std::string hash;
};

// The record at `path`; nothing if there is none of that compiler.
std::optional<KeptRecord> LoadRecord(const std::string& path,
                                     const std::string& identity);

struct ScanJob {
  std::string directory;
  std::vector<std::string> flags;     // the compiler first
  std::vector<std::string> language;  // words before the source, or none
  std::string source;
  std::string out;       // where the record goes
  std::string identity;  // of the compiler, as records carry it
};

// What came of a job.
struct Scanned {
  // Nothing of what cannot be preprocessed, or is written all the time.
  std::optional<KeptRecord> record;
  // If a header is not there: where it was looked for, absolute paths.
  std::vector<std::string> missing;
};

// Makes the record of each job. Files that differ in nothing but -D and -U are
// scanned by one process for each of `parallel` shares of them, which reads the
// text of each header once (HeaderRecorder/Passages.h). If that process fails,
// each of its files is scanned by itself, as is a file whose headers just
// changed.
std::vector<Scanned> ScanAll(const std::vector<ScanJob>& jobs, int parallel);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_SCAN_H_
