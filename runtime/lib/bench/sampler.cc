// Process accounting by wait4 and /proc; see the header for the model.
#include "dfe/bench/sampler.h"

#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <thread>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

extern char** environ;

namespace dfe::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kSettlePoll(20);
// Idle: less than this CPU time (seconds) within this time, and no thread that
// could use some if it got a core: on a loaded machine one can wait longer than
// this for its turn. A server that only looks at a clock now and then is idle.
constexpr std::chrono::milliseconds kIdleFor(300);
constexpr double kIdleCpu = 0.015;
// Of time in which leftovers had the cores that they asked for. On a machine
// that gives them none, the other limit holds.
constexpr std::chrono::seconds kSettleLimit(10);
constexpr std::chrono::minutes kStarvedLimit(5);
constexpr std::chrono::seconds kKillAfter(2);

double Seconds(const struct timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
}

// What /proc/PID/stat tells of one process.
struct ProcessEntry {
  pid_t parent = 0;
  std::string state;  // one letter of proc(5)
  std::string name;
  double user = 0;    // seconds, with its waited-for children
  double system = 0;  // likewise
};

// Empty when the process is gone. A read can fail between open and close with
// ESRCH, for which a std::filebuf iterator would throw.
std::string ReadProcFile(pid_t pid, const char* name) {
  std::string text;
  int fd = open(absl::StrCat("/proc/", pid, "/", name).c_str(),
                O_RDONLY | O_CLOEXEC);
  if (fd < 0) return text;
  char buffer[4096];
  ssize_t n;
  while ((n = read(fd, buffer, sizeof buffer)) > 0) {
    text.append(buffer, static_cast<size_t>(n));
  }
  close(fd);
  return text;
}

// False when the process is gone or the text is not what Linux writes.
bool ReadProcess(pid_t pid, ProcessEntry* entry) {
  const std::string text = ReadProcFile(pid, "stat");
  // The name stands in parentheses and may itself hold some.
  size_t open = text.find('(');
  size_t close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos) return false;
  entry->name = text.substr(open + 1, close - open - 1);
  std::vector<std::string> fields =
      absl::StrSplit(text.substr(close + 1), ' ', absl::SkipEmpty());
  // fields[0] is the state, number 3 in proc(5).
  if (fields.size() < 15) return false;
  int64_t parent = 0;
  int64_t ticks[4] = {0, 0, 0, 0};  // utime stime cutime cstime
  if (!absl::SimpleAtoi(fields[1], &parent)) return false;
  for (size_t i = 0; i < 4; ++i) {
    if (!absl::SimpleAtoi(fields[11 + i], &ticks[i])) return false;
  }
  static const double tick = 1.0 / static_cast<double>(sysconf(_SC_CLK_TCK));
  entry->parent = static_cast<pid_t>(parent);
  entry->state = fields[0];
  entry->user = static_cast<double>(ticks[0] + ticks[2]) * tick;
  entry->system = static_cast<double>(ticks[1] + ticks[3]) * tick;
  return true;
}

// The states of proc(5), a letter for each thread. The one in the process's own
// stat is that of its first thread alone.
std::string ThreadStates(pid_t pid) {
  std::string states;
  DIR* folder = opendir(absl::StrCat("/proc/", pid, "/task").c_str());
  if (folder == nullptr) return states;
  while (struct dirent* entry = readdir(folder)) {
    int64_t thread = 0;
    ProcessEntry process;
    if (absl::SimpleAtoi(entry->d_name, &thread) &&
        ReadProcess(static_cast<pid_t>(thread), &process)) {
      states += process.state;
    }
  }
  closedir(folder);
  return states;
}

int64_t PeakOf(pid_t pid) {
  const std::string text = ReadProcFile(pid, "status");
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!absl::StartsWith(line, "VmHWM:")) continue;
    std::vector<absl::string_view> words =
        absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    int64_t kib = 0;
    if (words.size() > 1 && absl::SimpleAtoi(words[1], &kib)) return kib;
  }
  return 0;
}

std::vector<std::string> Environment(
    const std::vector<std::pair<std::string, std::string>>& added) {
  std::map<std::string, std::string> merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::pair<std::string, std::string> kv =
        absl::StrSplit(*entry, absl::MaxSplits('=', 1));
    merged[kv.first] = kv.second;
  }
  for (const auto& [name, value] : added) merged[name] = value;
  std::vector<std::string> out;
  out.reserve(merged.size());
  for (const auto& [name, value] : merged) {
    out.push_back(absl::StrCat(name, "=", value));
  }
  return out;
}

}  // namespace

Sampler::Sampler() {
  sigemptyset(&held_);
  sigaddset(&held_, SIGCHLD);
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction now;
    sigaction(signal, nullptr, &now);
    // nohup and background jobs of a shell ignore some; so do we then.
    if (now.sa_handler != SIG_IGN) sigaddset(&held_, signal);
  }
  pthread_sigmask(SIG_BLOCK, &held_, &previous_);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
}

Sampler::~Sampler() {
  // A signal that came twice must not end the program before it cleaned up.
  Interrupted();
  prctl(PR_SET_CHILD_SUBREAPER, 0);
  pthread_sigmask(SIG_SETMASK, &previous_, nullptr);
}

bool Sampler::Interrupted() {
  struct timespec none = {0, 0};
  sigset_t interrupts = held_;
  sigdelset(&interrupts, SIGCHLD);
  while (sigtimedwait(&interrupts, nullptr, &none) > 0) interrupted_ = true;
  return interrupted_;
}

absl::StatusOr<pid_t> Sampler::Start(const ShellCommand& command) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  absl::Cleanup free_both = [&] {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  };
  // An own process group, so that an interrupt can end all of it.
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigmask(&attributes, &previous_);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  constexpr int kWrite = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&actions, 1, command.stdout_file.c_str(),
                                   kWrite, 0600);
  if (command.stderr_file == command.stdout_file) {
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
  } else {
    posix_spawn_file_actions_addopen(&actions, 2, command.stderr_file.c_str(),
                                     kWrite, 0600);
  }
  if (!command.directory.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions, command.directory.c_str());
  }
  std::string script = command.script;
  std::string shell = "sh";
  std::string flag = "-c";
  char* argv[] = {shell.data(), flag.data(), script.data(), nullptr};
  std::vector<std::string> environment = Environment(command.environment);
  std::vector<char*> envp;
  envp.reserve(environment.size() + 1);
  for (std::string& entry : environment) envp.push_back(entry.data());
  envp.push_back(nullptr);
  pid_t pid = 0;
  int failed =
      posix_spawnp(&pid, "sh", &actions, &attributes, argv, envp.data());
  if (failed != 0) {
    return absl::NotFoundError(absl::StrCat("bench: cannot run 'sh' in '",
                                            command.directory,
                                            "': ", strerror(failed)));
  }
  return pid;
}

bool Sampler::Reap(pid_t main, int* status) {
  bool main_ended = false;
  while (true) {
    int one = 0;
    struct rusage usage = {};
    pid_t pid = wait4(-1, &one, WNOHANG, &usage);
    if (pid <= 0) return main_ended;
    reaped_.user += Seconds(usage.ru_utime);
    reaped_.system += Seconds(usage.ru_stime);
    peak_reaped_kib_ = std::max<int64_t>(peak_reaped_kib_, usage.ru_maxrss);
    if (pid == main) {
      main_ended = true;
      *status = one;
    }
  }
}

absl::Status Sampler::WaitFor(pid_t main, int* status) {
  Clock::time_point killed_at;
  bool asked = false;
  while (!Reap(main, status)) {
    // The time limit is for the escalation below; SIGCHLD ends the wait.
    struct timespec limit = {0, 200'000'000};
    int signal = sigtimedwait(&held_, nullptr, &limit);
    if (signal > 0 && signal != SIGCHLD) interrupted_ = true;
    if (!interrupted_) continue;
    if (!asked) {
      kill(-main, SIGTERM);
      asked = true;
      killed_at = Clock::now();
    } else if (Clock::now() - killed_at > kKillAfter) {
      kill(-main, SIGKILL);
    }
  }
  if (!interrupted_) return absl::OkStatus();
  // Members of the group that ignored SIGTERM must not outlive us.
  kill(-main, SIGKILL);
  return absl::CancelledError("bench: interrupted");
}

Sampler::Living Sampler::ScanDescendants() const {
  std::map<pid_t, ProcessEntry> all;
  DIR* proc = opendir("/proc");
  if (proc == nullptr) return {};
  while (struct dirent* entry = readdir(proc)) {
    int64_t pid = 0;
    ProcessEntry process;
    if (absl::SimpleAtoi(entry->d_name, &pid) &&
        ReadProcess(static_cast<pid_t>(pid), &process)) {
      all[static_cast<pid_t>(pid)] = std::move(process);
    }
  }
  closedir(proc);
  Living living;
  const pid_t self = getpid();
  for (const auto& [pid, process] : all) {
    pid_t ancestor = process.parent;
    // The bound guards against a loop from pids reused during the scan.
    for (size_t depth = 0; depth < all.size() && ancestor != self; ++depth) {
      auto next = all.find(ancestor);
      ancestor = next == all.end() ? 0 : next->second.parent;
      if (ancestor == 0) break;
    }
    if (ancestor != self) continue;
    living.total.user += process.user;
    living.total.system += process.system;
    if (process.state == "Z" || process.state == "X") continue;
    const std::string states = ThreadStates(pid);
    living.runnable = living.runnable || absl::StrContains(states, 'R');
    living.on_disk = living.on_disk || absl::StrContains(states, 'D');
    living.names.push_back(process.name);
    living.peak_rss_kib = std::max(living.peak_rss_kib, PeakOf(pid));
  }
  std::sort(living.names.begin(), living.names.end());
  return living;
}

Sampler::Cpu Sampler::EverUsed(const Living& living) const {
  return {reaped_.user + living.total.user,
          reaped_.system + living.total.system};
}

Sampler::Living Sampler::Settle() {
  const Clock::time_point start = Clock::now();
  Clock::time_point busy_at = start;
  Clock::time_point seen_at = start;
  Clock::duration starved(0);
  double used = -1;         // when they were last found busy
  double used_before = -1;  // at the last look
  while (true) {
    int ignored = 0;
    Reap(-1, &ignored);
    Living living = ScanDescendants();
    if (living.names.empty()) return living;
    Cpu ever = EverUsed(living);
    const double now_used = ever.user + ever.system;
    const Clock::time_point now = Clock::now();
    // Time without a core is none that they had: with many others on it, a
    // leftover gets a little of a core in each of these looks.
    if (living.runnable && used_before >= 0) {
      const std::chrono::duration<double> had(now_used - used_before);
      const auto without =
          (now - seen_at) - std::chrono::duration_cast<Clock::duration>(had);
      starved += std::max(without, Clock::duration(0));
    }
    seen_at = now;
    used_before = now_used;
    if (living.runnable || living.on_disk || now_used > used + kIdleCpu) {
      used = now_used;
      busy_at = now;
    }
    if (now - busy_at > kIdleFor || now - start - starved > kSettleLimit ||
        now - start > kStarvedLimit) {
      return living;
    }
    if (Interrupted()) return living;
    std::this_thread::sleep_for(kSettlePoll);
  }
}

absl::StatusOr<Sample> Sampler::Run(const ShellCommand& command) {
  if (Interrupted()) return absl::CancelledError("bench: interrupted");
  int status = 0;
  Reap(-1, &status);
  const Cpu before = EverUsed(ScanDescendants());
  peak_reaped_kib_ = 0;

  const Clock::time_point start = Clock::now();
  absl::StatusOr<pid_t> pid = Start(command);
  if (!pid.ok()) return pid.status();
  absl::Status waited = WaitFor(*pid, &status);
  const Clock::time_point end = Clock::now();
  if (!waited.ok()) return waited;

  Living living = Settle();
  if (Interrupted()) {
    kill(-*pid, SIGKILL);
    return absl::CancelledError("bench: interrupted");
  }
  const Cpu after = EverUsed(living);
  Sample sample;
  sample.exit_code =
      WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  sample.wall_seconds = std::chrono::duration<double>(end - start).count();
  // Tick rounding may make a difference of nothing slightly negative.
  sample.user_seconds = std::max(0.0, after.user - before.user);
  sample.system_seconds = std::max(0.0, after.system - before.system);
  sample.peak_rss_kib = std::max(peak_reaped_kib_, living.peak_rss_kib);
  sample.still_running = std::move(living.names);
  return sample;
}

}  // namespace dfe::bench
