// What a build produced: its size, its stripped size, what it exports, and
// whether two of them print the same.
#ifndef DFE_BENCH_ARTIFACT_H_
#define DFE_BENCH_ARTIFACT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dfe::bench {

// Tells one writing of a file from another, also when the bytes are the same.
// Empty when there is no such file.
std::string FileStamp(const std::string& path);

// Copies bytes and mode; the target is replaced as a whole.
absl::Status CopyFile(const std::string& from, const std::string& to);

// Bytes. NotFound if the file is absent.
absl::StatusOr<int64_t> FileSize(const std::string& path);

// Bytes after `strip -o SCRATCH`; the file itself stays as it is. Unavailable
// when strip is not installed or does not take the file (a script, say).
absl::StatusOr<int64_t> StrippedSize(const std::string& path,
                                     const std::string& scratch);

// "T name" for each defined dynamic symbol, by `nm -D --defined-only`: sorted,
// without addresses. Unavailable when nm is not installed or refuses the file.
absl::StatusOr<std::vector<std::string>> DynamicSymbols(
    const std::string& path);

struct Difference {
  bool same = true;
  std::string detail;  // what differs, for a user; empty if same
};

// Both sorted. Names up to three symbols.
Difference CompareSymbols(const std::vector<std::string>& before,
                          const std::vector<std::string>& after);

// Byte for byte, with the exit codes. `ignore` is a POSIX extended regular
// expression, or empty: text that matches it within a line is cut out of both
// first. InvalidArgument if it is not one.
struct ProgramOutput {
  std::string text;
  int exit_code = 0;
};
absl::StatusOr<Difference> CompareOutputs(const ProgramOutput& before,
                                          const ProgramOutput& after,
                                          const std::string& ignore);

}  // namespace dfe::bench

#endif  // DFE_BENCH_ARTIFACT_H_
