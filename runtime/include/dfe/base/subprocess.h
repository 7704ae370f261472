// Starts a program, waits for it, and accounts for what it and all the
// processes that it waited for have used.
#ifndef DFE_BASE_SUBPROCESS_H_
#define DFE_BASE_SUBPROCESS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace dfe {

struct SubprocessOptions {
  std::vector<std::string> argv;  // argv[0] is looked up in PATH
  std::string working_directory;  // empty: this process's own
  // Set on top of this process's environment; no value removes the name.
  std::vector<std::pair<std::string, std::optional<std::string>>> environment;
  bool capture_stdout = false;  // into SubprocessResult::out
  bool capture_stderr = false;
  bool discard_stdout = false;
  bool discard_stderr = false;
  std::string stdin_file;  // empty: inherited
  // Called once in this process with the child's id, for signal handlers.
  std::function<void(int pid)> on_start;
};

struct SubprocessResult {
  int exit_code = 0;  // 128 + signal number if a signal ended it
  int term_signal = 0;
  absl::Duration wall;
  absl::Duration user;       // the whole waited-for tree
  absl::Duration system;     // likewise
  int64_t peak_rss_kib = 0;  // the largest single process of the tree
  std::string out;
  std::string err;
  bool ok() const { return exit_code == 0; }
};

// Errors: NotFound when the program cannot be started. A program that starts
// and fails is a result, not an error. All other descriptors are inherited, so
// that cargo's jobserver pipe reaches the compilers.
absl::StatusOr<SubprocessResult> RunSubprocess(
    const SubprocessOptions& options);

// How many programs can run at a time: the cores that are there, at least 1.
int CoreCount();

}  // namespace dfe

#endif  // DFE_BASE_SUBPROCESS_H_
