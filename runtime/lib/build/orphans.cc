// Adopting with PR_SET_CHILD_SUBREAPER, finding children in /proc.
#include "dfe/build/orphans.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cctype>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"

namespace dfe {
namespace {

namespace fs = std::filesystem;

// Living children of this process in its own session.
// /proc/self/task/*/children would be shorter, but not every kernel is built
// with it.
std::vector<pid_t> Children() {
  std::vector<pid_t> found;
  std::error_code error;
  for (fs::directory_iterator at("/proc", error), end; !error && at != end;
       at.increment(error)) {
    const std::string name = at->path().filename();
    if (isdigit(static_cast<unsigned char>(name[0])) == 0) continue;
    std::ifstream file(at->path() / "stat");
    std::string line;
    if (!std::getline(file, line)) continue;  // it has just ended
    // "pid (name) state ppid pgrp session …"; the name may hold anything.
    const size_t after = line.rfind(')');
    if (after == std::string::npos) continue;
    std::istringstream fields(line.substr(after + 1));
    std::string state;
    pid_t parent = 0;
    pid_t group = 0;
    pid_t session = 0;
    fields >> state >> parent >> group >> session;
    if (fields && parent == getpid() && session == getsid(0) && state != "Z") {
      pid_t pid = 0;
      if (absl::SimpleAtoi(name, &pid)) found.push_back(pid);
    }
  }
  return found;
}

}  // namespace

void AdoptOrphans() {
  // Where this fails the build is as interruptible as cargo's own.
  (void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

void EndOrphans(absl::Duration patience) {
  const absl::Time start = absl::Now();
  for (;;) {
    while (waitpid(-1, nullptr, WNOHANG) > 0) {
    }
    const std::vector<pid_t> left = Children();
    const absl::Duration waited = absl::Now() - start;
    // A process in uninterruptible sleep outlives SIGKILL: not for ever.
    if (left.empty() || waited > 3 * patience) return;
    for (pid_t child : left) kill(child, waited < patience ? SIGTERM : SIGKILL);
    absl::SleepFor(absl::Milliseconds(5));
  }
}

}  // namespace dfe
