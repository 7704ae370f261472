// Finding a process for a file, asking it, and believing it.
#include "dfe/headers/scan_servers.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "dfe/dispatch/spawn.h"
#include "dfe/headers/disk_state.h"

extern char** environ;

namespace dfe::headers {
namespace {

// Starts the program of these words, with the socket as its standard input and
// output; 0 if it cannot be.
int StartProgram(std::vector<std::string> words, const std::string& directory,
                 int socket) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
  posix_spawn_file_actions_adddup2(&actions, socket, 0);
  posix_spawn_file_actions_adddup2(&actions, socket, 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  std::vector<char*> argv = dispatch::Pointers(words);
  pid_t pid = 0;
  const bool started =
      posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ) == 0;
  posix_spawn_file_actions_destroy(&actions);
  return started ? pid : 0;
}

// True if the process says that the job is done.
bool Ask(int socket, const std::string& job) {
  if (send(socket, job.data(), job.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(job.size())) {
    return false;
  }
  char answer = 0;
  ssize_t size;
  do {
    size = read(socket, &answer, 1);
  } while (size < 0 && errno == EINTR);
  return size == 1;
}

// True if a scan by another process would say the same.
bool StillHolds(const Scanned& scanned, const std::string& directory) {
  if (scanned.record) {
    return DiskState().Unchanged(scanned.record->record, directory);
  }
  std::error_code error;
  return std::none_of(scanned.missing.begin(), scanned.missing.end(),
                      [&](const std::string& path) {
                        return std::filesystem::exists(path, error);
                      });
}

}  // namespace

ScanServers::~ScanServers() {
  while (!servers_.empty()) End(servers_.begin());
}

Scanned ScanServers::Scan(const ScanJob& job) {
  std::list<Server>::iterator server;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    server = Take(job);
    if (server == servers_.end()) return ScanAll({job}, 1)[0];
  }
  Forget(job);
  std::optional<Scanned> scanned;
  if (Ask(server->socket.get(), JobText(job))) {
    bool is_new = false;
    scanned = TakeScanned(job, server->started, &is_new);
    if (is_new || !StillHolds(*scanned, job.directory)) scanned.reset();
  }
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    server->busy = false;
    if (!scanned) End(server);
  }
  return scanned ? *std::move(scanned) : ScanAll({job}, 1)[0];
}

// One that is idle and has files like that, or a new one, if need be in place
// of one for others; the end if all are busy, or none can be started.
std::list<ScanServers::Server>::iterator ScanServers::Take(const ScanJob& job) {
  const std::string key = ScanKey(job);
  auto found = std::find_if(
      servers_.rbegin(), servers_.rend(),
      [&](const Server& server) { return !server.busy && server.key == key; });
  if (found != servers_.rend()) {
    const auto server = std::prev(found.base());
    server->busy = true;
    servers_.splice(servers_.end(), servers_, server);
    return server;
  }
  if (static_cast<int>(servers_.size()) >= most_) {
    const auto idle =
        std::find_if(servers_.begin(), servers_.end(),
                     [](const Server& server) { return !server.busy; });
    if (idle == servers_.end()) return servers_.end();
    End(idle);
  }
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return servers_.end();
  }
  Server server;
  server.key = key;
  server.socket = dispatch::Descriptor(ends[0]);
  const dispatch::Descriptor far(ends[1]);
  server.started = absl::Now();
  server.pid = StartProgram(ScanManyWords(job, "-"), job.directory, far.get());
  server.busy = true;
  if (server.pid == 0) return servers_.end();
  servers_.push_back(std::move(server));
  return std::prev(servers_.end());
}

void ScanServers::End(std::list<Server>::iterator server) {
  const int pid = server->pid;
  servers_.erase(server);  // its input ends
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace dfe::headers
