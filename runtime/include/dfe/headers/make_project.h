// A project that is built by make and has no compile_commands.json.
//
// Its first `dfe build` compiles plainly and records the compiler's calls
// (dfe/dispatch/cc_shim.h). They become a compile database in the cache, the
// file headers/commands/<HashName of the folder>.json, in the format
// of compile_commands.json (dfe/headers/compile_db.h); the next build plans
// from it. A call that the database does not have, or has with other words, is
// compiled plainly and recorded, too.
#ifndef DFE_HEADERS_MAKE_PROJECT_H_
#define DFE_HEADERS_MAKE_PROJECT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace dfe::headers {

// The folder whose makefile a command is for; "" if it is no command for make,
// or dfe knows another way to build what is there: CMake's folders, and those
// with a Cargo.toml, whose makefile calls cargo.
std::string MakeFolder(const std::vector<std::string>& words,
                       const std::string& directory);

// True if make would find a makefile there.
bool HasMakefile(const std::string& folder);

// The database of the calls of a folder, whether it is there or not.
std::string RecordedDb(const std::string& cache, const std::string& folder);

// Makes links to dfe-cc for each compiler in PATH; the folder of the links. It
// stays: a makefile that runs a configure script can keep the path of one. With
// no build around it, such a link is the compiler.
absl::StatusOr<std::string> MakeShims(const std::string& cache,
                                      const std::string& dfe_cc,
                                      const std::string& path);

// Adds what dfe-cc recorded in the session to the database: the number of calls
// that are new or have other words.
absl::StatusOr<int> KeepRecordedCalls(const std::string& session,
                                      const std::string& db);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_MAKE_PROJECT_H_
