// Which files a command is likely to compile.
//
// Before a build all files are scanned of which no record holds. Of a project
// of make that can be far more than the command is about to compile: after an
// edit of a header that all include, `make mm/` in a kernel needs 65 files, and
// 2,693 calls are known, whose scans take 88 s of two cores. So only files that
// are expected are scanned before; the others when dfe-cc gets the first one of
// their folder (dfe/headers/late_plans.h). Expected is
//  - what the same command compiled in any build before, or else
//  - what is in the folders that it names with a '/' at the end, or else
//  - all.
// A wrong guess costs time, nothing else. Ninja is asked in place of that, see
// dfe/headers/ninja_project.h.
//
// What a command compiled is kept beside the project's database of calls, as
// <its name without .json>.<HashName of the command>.files: the frame of
// dfe/format/envelope.h with signature "DFEFILES", version 1, no identity, and
// as payload the list of the sources as the calls name them, rising, each once
// (dfe/format/byte_stream.h). What cannot be read is as if nothing was kept.
#ifndef DFE_HEADERS_EXPECTED_FILES_H_
#define DFE_HEADERS_EXPECTED_FILES_H_

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace dfe::headers {

struct ExpectedFiles {
  bool all = true;
  // Otherwise, sources as calls name them, and absolute folders.
  std::set<std::string> sources;
  std::vector<std::string> folders;

  // `source` as its call in `directory` names it.
  bool Has(const std::string& source, const std::string& directory) const;
};

// What a list of compiled files holds; nothing if it is none.
std::optional<std::set<std::string>> ParseCompiledFiles(std::string_view bytes);
std::string SerializeCompiledFiles(const std::set<std::string>& sources);

// Of the command `words`, which works in `directory`, of the project with the
// database `db`.
ExpectedFiles LoadExpectedFiles(const std::string& db,
                                const std::vector<std::string>& words,
                                const std::string& directory);

// Adds to what the command compiled before.
absl::Status KeepCompiledFiles(const std::string& db,
                               const std::vector<std::string>& words,
                               const std::vector<std::string>& sources);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_EXPECTED_FILES_H_
