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
  bool launched = false;           // dfe-cc stood in front
};

// As a POSIX shell splits words: blanks, quotes and backslashes; nothing is
// expanded.
std::vector<std::string> SplitCommand(absl::string_view text);

absl::StatusOr<std::vector<CompileCommand>> ParseCompileDb(
    absl::string_view json, absl::string_view where);

// Also takes the file's folder.
absl::StatusOr<std::vector<CompileCommand>> LoadCompileDb(
    const std::string& path);

// The folder of the compile_commands.json that belongs to a build command
// (`ninja -C DIR`, `cmake --build DIR`, `make -C DIR`), or to a folder itself
// or its `build`; "" if there is none.
std::string FindCompileDb(const std::vector<std::string>& words,
                          const std::string& directory);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_COMPILE_DB_H_
