//===- Report.cpp - remarks, log lines and errors ------------------------===//
//
// Remarks go through the host's own machinery (-Rpass=dead-fn-elim,
// -pass-remarks, YAML files). The log is for hosts that swallow both remarks
// and stderr, such as a linker run by rustc; each line is one append, so that
// many processes may share a file.
//
//===----------------------------------------------------------------------===//

#include "DeadFnElim/Report.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using NV = llvm::DiagnosticInfoOptimizationBase::Argument;

static constexpr const char *RemarkPass = "dead-fn-elim";

namespace deadfn {

void Report::error(const Twine &Text) const {
  std::string Message = (Pass + ": " + Text).str();
  log("error: " + Text);
  if (Options.Strict) {
    M.getContext().emitError(Message);
    return;
  }
  // A remark and not a warning: -Werror must not turn it into a failure.
  M.getContext().diagnose(DiagnosticInfoGeneric(Message, DS_Remark));
}

void Report::log(const Twine &Text) const {
  if (Options.Log.empty())
    return;
  std::string Line =
      (Pass + ": " + M.getModuleIdentifier() + ": " + Text + "\n").str();
  std::error_code EC;
  raw_fd_ostream OS(Options.Log, EC, sys::fs::OF_Append);
  // Nowhere left to complain to.
  if (EC)
    return;
  OS.SetUnbuffered();
  OS << Line;
  OS.clear_error();
}

// A reason that holds whatever the program needs: what a user may want to know
// about.
static bool isDoubt(KeepReason Reason) {
  return Reason != KeepReason::None && Reason != KeepReason::Seed &&
         Reason != KeepReason::Reached && Reason != KeepReason::Reserved;
}

void Report::remarks(const ModuleGraph &Graph, const Liveness &Live,
                     StringRef Verb) const {
  if (!Options.Explain.empty())
    log("explain " + Options.Explain + ": " + Live.explain(Options.Explain));
  LLVMContext &Ctx = M.getContext();
  if (!Ctx.getLLVMRemarkStreamer() &&
      !Ctx.getDiagHandlerPtr()->isAnyRemarkEnabled(RemarkPass))
    return;
  for (NodeId N = 0; N < Graph.numGlobals(); ++N) {
    auto *F = dyn_cast<Function>(&Graph.global(N));
    if (!F || F->isDeclaration())
      continue;
    if (Live.isDead(N)) {
      OptimizationRemark Remark(RemarkPass, "Dead", F);
      Remark << NV("Function", F->getName()) << " " << Verb << ": no seed "
             << "needs it (" << NV("Size", Graph.sizeOf(N)) << " instructions)";
      Ctx.diagnose(Remark);
    } else if (isDoubt(Live.reason(N))) {
      OptimizationRemarkMissed Remark(RemarkPass, "Kept", F);
      Remark << NV("Function", F->getName())
             << " kept: " << NV("Reason", keepReasonName(Live.reason(N)));
      Ctx.diagnose(Remark);
    }
  }
}

void Report::verify(Module &Changed) const {
  if (!Options.Verify)
    return;
  std::string Text;
  raw_string_ostream OS(Text);
  if (verifyModule(Changed, &OS))
    report_fatal_error(Twine(Pass) + ": " + M.getModuleIdentifier() +
                       ": the result is not valid: " + Text);
}

} // namespace deadfn
