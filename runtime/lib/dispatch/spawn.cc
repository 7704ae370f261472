// Spawning and waiting, with what the child used.
#include "dfe/dispatch/spawn.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

extern char** environ;

namespace dfe::dispatch {

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  out.reserve(words.size() + 1);
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

std::string EnvironmentValue(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

int Become(const char* self, char** argv) {
  execvp(argv[0], argv);
  std::fprintf(stderr, "%s: %s: cannot start: %s\n", self, argv[0],
               std::strerror(errno));
  return 127;
}

Child Start(const char* self, std::vector<std::string> words,
            const SpawnOutput& output) {
  std::vector<char*> argv = Pointers(words);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (output.quiet) {
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  }
  if (output.error_to >= 0) {
    posix_spawn_file_actions_adddup2(&actions, output.error_to, 2);
  }
  if (output.output_to >= 0) {
    posix_spawn_file_actions_adddup2(&actions, output.output_to, 1);
  }
  pid_t pid;
  const int failed =
      posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    std::fprintf(stderr, "%s: %s: cannot start: %s\n", self, argv[0],
                 std::strerror(failed));
    return {};
  }
  return {pid};
}

Usage Wait(const Child& child) {
  Usage usage;
  if (child.pid == 0) return usage;
  int status = 0;
  struct rusage ru = {};
  while (wait4(child.pid, &status, 0, &ru) < 0) {
    if (errno != EINTR) return usage;
  }
  usage.cpu_us = (static_cast<int64_t>(ru.ru_utime.tv_sec) +
                  static_cast<int64_t>(ru.ru_stime.tv_sec)) *
                     1000000 +
                 ru.ru_utime.tv_usec + ru.ru_stime.tv_usec;
  usage.peak_rss_kib = ru.ru_maxrss;
  usage.exit_code =
      WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return usage;
}

Usage RunAndWait(const char* self, std::vector<std::string> words,
                 const SpawnOutput& output) {
  return Wait(Start(self, std::move(words), output));
}

std::string FindProgram(const std::string& name) {
  auto is_program = [](const std::string& path) {
    struct stat status = {};
    return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
           access(path.c_str(), X_OK) == 0;
  };
  if (name.find('/') != std::string::npos) return is_program(name) ? name : "";
  const char* variable = std::getenv("PATH");
  std::string_view rest = variable == nullptr ? "" : variable;
  while (!name.empty() && !rest.empty()) {
    const size_t end = std::min(rest.find(':'), rest.size());
    // An empty entry is the current folder.
    std::string path(end == 0 ? "." : rest.substr(0, end));
    path.append("/").append(name);
    if (is_program(path)) return path;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return "";
}

std::optional<std::string> ReadAll(int fd) {
  std::string text;
  char buffer[1 << 14];
  while (true) {
    const ssize_t n = read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::nullopt;
    if (n == 0) return text;
    text.append(buffer, static_cast<size_t>(n));
  }
}

std::optional<Captured> RunCaptured(const char* self,
                                    std::vector<std::string> words,
                                    Capture what) {
  const int error = memfd_create(self, MFD_CLOEXEC);
  const int output =
      what == Capture::kErrorAndOutput ? memfd_create(self, MFD_CLOEXEC) : -1;
  std::optional<Captured> captured;
  if (error >= 0 && (output >= 0 || what == Capture::kError)) {
    captured.emplace();
    captured->usage = RunAndWait(self, std::move(words),
                                 {.error_to = error, .output_to = output});
    auto take = [&](int fd, std::string* text) {
      if (fd < 0 || !captured) return;
      lseek(fd, 0, SEEK_SET);
      std::optional<std::string> all = ReadAll(fd);
      if (all) {
        *text = *std::move(all);
      } else {
        captured.reset();
      }
    };
    take(error, &captured->text);
    if (captured) take(output, &captured->output);
  }
  if (error >= 0) close(error);
  if (output >= 0) close(output);
  return captured;
}

std::optional<Captured> RunForwarded(const char* self,
                                     std::vector<std::string> words) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  Captured captured;
  const Child child = Start(self, std::move(words), {.error_to = ends[1]});
  close(ends[1]);
  char buffer[1 << 14];
  while (true) {
    const ssize_t n = read(ends[0], buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    captured.text.append(buffer, static_cast<size_t>(n));
    for (ssize_t done = 0; done < n;) {
      const ssize_t written =
          write(STDERR_FILENO, buffer + done, static_cast<size_t>(n - done));
      if (written < 0 && errno != EINTR) break;
      if (written > 0) done += written;
    }
  }
  close(ends[0]);
  captured.usage = Wait(child);
  return captured;
}

}  // namespace dfe::dispatch
