//===- Passes.h - the passes of the plugin ---------------------*- C++ -*-===//
//
// Each pass lives in its own file, carries its options by value, and changes
// nothing if it meets an error.
//
//===----------------------------------------------------------------------===//

#ifndef DEADFNELIM_PASSES_H
#define DEADFNELIM_PASSES_H

#include "DeadFnElim/PassOptions.h"
#include "llvm/IR/PassManager.h"

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace deadfn {

/// What all passes share: their options, and that optnone does not skip them.
template <typename Derived>
class ConfiguredPass : public llvm::PassInfoMixin<Derived> {
public:
  // Inherited by every pass, and a private one could not be.
  // NOLINTNEXTLINE(bugprone-crtp-constructor-accessibility)
  explicit ConfiguredPass(PassOptions Options) : Options(std::move(Options)) {}
  static bool isRequired() { return true; }

protected:
  PassOptions Options;
};

/// dfe-record: writes the reference graph of the module to a file.
class RecordPass : public ConfiguredPass<RecordPass> {
public:
  using ConfiguredPass::ConfiguredPass;
  llvm::PreservedAnalyses run(llvm::Module &M, llvm::ModuleAnalysisManager &);
};

/// print<dfe-graph>: prints the reference graph to stderr.
class PrintGraphPass : public ConfiguredPass<PrintGraphPass> {
public:
  using ConfiguredPass::ConfiguredPass;
  llvm::PreservedAnalyses run(llvm::Module &M, llvm::ModuleAnalysisManager &);
};

/// dfe-cut: removes what no seed needs.
class CutPass : public ConfiguredPass<CutPass> {
public:
  using ConfiguredPass::ConfiguredPass;
  llvm::PreservedAnalyses run(llvm::Module &M, llvm::ModuleAnalysisManager &);
};

/// dfe-defer: moves what no seed needs to a bitcode file of its own.
class DeferPass : public ConfiguredPass<DeferPass> {
public:
  using ConfiguredPass::ConfiguredPass;
  llvm::PreservedAnalyses run(llvm::Module &M, llvm::ModuleAnalysisManager &);
};

/// dfe-stub: replaces the body of each function that no seed needs by a call to
/// __dfe_stub_hit with its name.
class StubPass : public ConfiguredPass<StubPass> {
public:
  using ConfiguredPass::ConfiguredPass;
  llvm::PreservedAnalyses run(llvm::Module &M, llvm::ModuleAnalysisManager &);
};

/// dfe-parts: moves all parts of the module but the first to bitcode files.
class PartsPass : public ConfiguredPass<PartsPass> {
public:
  using ConfiguredPass::ConfiguredPass;
  llvm::PreservedAnalyses run(llvm::Module &M, llvm::ModuleAnalysisManager &);
};

/// Stands in for a pass whose configuration is wrong: says what is wrong.
class ConfigErrorPass : public ConfiguredPass<ConfigErrorPass> {
public:
  ConfigErrorPass(PassOptions Options, std::vector<std::string> Errors)
      : ConfiguredPass(std::move(Options)), Errors(std::move(Errors)) {}
  llvm::PreservedAnalyses run(llvm::Module &M, llvm::ModuleAnalysisManager &);

private:
  std::vector<std::string> Errors;
};

} // namespace deadfn

#endif // DEADFNELIM_PASSES_H
