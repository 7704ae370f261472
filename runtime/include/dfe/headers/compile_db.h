// The compiler calls of a project, as compile_commands.json lists them.
// https://clang.llvm.org/docs/JSONCompilationDatabase.html
#ifndef DFE_HEADERS_COMPILE_DB_H_
#define DFE_HEADERS_COMPILE_DB_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dfe::headers {

struct CompileCommand {
  std::string directory;
  std::vector<std::string> words;  // the compiler first; dfe-cc is taken off
  bool launched = false;           // dfe-cc stood in front, or in its place
};

// As a POSIX shell splits words: blanks, quotes and backslashes; nothing is
// expanded.
std::vector<std::string> SplitCommand(absl::string_view text);

absl::StatusOr<std::vector<CompileCommand>> ParseCompileDb(
    absl::string_view json, absl::string_view where);

// Also takes the file's folder.
absl::StatusOr<std::vector<CompileCommand>> LoadCompileDb(
    const std::string& path);

// Adds the calls of a build to a database, or makes one: they take the place of
// those for the same output of the same folder (without an output: for the same
// source). A build that makes an output twice keeps both calls. Calls whose
// source is no longer there go. How many are new or other than before. Two
// builds that do this at once can lose calls of one of them: then the next
// build does not know these.
absl::StatusOr<int> MergeIntoCompileDb(
    const std::string& path, const std::vector<CompileCommand>& commands);

// The name of a program without its folder.
std::string ProgramName(const std::string& path);

// The folder that a command like `make -C DIR` works in.
std::string WorkingFolder(const std::vector<std::string>& words,
                          const std::string& directory);

// The folder of the compile_commands.json that belongs to a build command
// (`ninja -C DIR`, `cmake --build DIR`, `make -C DIR`), or to a folder itself
// or its `build`; "" if there is none.
std::string FindCompileDb(const std::vector<std::string>& words,
                          const std::string& directory);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_COMPILE_DB_H_
