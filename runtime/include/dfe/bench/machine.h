// What a result has to tell about where it was measured: tools, flags and
// hardware, but no host name, user or path of ours.
#ifndef DFE_BENCH_MACHINE_H_
#define DFE_BENCH_MACHINE_H_

#include <string>

#include "dfe/bench/result.h"

namespace dfe::bench {

// First lines of `rustc -V`, `cargo -V`, `cc --version` (of $CC, if that is one
// word) and `ld --version`, as found from `directory` (a rust-toolchain file
// there counts), and our own version. A tool that is absent or fails is left
// out.
NamedText ProbeVersions(const std::string& directory);

// The set variables that steer compilers, linkers, cargo and dfe, sorted.
NamedText ProbeFlags();

// Unknown parts stay empty or 0.
Machine ProbeMachine();

}  // namespace dfe::bench

#endif  // DFE_BENCH_MACHINE_H_
