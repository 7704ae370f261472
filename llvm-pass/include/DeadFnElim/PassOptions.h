//===- PassOptions.h - configuration of the passes -------------*- C++ -*-===//
//
// Options are plain values: each run of a pass has its own copy, and nothing is
// registered with cl::opt, because a plugin shares its process with a compiler
// whose command line is not ours.
//
//===----------------------------------------------------------------------===//

#ifndef DEADFNELIM_PASSOPTIONS_H
#define DEADFNELIM_PASSOPTIONS_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <string>
#include <vector>

namespace deadfn {

/// The types that the table names.
namespace option {
/// What the plugin runs at the extension points.
enum class Mode { Off, Record, Cut, Defer, Stub, Parts };
/// How far liveness goes from a seed.
enum class Reach { Closure, Seeds };
using Text = std::string;
using Flag = bool;
using Number = uint64_t;
} // namespace option

/// The values of all options; see PassOptions.def.
struct PassOptions {
#define DFE_OPTION(Field, Name, Type, Default, Help)                           \
  option::Type Field = Default;
#include "DeadFnElim/PassOptions.def"

  /// Sets one option. Returns an error text, empty on success. \p Source is
  /// named in the error.
  std::string set(llvm::StringRef Source, llvm::StringRef Name,
                  llvm::StringRef Value);

  /// Sets what pass parameters say: NAME=VALUE separated by ';', or NAME alone
  /// for a flag. Returns the first error, or an empty text.
  std::string setFromParameters(llvm::StringRef PassName,
                                llvm::StringRef Parameters);

  /// Sets what the configuration file DFE_PASS_CONFIG and then the variables
  /// DFE_PASS_* say. Returns all errors; the good settings stay set, so that
  /// `log` and `strict` still decide where an error goes.
  std::vector<std::string> setFromEnvironment();

  /// The table as text, one option per line.
  static std::string help();
};

} // namespace deadfn

#endif // DEADFNELIM_PASSOPTIONS_H
