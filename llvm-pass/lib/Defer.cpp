//===- Defer.cpp - dfe-defer: split off what no seed needs ---------------===//
//
//   opt -load-pass-plugin=DeadFnElim.so
//       -passes='dfe-defer<seeds=FILE;defer-dir=DIR>'
//
// The live half stays in the module; the dead half becomes a bitcode file that
// the build adds to the archive of the same library. A linker reads such a
// member only if some symbol of it is undefined, so a wrong seed costs the
// compile of one dead half at link time and is never wrong.
//
// 1. Decide what goes where (SplitPlan.h). 2. Promote shared locals. 3. Clone
// the dead half, make it a module of its own, write it with a ThinLTO summary.
// 4. Only now, with the dead half safe on disk, remove it from the module.
//
// Names that both halves use must survive whatever happens to the live half,
// including rustc's thin-local LTO, which internalises what it does not know:
// they go to llvm.compiler.used. That does not keep a linker from dropping
// them.
//
// The dead half keeps the semantics of archives. In a plain build, pulling a
// member also runs its constructors; so if the live half has any effect of its
// own, it defines an anchor that the dead half declares, and that pulls it.
//
//===----------------------------------------------------------------------===//

#include "DeadFnElim/Erase.h"
#include "DeadFnElim/Output.h"
#include "DeadFnElim/Passes.h"
#include "DeadFnElim/Prediction.h"
#include "DeadFnElim/SplitPlan.h"
#include "dfe/format/envelope.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/Statistic.h"
#include "llvm/Analysis/ModuleSummaryAnalysis.h"
#include "llvm/Analysis/ProfileSummaryInfo.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Constants.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/TimeProfiler.h"
#include "llvm/Transforms/Utils/CanonicalizeAliases.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"
#include "llvm/Transforms/Utils/NameAnonGlobals.h"

#define DEBUG_TYPE "dfe-defer"

using namespace llvm;

STATISTIC(NumFunctionsDeferred, "Number of functions moved to a dead half");
STATISTIC(NumPromoted, "Number of locals promoted for a dead half");
STATISTIC(NumDuplicated, "Number of definitions copied into a dead half");
STATISTIC(NumHalves, "Number of dead halves written");

namespace deadfn {
namespace {

/// One split of one module.
class Splitter {
public:
  Splitter(const ModuleGraph &Graph, const SplitPlan &Plan,
           const PassOptions &Options, std::string Path)
      : M(Graph.module()), Graph(Graph), Plan(Plan), Path(std::move(Path)),
        Key(moduleKey(M, Options)) {}

  unsigned promoteLocals();
  std::unique_ptr<Module> cloneDeadHalf();
  std::optional<dfe::FormatError> write(Module &DeadHalf,
                                        ModuleAnalysisManager &AM) const;
  EraseCounts keepLiveHalf();

  unsigned Duplicated = 0;

private:
  bool liveHalfHasEffects() const;

  Module &M;
  const ModuleGraph &Graph;
  const SplitPlan &Plan;
  std::string Path;
  std::string Key;
  // Names that both halves mean.
  SmallVector<GlobalValue *, 16> Shared;
  bool NeedsAnchor = false;
};

} // namespace

unsigned Splitter::promoteLocals() {
  unsigned Count = 0;
  for (NodeId N = 0; N < Graph.numGlobals(); ++N) {
    GlobalValue &GV = Graph.global(N);
    if (Plan.role(N) == SplitRole::Promote) {
      ++Count;
      GV.setName((GV.hasName() ? GV.getName() : "local") + ".dfe." + Key);
      GV.setLinkage(GlobalValue::ExternalLinkage);
      GV.setVisibility(GlobalValue::HiddenVisibility);
      GV.setDSOLocal(true);
    }
    if (Plan.role(N) == SplitRole::Promote ||
        (Plan.role(N) == SplitRole::Declare && !GV.isDeclaration() &&
         !isa<GlobalIFunc>(GV)))
      Shared.push_back(&GV);
  }
  return Count;
}

// Something happens when the live half is linked, even if nobody refers to it.
bool Splitter::liveHalfHasEffects() const {
  return !M.getModuleInlineAsm().empty() ||
         any_of(M.globals(), [](const GlobalVariable &V) {
           return V.getName() == "llvm.global_ctors" ||
                  V.getName() == "llvm.global_dtors" ||
                  V.getName() == "llvm.used" ||
                  (V.hasSection() && !V.isDeclaration());
         });
}

static void declareIFunc(GlobalIFunc &I) {
  auto *F = Function::Create(cast<FunctionType>(I.getValueType()),
                             GlobalValue::ExternalLinkage, I.getAddressSpace(),
                             "", I.getParent());
  F->takeName(&I);
  F->setVisibility(I.getVisibility());
  F->setDSOLocal(I.isDSOLocal());
  I.replaceAllUsesWith(F);
  I.eraseFromParent();
}

std::unique_ptr<Module> Splitter::cloneDeadHalf() {
  BitVector Defined(Graph.numGlobals());
  for (NodeId N = 0; N < Graph.numGlobals(); ++N) {
    SplitRole Role = Plan.role(N);
    Duplicated += Role == SplitRole::Duplicate;
    if (Role == SplitRole::Move || Role == SplitRole::Duplicate)
      Defined.set(N);
  }
  ValueToValueMapTy Map;
  std::unique_ptr<Module> Half =
      CloneModule(M, Map, [&](const GlobalValue *GV) {
        return Defined.test(Graph.idOf(*GV));
      });
  Half->setModuleIdentifier(M.getModuleIdentifier() + ".dfe-dead");
  // Assembly has one home, the live half: a copy would define symbols twice.
  Half->setModuleInlineAsm("");
  // CloneModule declares aliases without their visibility, and always defines
  // ifuncs, whose resolver may be in the live half.
  for (const GlobalAlias &A : M.aliases())
    if (!Defined.test(Graph.idOf(A))) {
      auto *Declaration = cast<GlobalValue>(Map[&A]);
      Declaration->setVisibility(A.getVisibility());
      Declaration->setDSOLocal(A.isDSOLocal());
    }
  for (const GlobalIFunc &I : M.ifuncs())
    if (!Defined.test(Graph.idOf(I)))
      declareIFunc(*cast<GlobalIFunc>(Map[&I]));
  eraseUnusedDeclarations(*Half);
  NeedsAnchor = liveHalfHasEffects();
  if (NeedsAnchor) {
    auto *Anchor = new GlobalVariable(
        *Half, Type::getInt8Ty(M.getContext()), /*isConstant=*/true,
        GlobalValue::ExternalLinkage, nullptr, "__dfe_live." + Key);
    Anchor->setVisibility(GlobalValue::HiddenVisibility);
  }
  return Half;
}

std::optional<dfe::FormatError>
Splitter::write(Module &Half, ModuleAnalysisManager &AM) const {
  // What every ThinLTO pre-link pipeline ends with: a summary knows globals by
  // name only, and aliases by their base only; lld crashes on others.
  CanonicalizeAliasesPass().run(Half, AM);
  NameAnonGlobalPass().run(Half, AM);
  ProfileSummaryInfo PSI(Half);
  ModuleSummaryIndex Index = buildModuleSummaryIndex(Half, nullptr, &PSI);
  SmallString<0> Bytes;
  raw_svector_ostream OS(Bytes);
  WriteBitcodeToFile(Half, OS, /*ShouldPreserveUseListOrder=*/false, &Index,
                     /*GenerateHash=*/true);
  return dfe::WriteFileAtomically(Path, Bytes.str());
}

EraseCounts Splitter::keepLiveHalf() {
  if (NeedsAnchor) {
    Type *Byte = Type::getInt8Ty(M.getContext());
    auto *Anchor = new GlobalVariable(
        M, Byte, /*isConstant=*/true, GlobalValue::ExternalLinkage,
        ConstantInt::get(Byte, 0), "__dfe_live." + Key);
    Anchor->setVisibility(GlobalValue::HiddenVisibility);
    Shared.push_back(Anchor);
  }
  if (!Shared.empty())
    appendToCompilerUsed(M, Shared);
  BitVector Dead(Graph.numGlobals());
  for (NodeId N = 0; N < Graph.numGlobals(); ++N)
    if (SplitRole Role = Plan.role(N);
        Role == SplitRole::Move || Role == SplitRole::Discard)
      Dead.set(N);
  return eraseDefinitions(Graph, Dead);
}

PreservedAnalyses DeferPass::run(Module &M, ModuleAnalysisManager &AM) {
  TimeTraceScope Timer("dfe-defer", M.getModuleIdentifier());
  Report Report(M, Options, DEBUG_TYPE);
  if (Options.DeferDir.empty() && Options.Out.empty()) {
    Report.error("defer-dir: expected a folder, got none");
    return PreservedAnalyses::all();
  }
  auto Predicted =
      Prediction::make(M, Options, Liveness::Purpose::Split, Report);
  if (!Predicted)
    return PreservedAnalyses::all();
  ModuleGraph &Graph = Predicted->Graph;
  Liveness &Live = Predicted->Live;
  SplitPlan Plan(Graph, Live, Options);
  Report.remarks(Graph, Live, "deferred");

  if (!Options.DeferDir.empty()) {
    // A folder that cannot be made shows when the file in it is written.
    // NOLINTNEXTLINE(bugprone-unused-return-value)
    (void)sys::fs::create_directories(Options.DeferDir);
  }
  std::string Path = outputPath(M, Options, Options.DeferDir, ".dead.bc");
  Splitter Split(Graph, Plan, Options, Path);
  unsigned Promoted = 0;
  if (Plan.hasDeadHalf()) {
    Promoted = Split.promoteLocals();
    std::unique_ptr<Module> Half = Split.cloneDeadHalf();
    // A promoted local is still right in a module that keeps everything.
    if (auto Error = Split.write(*Half, AM)) {
      Report.error(Error->message);
      return Promoted ? PreservedAnalyses::none() : PreservedAnalyses::all();
    }
    Report.verify(*Half);
    ++NumHalves;
  }
  EraseCounts Counts = Split.keepLiveHalf();

  NumFunctionsDeferred += Counts.Functions;
  NumPromoted += Promoted;
  NumDuplicated += Split.Duplicated;
  Report.log((Plan.hasDeadHalf() ? "deferred to " + Path : "nothing to defer") +
             ": removed " + Twine(Counts.Functions) + " functions, " +
             Twine(Counts.Instructions) + " instructions; promoted " +
             Twine(Promoted) + ", copied " + Twine(Split.Duplicated));
  Report.verify(M);
  return PreservedAnalyses::none();
}

} // namespace deadfn
