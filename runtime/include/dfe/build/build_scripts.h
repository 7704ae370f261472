// C and C++ that cargo's build scripts compile, under `dfe build`: what they
// made is kept, see dfe/dispatch/cc_objects.h.
#ifndef DFE_BUILD_BUILD_SCRIPTS_H_
#define DFE_BUILD_BUILD_SCRIPTS_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "dfe/build/build_command.h"

namespace dfe {

// Prepares the session folder; returns the variables that make build scripts
// call dfe-cc, which `compilers` makes. Errors: Unavailable, NotFound; then
// nothing of the build changes.
absl::StatusOr<Environment> KeepObjectsOfBuildScripts(
    const std::string& cache,
    const std::function<absl::StatusOr<Environment>(const std::string&)>&
        compilers,
    const std::string& session);

// How many files were compiled, why, and how many were not; "" if there was
// none.
std::string ExplainBuildScripts(const std::string& session);

}  // namespace dfe

#endif  // DFE_BUILD_BUILD_SCRIPTS_H_
