// The side of the one that waits.
#include "dfe/dispatch/compile_turn.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "dfe/dispatch/local_socket.h"
#include "dfe/dispatch/spawn.h"

namespace dfe::dispatch {
namespace {

// What cargo gave its compilers until now.
constexpr char kJobserverVariable[] = "CARGO_MAKEFLAGS";

// True when it is the caller's turn; false if nobody is there to tell.
bool Await(int connection) {
  const std::string line = EnvironmentValue("CARGO_PKG_NAME") + " " +
                           EnvironmentValue("CARGO_PKG_VERSION") + "\n";
  if (line.size() > kMaxTurnRequest ||
      send(connection, line.data(), line.size(), MSG_NOSIGNAL) !=
          static_cast<ssize_t>(line.size())) {
    return false;
  }
  char answer = 0;
  ssize_t got = 0;
  do {
    got = read(connection, &answer, 1);
  } while (got < 0 && errno == EINTR);
  return got == 1;
}

}  // namespace

CompileTurn::CompileTurn(const std::string& session, Compiler compiler) {
  if (!EnvironmentValue(kTurnVariable).empty()) return;
  connection_ = ConnectTo(session, kTurnsSocket);
  if (connection_.ok() && !Await(connection_.get())) {
    connection_ = Descriptor(-1);
  }
  if (!connection_.ok()) return;
  setenv(kTurnVariable, "1", 1);
  if (compiler != Compiler::kRustc) return;
  // Not closed in the compiler, and by number, as a path could have spaces.
  tokens_ = Descriptor(open((session + "/" + kTokensFifo).c_str(), O_RDWR));
  if (!tokens_.ok()) return;
  const std::string both =
      std::to_string(tokens_.get()) + "," + std::to_string(tokens_.get());
  setenv(kJobserverVariable,
         ("-j --jobserver-fds=" + both + " --jobserver-auth=" + both).c_str(),
         1);
}

CompileTurn::~CompileTurn() {
  if (connection_.ok()) unsetenv(kTurnVariable);
}

std::optional<TurnRequest> ParseTurnRequest(const std::string& line) {
  const size_t space = line.find(' ');
  if (line.empty() || line.back() != '\n' || space == std::string::npos) {
    return std::nullopt;
  }
  TurnRequest request = {line.substr(0, space),
                         line.substr(space + 1, line.size() - space - 2)};
  if (request.version.find_first_of(" \n") != std::string::npos) {
    return std::nullopt;
  }
  return request;
}

}  // namespace dfe::dispatch
