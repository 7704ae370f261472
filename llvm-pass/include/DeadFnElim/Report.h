//===- Report.h - remarks, log lines and errors ----------------*- C++ -*-===//

#ifndef DEADFNELIM_REPORT_H
#define DEADFNELIM_REPORT_H

#include "DeadFnElim/Liveness.h"
#include "DeadFnElim/PassOptions.h"
#include "llvm/ADT/Twine.h"
#include "llvm/IR/Module.h"

namespace deadfn {

/// What one pass says about one module. Cheap unless somebody listens.
///
/// An error never breaks the host's compile unless `strict` is set: the caller
/// returns without a change after error().
class Report {
public:
  Report(llvm::Module &M, const PassOptions &Options, llvm::StringRef Pass)
      : M(M), Options(Options), Pass(Pass) {}

  /// Says why the pass does nothing.
  void error(const llvm::Twine &Text) const;

  /// Appends a line to the log, if there is one.
  void log(const llvm::Twine &Text) const;

  /// A remark for every function that goes, and one for each that stays for a
  /// reason other than need. Also answers `explain`.
  void remarks(const ModuleGraph &Graph, const Liveness &Live,
               llvm::StringRef Verb) const;

  /// Runs the verifier if `verify` asks for it; a failure is fatal, because the
  /// module is changed already.
  void verify(llvm::Module &Changed) const;

private:
  llvm::Module &M;
  const PassOptions &Options;
  llvm::StringRef Pass;
};

} // namespace deadfn

#endif // DEADFNELIM_REPORT_H
