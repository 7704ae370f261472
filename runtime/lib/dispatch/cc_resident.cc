// Finding the resident compiler, asking it, and waiting.
#include "dfe/dispatch/cc_resident.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <variant>

#include "dfe/dispatch/cc_invocation.h"
#include "dfe/dispatch/local_socket.h"
#include "dfe/format/envelope.h"
#include "dfe/format/resident_call.h"

extern char** environ;

namespace dfe::dispatch {
namespace {

// How long it may take until there is a process for a call. It takes a
// millisecond; on a machine that is busy beyond measure the words are run.
constexpr int kStartMs = 2000;

std::string WithoutLinks(const std::string& path) {
  char real[PATH_MAX];
  return realpath(path.c_str(), real) == nullptr ? "" : real;
}

// Sends all of `frame`, the descriptors with its first byte.
bool Send(int socket, std::string_view frame,
          const std::array<int, kResidentDescriptors>& descriptors) {
  alignas(cmsghdr) char
      control[CMSG_SPACE(sizeof(int) * kResidentDescriptors)] = {};
  for (bool first = true; !frame.empty(); first = false) {
    iovec part = {const_cast<char*>(frame.data()), frame.size()};
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (first) {
      message.msg_control = control;
      message.msg_controllen = sizeof control;
      cmsghdr* head = CMSG_FIRSTHDR(&message);
      head->cmsg_level = SOL_SOCKET;
      head->cmsg_type = SCM_RIGHTS;
      head->cmsg_len = CMSG_LEN(sizeof(int) * kResidentDescriptors);
      std::memcpy(CMSG_DATA(head), descriptors.data(),
                  sizeof(int) * kResidentDescriptors);
    }
    const ssize_t size = sendmsg(socket, &message, MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) {
      if (first) return false;  // nobody knows what arrived
      continue;
    }
    if (size <= 0) return false;
    frame.remove_prefix(static_cast<size_t>(size));
  }
  return true;
}

// Whether there is a process for the call.
bool HasStarted(int socket) {
  pollfd event = {socket, POLLIN, 0};
  char said = 0;
  return poll(&event, 1, kStartMs) == 1 && read(socket, &said, 1) == 1 &&
         said == kResidentStarted;
}

std::optional<std::string> TextOf(int memory) {
  if (lseek(memory, 0, SEEK_SET) != 0) return std::nullopt;
  return ReadAll(memory);
}

}  // namespace

std::string ProgramOf(const std::string& name, const std::string& folder) {
  const bool is_path = name.find('/') != std::string::npos;
  const std::string path =
      FindProgram(is_path && name[0] != '/' ? folder + "/" + name : name);
  // What a relative folder of PATH has is something else for each caller.
  return path.empty() || path[0] != '/' ? "" : WithoutLinks(path);
}

std::string ResidentKey(const std::string& program) {
  return HashName(program);
}

std::string ResidentRefusal(const std::vector<std::string>& words) {
  for (size_t i = 1; i < words.size(); ++i) {
    const std::string_view word = words[i];
    auto starts = [word](std::string_view start) {
      return word.substr(0, start.size()) == start;
    };
    if (starts("-ftime-") || starts("-fproc-stat") || starts("-print") ||
        starts("--print") || starts("-fcrash-diagnostics") ||
        starts("-gen-reproducer") || starts("-ccc-") || word == "-v" ||
        word == "--verbose" || word == "--version" || word == "--help" ||
        word == "-stats" || word == "-save-stats" || starts("-save-stats=") ||
        word == "-no-canonical-prefixes" || word == "-fno-integrated-cc1" ||
        starts("-parallel-jobs") || starts("--driver-mode") || starts("-cc1") ||
        starts("--analyze") ||
        // What is loaded, and what others than the compile read or write.
        (word.find("plugin") != std::string_view::npos &&
         !(starts("-fplugin=") && IsImportsPlugin(word))) ||
        word == "-load" || starts("-fcas-") || starts("-fdepscan")) {
      return "for the program alone: " + words[i];
    }
  }
  return "";
}

std::optional<Captured> RunResident(const std::string& session,
                                    const std::vector<std::string>& words,
                                    std::string* why) {
  const std::string sockets = session + "/cc/resident";
  if (words.empty() || access(sockets.c_str(), F_OK) != 0) return std::nullopt;
  auto without = [why](std::string reason) {
    *why = std::move(reason);
    return std::nullopt;
  };
  if (std::string refusal = ResidentRefusal(words); !refusal.empty()) {
    return without(std::move(refusal));
  }
  const Descriptor here(open(".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  char name[PATH_MAX];
  if (!here.ok() || getcwd(name, sizeof name) == nullptr) {
    return without("the folder cannot be opened");
  }
  ResidentCall call;
  call.program = ProgramOf(words[0], name);
  if (call.program.empty()) return without("no such program");
  const Descriptor socket = ConnectTo(sockets, ResidentKey(call.program));
  if (!socket.ok()) return without("none was started of " + call.program);
  call.words = words;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    call.environment.emplace_back(*entry);
  }
  call.umask = static_cast<uint32_t>(umask(0));
  umask(static_cast<mode_t>(call.umask));
  call.circumstances = Circumstances();
  const Descriptor output(memfd_create("dfe-cc", MFD_CLOEXEC));
  const Descriptor error(memfd_create("dfe-cc", MFD_CLOEXEC));
  const std::string frame = call.Render();
  if (!output.ok() || !error.ok() || frame.size() > kMaxResidentFrame ||
      !Send(socket.get(), frame,
            {STDIN_FILENO, output.get(), error.get(), here.get()}) ||
      !HasStarted(socket.get())) {
    return without("it did not answer");
  }
  const std::optional<std::string> text = ReadAll(socket.get());
  if (!text) return without("it was heard of no more");
  const auto parsed = ResidentAnswer::Parse(*text);
  const auto* answer = std::get_if<ResidentAnswer>(&parsed);
  if (answer == nullptr) return without(std::get<FormatError>(parsed).message);
  if (!answer->refusal.empty()) return without(answer->refusal);
  std::optional<std::string> said = TextOf(error.get());
  std::optional<std::string> written = TextOf(output.get());
  if (!said || !written) return without("what it said cannot be read");
  return Captured{{static_cast<int>(answer->exit_code),
                   static_cast<int64_t>(answer->cpu_us),
                   static_cast<int64_t>(answer->peak_rss_kib)},
                  *std::move(said),
                  *std::move(written)};
}

}  // namespace dfe::dispatch
