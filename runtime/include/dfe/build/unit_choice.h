// Chooses how single units are compiled, from what they cost before.
//
// ChooseUnits is pure: what it goes by is in its arguments, so each rule has a
// test.
#ifndef DFE_BUILD_UNIT_CHOICE_H_
#define DFE_BUILD_UNIT_CHOICE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dfe/dispatch/plan.h"
#include "dfe/store/store.h"

namespace dfe {

// Strategy -> crate name -> what units of that name, and of one kind, cost
// under it in builds that are like the one to come (clean ones, or ones after
// an edit).
using CostsByStrategy =
    std::map<dispatch::Strategy, std::map<std::string, store::UnitCost>>;

// Units that do better otherwise than by `usual`, the plan's strategy for
// profiles without LTO; in the order of their names. `leaf`: what the costs are
// of, libraries or leaves.
//
// A unit takes from a build the cores' time that it uses, and the time of
// cores that stay idle while it runs (UnitCost::idle_us): `single` has less of
// the former and, where nothing else is to be done, more of the latter.
//   single  plain where that took at most as much. Where plain is not known
//           yet, it is tried if further codegen units would have found idle
//           cores for more than a quarter of the time.
//   seeded  single where that took less, for libraries: writing the dead half
//           out costs more than it saves in units of which most is live.
// Units of less than a second stay as they are. Other strategies have no second
// way that was recorded: a late link optimises the whole program, and deferred
// code is the leaf's.
std::vector<dispatch::UnitChoice> ChooseUnits(dispatch::Strategy usual,
                                              bool leaf,
                                              const CostsByStrategy& costs,
                                              int cores);

// The same for both kinds, from what the store knows of the project's builds
// under `profile` by the same compiler: of clean builds for a clean one
// (`cold`), of others for others, as the one has all units to fill the cores
// with, and the other few.
absl::StatusOr<std::vector<dispatch::UnitChoice>> ChooseRecordedUnits(
    dispatch::Strategy usual, absl::string_view project,
    absl::string_view profile, absl::string_view rustc, bool cold, int cores,
    store::Store* store);

}  // namespace dfe

#endif  // DFE_BUILD_UNIT_CHOICE_H_
