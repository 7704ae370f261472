// Which programs, and starting them.
#include "dfe/headers/resident_compilers.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "dfe/base/versions.h"
#include "dfe/build/toolchain.h"
#include "dfe/dispatch/cc_resident.h"
#include "dfe/dispatch/local_socket.h"
#include "dfe/dispatch/spawn.h"

extern char** environ;

namespace dfe::headers {
namespace {

namespace fs = std::filesystem;

// Where the compiler finds its descriptors.
constexpr int kListen = 3;
constexpr int kUntil = 4;

// For how many files a program has to be called to be worth starting: it takes
// 40 ms, and saves 20 with each.
constexpr int kResidentMinFiles = 4;

// "" if it is not beside this program.
std::string FindResidentPlugin() {
  return FindBeside({"../lib/dfe-resident.so", "../lib/dfe/dfe-resident.so"});
}

// A copy above those that the compiler gets, so that putting these in place
// overwrites nothing that is still to be copied.
int Above(int fd) { return fcntl(fd, F_DUPFD_CLOEXEC, kUntil + 1); }

// Those that compile enough files.
std::vector<std::string> Programs(const Project& project) {
  std::map<std::string, std::string> known;
  std::map<std::string, int> files;
  for (const ProjectUnit& unit : project.units) {
    const std::string& name = unit.call.words[0];
    if (!unit.call.refusal.empty()) continue;
    const bool anywhere = name.find('/') == std::string::npos || name[0] == '/';
    auto [it, is_new] =
        known.try_emplace(anywhere ? name : unit.directory + "\n" + name);
    if (is_new) it->second = dispatch::ProgramOf(name, unit.directory);
    if (!it->second.empty()) ++files[it->second];
  }
  std::vector<std::string> programs;
  for (const auto& [program, count] : files) {
    if (count >= kResidentMinFiles) programs.push_back(program);
  }
  return programs;
}

}  // namespace

ResidentCompilers::~ResidentCompilers() {
  for (int fd : pipes_) close(fd);
  for (int pid : pids_) {
    while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
}

bool ResidentCompilers::AreWanted(const Project& project) {
  return !FindResidentPlugin().empty() && !Programs(project).empty();
}

void ResidentCompilers::Start(const Project& project,
                              const std::string& session) {
  StartAll(Programs(project), session);
}

void ResidentCompilers::StartUsual(const std::string& session) {
  std::set<std::string> programs;
  std::vector<std::string> names = {"clang", "cc"};
  for (absl::string_view tested : absl::StrSplit(kLlvmTested, ' ')) {
    names.push_back(absl::StrCat("clang-", tested.substr(0, tested.find('.'))));
  }
  for (const std::string& name : names) {
    const std::string program = dispatch::ProgramOf(name, "/");
    if (absl::StartsWith(fs::path(program).filename().string(), "clang")) {
      programs.insert(program);
    }
  }
  StartAll({programs.begin(), programs.end()}, session);
}

void ResidentCompilers::StartAll(const std::vector<std::string>& programs,
                                 const std::string& session) {
  const std::string folder = session + "/cc/resident";
  std::error_code error;
  fs::create_directories(folder, error);
  for (const std::string& program : programs) StartOne(program, folder);
}

void ResidentCompilers::StartOne(const std::string& program,
                                 const std::string& folder) {
  const std::string plugin = FindResidentPlugin();
  if (plugin.empty()) return;
  const dispatch::Descriptor listening =
      dispatch::ListenIn(folder, dispatch::ResidentKey(program));
  int ends[2] = {-1, -1};
  if (!listening.ok() || pipe2(ends, O_CLOEXEC) != 0) return;
  const int own_listening = Above(listening.get());
  const int own_until = Above(ends[0]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, own_listening, kListen);
  posix_spawn_file_actions_adddup2(&actions, own_until, kUntil);
  std::vector<std::string> words = {
      program,
      "-fplugin=" + plugin,
      "-fsyntax-only",
      "-Xclang",
      "-plugin",
      "-Xclang",
      "dfe-resident",
      "-Xclang",
      "-plugin-arg-dfe-resident",
      "-Xclang",
      absl::StrCat("listen=", kListen, ",until=", kUntil,
                   ",tested=", kLlvmTested),
      "-x",
      "c",
      "/dev/null"};
  std::vector<char*> argv = dispatch::Pointers(words);
  pid_t pid = 0;
  const bool started = own_listening >= 0 && own_until >= 0 &&
                       posix_spawn(&pid, program.c_str(), &actions, nullptr,
                                   argv.data(), environ) == 0;
  posix_spawn_file_actions_destroy(&actions);
  // If the compiler ends, nobody listens: who calls is told at once.
  for (int fd : {own_listening, own_until, ends[0]}) {
    if (fd >= 0) close(fd);
  }
  if (started) {
    pids_.push_back(pid);
    pipes_.push_back(ends[1]);
  } else {
    close(ends[1]);
  }
}

}  // namespace dfe::headers
