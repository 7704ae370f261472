// Libraries that rustc made, kept for later builds: what `dfe build` says to
// the dispatches (dfe/dispatch/unit_cache.h), and what they did.
#ifndef DFE_BUILD_KEPT_UNITS_H_
#define DFE_BUILD_KEPT_UNITS_H_

#include <future>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dfe/build/toolchain.h"
#include "dfe/dispatch/event_log.h"
#include "dfe/dispatch/plan.h"
#include "dfe/store/store.h"

namespace dfe {

// Which compiler it is, told by the content of its files and of its standard
// libraries, which is the same on the next machine that has it. They are read
// once for a compiler, half a gigabyte, while what else is asked of it goes on.
class CompilerContent {
 public:
  CompilerContent(const RustToolchain& toolchain, store::Store& store);
  CompilerContent(const CompilerContent&) = delete;
  CompilerContent& operator=(const CompilerContent&) = delete;
  // Also what nobody asked for is kept, or it would be read each time.
  ~CompilerContent() { (void)Get(); }

  // Waits for it, and keeps it. Errors: Unavailable.
  absl::StatusOr<std::string> Get();

 private:
  store::Store& store_;
  const std::string toolchain_;
  std::string key_;
  std::future<absl::StatusOr<std::string>> content_;
  // Once it is known.
  std::optional<absl::StatusOr<std::string>> found_;
};

// Lets units be kept below `root`. Errors: Unavailable; the plan is then as it
// was.
absl::Status KeepUnits(CompilerContent& compiler, const std::string& root,
                       dispatch::Plan* plan);

// How many libraries were taken, how many were compiled, and why; "" if there
// was none.
std::string ExplainKeptUnits(const std::vector<dispatch::UnitEvent>& events);

}  // namespace dfe

#endif  // DFE_BUILD_KEPT_UNITS_H_
