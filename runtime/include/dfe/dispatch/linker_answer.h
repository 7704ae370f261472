// Whether late links work with the expected linker, where that is found out
// while the user's command runs.
//
// Without LTO, and where the compiler defers, the plan does not depend on it,
// only what leaves say to it (a map, folding); and trying it takes half a
// second or more. So `dfe build` does that meanwhile (ExpectedLinker::TryFor in
// dfe/build/known_probes.h). Plan::asked_linker has the linker's key; the
// session folder then has the file
//
//   linker   locked by `dfe build` (flock) until it has one line: `works`, or
//            `fails`. Anything else: nobody knows
//
// A lock goes with the process that holds it, so nobody waits for a dead one.
// Standard library only.
#ifndef DFE_DISPATCH_LINKER_ANSWER_H_
#define DFE_DISPATCH_LINKER_ANSWER_H_

#include <optional>
#include <string>

#include "dfe/dispatch/descriptor.h"

namespace dfe::dispatch {

// The side that knows. Locks when it is made; the answer, or the end of this
// object, ends the wait of all others.
class LinkerAnswer {
 public:
  explicit LinkerAnswer(const std::string& session);
  // At most once. What cannot be written is an answer that nobody gets.
  void Say(bool works);

 private:
  Descriptor file_;
};

// The side that asks: waits. Nothing if there is no answer.
std::optional<bool> AwaitLinkerAnswer(const std::string& session);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_LINKER_ANSWER_H_
