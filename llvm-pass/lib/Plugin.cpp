//===- Plugin.cpp - what the plugin does, and when -----------------------===//
//
// Reads as the pipeline: configuration, then where in the host's pipeline the
// configured pass runs, then the names under which `opt` knows the passes.
//
// Hosts: clang (-fpass-plugin), rustc (-Zllvm-plugins), opt
// (-load-pass-plugin), lld and rust-lld (--load-pass-plugin). With nothing
// configured, none of their pipelines gets a pass from us.
//
//===----------------------------------------------------------------------===//

#include "DeadFnElim/Passes.h"
#include "DeadFnElim/Report.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Plugins/PassPlugin.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace deadfn {

PreservedAnalyses ConfigErrorPass::run(Module &M, ModuleAnalysisManager &) {
  Report Report(M, Options, "dead-fn-elim");
  for (const std::string &Error : Errors)
    Report.error(Error);
  return PreservedAnalyses::all();
}

static void addConfiguredPass(ModulePassManager &MPM,
                              const PassOptions &Options) {
  switch (Options.Mode) {
  case option::Mode::Off:
    return;
  case option::Mode::Record:
    return MPM.addPass(RecordPass(Options));
  case option::Mode::Cut:
    return MPM.addPass(CutPass(Options));
  case option::Mode::Defer:
    return MPM.addPass(DeferPass(Options));
  case option::Mode::Stub:
    return MPM.addPass(StubPass(Options));
  case option::Mode::Parts:
    return MPM.addPass(PartsPass(Options));
  }
}

// 1. Configuration decides whether anything is registered at all.
// 2. Compiles, and ThinLTO backends that run a full pipeline, have a pipeline
//    start. 3. Full LTO has its own start. A dead half made there would come
//    too late to be linked, so dfe-defer is for compiles only.
static void registerPipelineHooks(PassBuilder &PB) {
  PassOptions Options;
  std::vector<std::string> Errors = Options.setFromEnvironment();
  if (!Errors.empty()) {
    PB.registerPipelineStartEPCallback(
        [=](ModulePassManager &MPM, OptimizationLevel) {
          MPM.addPass(ConfigErrorPass(Options, Errors));
        });
    return;
  }
  if (Options.Mode == option::Mode::Off)
    return;
  if (Options.Mode == option::Mode::Parts) {
    // An LTO compile optimises nothing that would be worth dividing.
    PB.registerPipelineEarlySimplificationEPCallback(
        [=](ModulePassManager &MPM, OptimizationLevel Level,
            ThinOrFullLTOPhase Phase) {
          if (Level != OptimizationLevel::O0 &&
              Phase == ThinOrFullLTOPhase::None)
            addConfiguredPass(MPM, Options);
        });
    return;
  }
  PB.registerPipelineStartEPCallback(
      [=](ModulePassManager &MPM, OptimizationLevel) {
        addConfiguredPass(MPM, Options);
      });
  if (Options.Mode == option::Mode::Defer)
    return;
  PB.registerFullLinkTimeOptimizationEarlyEPCallback(
      [=](ModulePassManager &MPM, OptimizationLevel) {
        addConfiguredPass(MPM, Options);
      });
}

// NAME or NAME<parameters>: true if Text names the pass. `opt` itself only says
// that a name is unknown, so what is wrong with parameters is printed here.
template <typename Pass>
static bool parseNamedPass(StringRef Text, StringRef Name,
                           ModulePassManager &MPM, bool &Failed) {
  if (!Text.consume_front(Name))
    return false;
  if (!Text.empty() && (!Text.consume_front("<") || !Text.consume_back(">")))
    return false;
  PassOptions Options;
  std::vector<std::string> Errors = Options.setFromEnvironment();
  if (std::string Error = Options.setFromParameters(Name, Text); !Error.empty())
    Errors.push_back(std::move(Error));
  for (const std::string &Error : Errors)
    errs() << "error: " << Error << '\n';
  Failed = !Errors.empty();
  if (!Failed)
    MPM.addPass(Pass(std::move(Options)));
  return true;
}

static bool parsePassName(StringRef Text, ModulePassManager &MPM,
                          ArrayRef<PassBuilder::PipelineElement>) {
  bool Failed = false;
  bool Known =
      parseNamedPass<RecordPass>(Text, "dfe-record", MPM, Failed) ||
      parseNamedPass<CutPass>(Text, "dfe-cut", MPM, Failed) ||
      parseNamedPass<DeferPass>(Text, "dfe-defer", MPM, Failed) ||
      parseNamedPass<StubPass>(Text, "dfe-stub", MPM, Failed) ||
      parseNamedPass<PartsPass>(Text, "dfe-parts", MPM, Failed) ||
      parseNamedPass<PrintGraphPass>(Text, "print<dfe-graph>", MPM, Failed);
  return Known && !Failed;
}

static void registerCallbacks(PassBuilder &PB) {
  registerPipelineHooks(PB);
  PB.registerPipelineParsingCallback(parsePassName);
}

} // namespace deadfn

extern "C" LLVM_ATTRIBUTE_VISIBILITY_DEFAULT PassPluginLibraryInfo
llvmGetPassPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "DeadFnElim", DFE_VERSION,
          deadfn::registerCallbacks};
}
