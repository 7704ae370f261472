// Runs a shell command and accounts for all that it used: the command, the
// processes that it waited for, and those that it left behind.
//
// Model. Let T be the CPU time that all descendants of this process, dead and
// alive, ever used: the sum of what wait4 told of the reaped ones and what
// /proc tells of the others. T only grows, so the cost of a command is T after
// it minus T before it. A compiler daemon that one build starts is therefore
// paid for by that build, and one that serves a later build by the later one.
// Daemons stay our descendants because the Sampler makes this process a child
// subreaper: orphans are handed to it instead of to init.
//
// Wall time ends with the command itself, which is when a user may go on. Its
// leftovers are then watched, untimed, until they end, or sit idle (waiting for
// a core is not idle), or ten seconds pass in which they were not kept waiting
// for one, or five minutes; what they use meanwhile is counted as CPU time.
//
// Limits: wait4 counts in microseconds, /proc in ticks of mostly 10 ms, so each
// process that outlives a command adds an error of up to two ticks. The time
// of a process whose parent ignores SIGCHLD is lost, as it is for time(1).
//
// Interrupts: while a Sampler lives, SIGINT, SIGTERM and SIGHUP are held back.
// Run() sends SIGTERM, and two seconds later SIGKILL, to the command's process
// group when one of them comes, and returns Cancelled. (SIGCHLD is held back
// too: waiting for all four in one place leaves no window for a lost signal.)
#ifndef DFE_BENCH_SAMPLER_H_
#define DFE_BENCH_SAMPLER_H_

#include <signal.h>
#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace dfe::bench {

struct ShellCommand {
  std::string script;     // for sh -c
  std::string directory;  // empty: this process's own
  std::vector<std::pair<std::string, std::string>> environment;  // added
  // Both are truncated first; the same path for both is one stream. The input
  // is /dev/null.
  std::string stdout_file;
  std::string stderr_file;
};

struct Sample {
  int exit_code = 0;        // 128 + signal number if a signal ended it
  double wall_seconds = 0;  // from its start until it was reaped
  double user_seconds = 0;  // of the whole tree, see above
  double system_seconds = 0;
  int64_t peak_rss_kib = 0;  // of the largest single process of the tree
  std::vector<std::string> still_running;  // names of what outlived the command
  double cpu_seconds() const { return user_seconds + system_seconds; }
};

// One at a time in a process, on its main thread, with no other children: it
// reaps whatever it finds.
class Sampler {
 public:
  Sampler();
  ~Sampler();
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  // Cancelled: interrupted, the process group was ended. NotFound: sh cannot be
  // started. A command that starts and fails is a Sample, not an error.
  absl::StatusOr<Sample> Run(const ShellCommand& command);

  // True once an interrupt was seen, also between two runs.
  bool Interrupted();

 private:
  struct Cpu {
    double user = 0;
    double system = 0;
  };
  struct Living {
    Cpu total;
    int64_t peak_rss_kib = 0;
    bool runnable = false;  // a thread of theirs runs or waits for a core
    bool on_disk = false;   // or for a disk
    std::vector<std::string> names;
  };
  absl::StatusOr<pid_t> Start(const ShellCommand& command);
  // Reaps all that ended. True if `main` was among it.
  bool Reap(pid_t main, int* status);
  absl::Status WaitFor(pid_t main, int* status);
  Living ScanDescendants() const;
  Living Settle();
  Cpu EverUsed(const Living& living) const;

  sigset_t held_;      // what this object blocks
  sigset_t previous_;  // the mask before it, which commands get
  bool interrupted_ = false;
  Cpu reaped_;
  int64_t peak_reaped_kib_ = 0;
};

}  // namespace dfe::bench

#endif  // DFE_BENCH_SAMPLER_H_
