// A line, and a byte.
#include "dfe/dispatch/cc_late.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dfe/dispatch/local_socket.h"

namespace dfe::dispatch {
namespace {

// A plan of several thousand files is made in less; who is told nothing for
// longer compiles as if nobody listened.
constexpr int kWaitMs = 600'000;
constexpr int kRequestMs = 1000;

// A hash in hexadecimal digits, and some room.
constexpr size_t kMaxKey = 128;

bool Send(int socket, const std::string& text) {
  return send(socket, text.data(), text.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(text.size());
}

// True if something can be read within that time.
bool Waits(int socket, int ms) {
  pollfd event = {socket, POLLIN, 0};
  return poll(&event, 1, ms) == 1;
}

}  // namespace

bool AskForLateOrder(const std::string& session, const std::string& key) {
  const Descriptor socket = ConnectTo(session + "/cc", kLateSocket);
  char answer = kLateUnchanged;
  return socket.ok() && Send(socket.get(), key + "\n") &&
         Waits(socket.get(), kWaitMs) && read(socket.get(), &answer, 1) == 1 &&
         answer == kLateWritten;
}

std::optional<std::string> ReadLateRequest(int socket) {
  std::string key;
  while (Waits(socket, kRequestMs)) {
    char part[kMaxKey];
    const ssize_t size = read(socket, part, sizeof part);
    if (size <= 0) return std::nullopt;
    key.append(part, static_cast<size_t>(size));
    if (key.size() > kMaxKey) return std::nullopt;
    if (key.back() != '\n') continue;
    key.pop_back();
    // It becomes the name of a file.
    if (key.empty() || key.find_first_not_of("0123456789abcdef") != key.npos) {
      return std::nullopt;
    }
    return key;
  }
  return std::nullopt;
}

void AnswerLateRequest(int socket, bool written) {
  (void)Send(socket, std::string(1, written ? kLateWritten : kLateUnchanged));
}

}  // namespace dfe::dispatch
