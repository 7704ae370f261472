// Addresses by way of a descriptor of the folder.
#include "dfe/dispatch/local_socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

namespace dfe::dispatch {
namespace {

// Does `act` with a new socket and its address; none if either fails.
template <typename Act>
Descriptor Socket(const std::string& folder, const std::string& name, Act act) {
  const Descriptor at(open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const std::string path =
      "/proc/self/fd/" + std::to_string(at.get()) + "/" + name;
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (!at.ok() || path.size() >= sizeof address.sun_path) return Descriptor(-1);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.ok() ||
      !act(socket.get(), reinterpret_cast<const sockaddr*>(&address),
           socklen_t{sizeof address})) {
    return Descriptor(-1);
  }
  return socket;
}

}  // namespace

Descriptor ListenIn(const std::string& folder, const std::string& name) {
  return Socket(folder, name,
                [](int socket, const sockaddr* address, socklen_t size) {
                  return bind(socket, address, size) == 0 &&
                         listen(socket, SOMAXCONN) == 0;
                });
}

Descriptor ConnectTo(const std::string& folder, const std::string& name) {
  return Socket(folder, name,
                [](int socket, const sockaddr* address, socklen_t size) {
                  return connect(socket, address, size) == 0;
                });
}

}  // namespace dfe::dispatch
