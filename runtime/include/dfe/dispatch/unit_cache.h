// Libraries that rustc made, kept for the next clean build.
//
// A clean build compiles the same libraries of the same packages as the one
// before. What a unit made is kept under a key of all that it is made from
// (unit_key.h), and taken when the same is asked for again, by this project or
// by another. Only units that cargo's own rules would call fresh, had its
// target folder not been removed, are taken; what links, or has anything to
// say, is compiled. In the folder, as Plan::unit_cache names it:
//
//   XX/KEY.in   which files and variables the unit of KEY was made from, when
//   it
//               was last compiled (UnitInputs). XX are the first digits of KEY
//   XX/KEY      what it made (KeptUnit), under the key that has the contents of
//               those, too
//
// Both as dfe/format/kept_unit.h says, with compiler and key as identity. A
// file that cannot be read, or is damaged, is one that is not there.
#ifndef DFE_DISPATCH_UNIT_CACHE_H_
#define DFE_DISPATCH_UNIT_CACHE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "dfe/dispatch/plan.h"
#include "dfe/dispatch/rustc_invocation.h"
#include "dfe/dispatch/spawn.h"

namespace dfe::dispatch {

struct UnitResult {
  Usage usage;
  std::string kept;       // kTaken, or why it was compiled
  int64_t before_us = 0;  // own time before the compiler started, or all of it
};
inline constexpr char kTaken[] = "taken";

// One unit: what it made the last time, or a compile. `unit` is what is asked
// of rustc, `words` the command line that asks it. `may_take`: false if the
// compiler is to write something that is not kept; what it makes is.
UnitResult CompileOrTakeUnit(const RustcInvocation& unit,
                             const std::vector<std::string>& words,
                             const Plan& plan, bool may_take);

// In what rustc writes, the folder of a unit's outputs as kOutDir, and back.
std::string WithoutOutDir(const RustcInvocation& unit, std::string text);
std::string WithOutDir(const RustcInvocation& unit, std::string_view text);

// True if rustc says nothing but which files it wrote.
bool SaysNothing(std::string_view messages);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_UNIT_CACHE_H_
