// A project of which no build tool lists the compiler's calls: one of make, of
// a script, of any program that starts compilers by names.
//
// Its first `dfe build` compiles plainly and records the compiler's calls
// (dfe/dispatch/cc_shim.h). They become a compile database in the cache, the
// file headers/commands/<HashName of the folder>.json, in the format
// of compile_commands.json (dfe/headers/compile_db.h); the next build plans
// from it. A call that the database does not have, or has with other words, is
// compiled plainly and recorded, too.
#ifndef DFE_HEADERS_RECORDED_PROJECT_H_
#define DFE_HEADERS_RECORDED_PROJECT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace dfe::headers {

// The folder under which the calls of a command are recorded: of make and Ninja
// the one that they work in, of other programs `directory`. "" where dfe knows
// another way: for the commands of CMake and Meson, in CMake's folders, for
// Ninja where the calls are listed, and where cargo is likely to be called.
// That is in a folder with a Cargo.toml; for other programs than make also
// below such a folder, or right above one.
std::string RecordedFolder(const std::vector<std::string>& words,
                           const std::string& directory);

// True if make would find a makefile there.
bool HasMakefile(const std::string& folder);

// The database of the calls of a folder, whether it is there or not.
std::string RecordedDb(const std::string& cache, const std::string& folder);

// Makes links to dfe-cc for each compiler in PATH; the folder of the links. It
// stays: a configure script, or CMake in a build script, can keep the path of
// one. With no build around it, such a link is the compiler.
absl::StatusOr<std::string> MakeShims(const std::string& cache,
                                      const std::string& dfe_cc,
                                      const std::string& path);

// Adds what dfe-cc recorded in the session to the database: the number of calls
// that are new or have other words.
absl::StatusOr<int> KeepRecordedCalls(const std::string& session,
                                      const std::string& db);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_RECORDED_PROJECT_H_
