// Sockets in folders of a build's session, whose names may be longer than an
// address can be. Standard library only.
#ifndef DFE_DISPATCH_LOCAL_SOCKET_H_
#define DFE_DISPATCH_LOCAL_SOCKET_H_

#include <string>

#include "dfe/dispatch/descriptor.h"

namespace dfe::dispatch {

// A stream socket that listens as `name` in the folder, or none if that cannot
// be, as where the name is taken.
Descriptor ListenIn(const std::string& folder, const std::string& name);

// A connection to the one that does, or none.
Descriptor ConnectTo(const std::string& folder, const std::string& name);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_LOCAL_SOCKET_H_
