// A compile by the build's resident compiler, see dfe/format/resident_call.h.
//
// `dfe build` leaves the sockets in the session folder, one for each program:
//
//   cc/resident/KEY   listens; KEY is ResidentKey of the compiler's program
//
// It is asked for compiles that are expected to go well. What it refuses is
// nothing to anyone, and what fails there is said by the real program, which
// the caller runs then. Standard library only.
#ifndef DFE_DISPATCH_CC_RESIDENT_H_
#define DFE_DISPATCH_CC_RESIDENT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dfe/dispatch/spawn.h"

namespace dfe::dispatch {

// The program that execvp would start for `name` in `folder`, without links; ""
// if there is none, or if PATH has it in a relative folder.
std::string ProgramOf(const std::string& name, const std::string& folder);

// Names the socket of a program.
std::string ResidentKey(const std::string& program);

// Why these words of a compile are for the real program alone, or "": it does
// more than to plan and to compile for them, or they bring code of others into
// it.
std::string ResidentRefusal(const std::vector<std::string>& words);

// Compiles, and keeps what it says, with its standard output. Nothing if that
// was refused, or was heard of no more; `why` then says why, and stays "" if
// the build has no resident compiler at all.
std::optional<Captured> RunResident(const std::string& session,
                                    const std::vector<std::string>& words,
                                    std::string* why);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_CC_RESIDENT_H_
