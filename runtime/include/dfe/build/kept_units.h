// Libraries that rustc made, kept for later builds: what `dfe build` says to
// the dispatches (dfe/dispatch/unit_cache.h), and what they did.
#ifndef DFE_BUILD_KEPT_UNITS_H_
#define DFE_BUILD_KEPT_UNITS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "dfe/build/toolchain.h"
#include "dfe/dispatch/event_log.h"
#include "dfe/dispatch/plan.h"
#include "dfe/store/store.h"

namespace dfe {

// Lets units be kept below `root`. The compiler is told by the content of its
// files and of its standard libraries, which is the same on the next machine
// that has it; they are read once for a compiler. Errors: Unavailable; the plan
// is then as it was.
absl::Status KeepUnits(const RustToolchain& toolchain, store::Store& store,
                       const std::string& root, dispatch::Plan* plan);

// How many libraries were taken, how many were compiled, and why; "" if there
// was none.
std::string ExplainKeptUnits(const std::vector<dispatch::UnitEvent>& events);

}  // namespace dfe

#endif  // DFE_BUILD_KEPT_UNITS_H_
