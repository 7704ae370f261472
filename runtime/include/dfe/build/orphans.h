// Ends the compilers that an interrupted build leaves behind.
#ifndef DFE_BUILD_ORPHANS_H_
#define DFE_BUILD_ORPHANS_H_

#include "absl/time/time.h"

namespace dfe {

// Makes this process the parent of every descendant whose own parent ends, so
// that EndOrphans() finds it. cargo dies of SIGTERM at once and leaves its
// compilers running, which then write into folders that are being removed.
void AdoptOrphans();

// Sends SIGTERM to all children of this process and, as they end, to what they
// leave behind; SIGKILL once `patience` has passed. Returns when none is left.
// A process that made itself a session of its own (a compiler cache's server)
// is not touched: it was meant to stay.
void EndOrphans(absl::Duration patience = absl::Seconds(3));

}  // namespace dfe

#endif  // DFE_BUILD_ORPHANS_H_
