//===- Compile.h - one call of Clang, in a process that is Clang ----------===//

#ifndef DFE_RESIDENTCOMPILER_COMPILE_H
#define DFE_RESIDENTCOMPILER_COMPILE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace dfeheaders {

/// What became of a call.
struct Compiled {
  /// Why it was not even begun, or "".
  std::string Refusal;
  int ExitCode = 1;
};

/// Does what Clang's main program does with these words: its driver, which has
/// to plan for one compile and to say nothing, then that compile, in this
/// process. Program is where the driver thinks it is. The process is used up
/// afterwards.
Compiled compile(llvm::StringRef Program, llvm::ArrayRef<const char *> Words);

} // namespace dfeheaders

#endif // DFE_RESIDENTCOMPILER_COMPILE_H
