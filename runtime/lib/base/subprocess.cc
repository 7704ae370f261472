// Starting and waiting with posix_spawn and wait4, which counts the whole tree.
#include "dfe/base/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

extern char** environ;

namespace dfe {
namespace {

std::vector<std::string> MergedEnvironment(const SubprocessOptions& options) {
  std::vector<std::string> merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    absl::string_view view(*entry);
    absl::string_view name = view.substr(0, view.find('='));
    bool replaced = false;
    for (const auto& [key, value] : options.environment) {
      replaced = replaced || key == name;
    }
    if (!replaced) merged.emplace_back(view);
  }
  for (const auto& [key, value] : options.environment) {
    if (value.has_value()) merged.push_back(absl::StrCat(key, "=", *value));
  }
  return merged;
}

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  out.reserve(strings.size() + 1);
  for (std::string& s : strings) out.push_back(s.data());
  out.push_back(nullptr);
  return out;
}

// Reads both pipes until the far ends are closed.
void Drain(int out_fd, int err_fd, SubprocessResult* result) {
  struct pollfd fds[2] = {{out_fd, POLLIN, 0}, {err_fd, POLLIN, 0}};
  std::string* sinks[2] = {&result->out, &result->err};
  char buffer[1 << 16];
  while (fds[0].fd >= 0 || fds[1].fd >= 0) {
    if (poll(fds, 2, -1) < 0) {
      if (errno == EINTR) continue;
      return;
    }
    for (int i = 0; i < 2; ++i) {
      if (fds[i].fd < 0 || fds[i].revents == 0) continue;
      ssize_t n = read(fds[i].fd, buffer, sizeof buffer);
      if (n > 0) {
        sinks[i]->append(buffer, static_cast<size_t>(n));
      } else if (n == 0 || errno != EINTR) {
        fds[i].fd = -1;
      }
    }
  }
}

absl::Duration FromTimeval(const struct timeval& t) {
  return absl::DurationFromTimeval(t);
}

}  // namespace

absl::StatusOr<SubprocessResult> RunSubprocess(
    const SubprocessOptions& options) {
  if (options.argv.empty()) {
    return absl::InvalidArgumentError(
        "subprocess: expected a program, got none");
  }
  std::vector<std::string> arguments = options.argv;
  std::vector<std::string> environment = MergedEnvironment(options);
  std::vector<char*> argv = Pointers(arguments);
  std::vector<char*> envp = Pointers(environment);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  absl::Cleanup free_actions = [&] {
    posix_spawn_file_actions_destroy(&actions);
  };
  int pipes[2][2] = {{-1, -1}, {-1, -1}};
  absl::Cleanup close_pipes = [&] {
    for (auto& p : pipes) {
      for (int fd : p) {
        if (fd >= 0) close(fd);
      }
    }
  };
  const bool capture[2] = {options.capture_stdout, options.capture_stderr};
  const bool discard[2] = {options.discard_stdout, options.discard_stderr};
  for (int i = 0; i < 2; ++i) {
    if (capture[i]) {
      if (pipe2(pipes[i], O_CLOEXEC) != 0) {
        return absl::ErrnoToStatus(errno, "subprocess: pipe");
      }
      posix_spawn_file_actions_adddup2(&actions, pipes[i][1], i + 1);
    } else if (discard[i]) {
      posix_spawn_file_actions_addopen(&actions, i + 1, "/dev/null", O_WRONLY,
                                       0);
    }
  }
  if (!options.stdin_file.empty()) {
    posix_spawn_file_actions_addopen(&actions, 0, options.stdin_file.c_str(),
                                     O_RDONLY, 0);
  }
  if (!options.working_directory.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions,
                                         options.working_directory.c_str());
  }

  SubprocessResult result;
  const absl::Time start = absl::Now();
  pid_t pid;
  int failed =
      posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), envp.data());
  if (failed != 0) {
    return absl::NotFoundError(
        absl::StrCat(options.argv[0], ": cannot start: ", strerror(failed)));
  }
  if (options.on_start) options.on_start(pid);
  for (auto& p : pipes) {
    if (p[1] >= 0) close(p[1]);
    p[1] = -1;
  }
  Drain(pipes[0][0], pipes[1][0], &result);
  int status = 0;
  struct rusage usage = {};
  while (wait4(pid, &status, 0, &usage) < 0) {
    if (errno != EINTR) return absl::ErrnoToStatus(errno, "subprocess: wait4");
  }
  result.wall = absl::Now() - start;
  result.user = FromTimeval(usage.ru_utime);
  result.system = FromTimeval(usage.ru_stime);
  result.peak_rss_kib = usage.ru_maxrss;
  if (WIFSIGNALED(status)) {
    result.term_signal = WTERMSIG(status);
    result.exit_code = 128 + result.term_signal;
  } else {
    result.exit_code = WEXITSTATUS(status);
  }
  return result;
}

int CoreCount() {
  return static_cast<int>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
}

}  // namespace dfe
