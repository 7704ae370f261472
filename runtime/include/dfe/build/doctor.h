// `dfe doctor`: which toolchains, linkers and parts are there, and what works.
#ifndef DFE_BUILD_DOCTOR_H_
#define DFE_BUILD_DOCTOR_H_

#include <ostream>

#include "absl/status/statusor.h"
#include "dfe/base/options.h"

namespace dfe {

// Exit code 0 if late and single builds work here, 1 if something is missing.
absl::StatusOr<int> RunDoctor(const ParsedOptions& options, std::ostream& out);

}  // namespace dfe

#endif  // DFE_BUILD_DOCTOR_H_
