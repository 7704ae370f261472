// Orders that are written while the build runs.
//
// A plan is made before the build, of what is on disk then. What the build
// itself makes is not there yet, or becomes another: so dfe-cc asks for a new
// order when it gets a file that had to wait for something, or of which
// something changed since. `dfe build` listens while the command runs:
//
//   cc/late   gets one line, the name of the order (CcInvocation::Key), and
//             answers with one byte, kLateWritten or kLateUnchanged, when the
//             order is what it is going to be
//
// Nobody listens: nothing changes. Standard library only.
#ifndef DFE_DISPATCH_CC_LATE_H_
#define DFE_DISPATCH_CC_LATE_H_

#include <optional>
#include <string>

namespace dfe::dispatch {

inline constexpr char kLateSocket[] = "late";
inline constexpr char kLateWritten = '1';
inline constexpr char kLateUnchanged = '0';

// True if the order of the unit was written anew. Waits for the plan, but not
// for ever.
bool AskForLateOrder(const std::string& session, const std::string& key);

// The name that a caller asks for, or nothing: it says no such thing within a
// second.
std::optional<std::string> ReadLateRequest(int socket);

// Answers; a caller that is gone is no fault.
void AnswerLateRequest(int socket, bool written);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_CC_LATE_H_
