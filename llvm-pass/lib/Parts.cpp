//===- Parts.cpp - dfe-parts: divide a module to optimise it in parallel --===//
//
//   opt -load-pass-plugin=DeadFnElim.so
//   -passes='dfe-parts<parts=2;parts-dir=D>'
//
// Part 0 stays in the module, and the host's pipeline goes on with it; each
// other part becomes a bitcode file in the folder, and D/locals names the
// locals that were promoted, for whoever joins the objects to make them local
// again. See PartsPlan.h for what goes where.
//
// In a compile the pass runs after the first simplification of each function,
// which costs little and halves what has to be written. There it asks first, by
// a line on the descriptor `parts-channel`, how many parts there should be:
// whether cores are idle is better known now than when the compile began. The
// talk, one line each:
//
//   pass:   ask INSTRUCTIONS       or: no REASON, and the compile goes on as if
//                                  there were no pass
//   other:  N                      less than 2: the same
//   pass:   part K                 for 1 … N-1, when D/K.bc is there
//   pass:   done                   D/locals is there
//
// Whoever sees no "done" must take no part for anything.
//
// 1. Ask. 2. Learn from the whole what parts cannot know: constants that
// nobody writes, what functions do to memory. 3. Plan. 4. Promote. 5. Write the
// other parts. 6. Erase here what they have.
//
//===----------------------------------------------------------------------===//

#include "DeadFnElim/Erase.h"
#include "DeadFnElim/PartsPlan.h"
#include "DeadFnElim/Passes.h"
#include "DeadFnElim/Report.h"
#include "dfe/format/envelope.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/Statistic.h"
#include "llvm/Analysis/CGSCCPassManager.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/TimeProfiler.h"
#include "llvm/Transforms/IPO/FunctionAttrs.h"
#include "llvm/Transforms/IPO/GlobalOpt.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"
#include <unistd.h>

#define DEBUG_TYPE "dfe-parts"

using namespace llvm;

STATISTIC(NumParts, "Number of parts that modules were divided into");
STATISTIC(NumLocalsPromoted, "Number of locals promoted for other parts");

namespace deadfn {
namespace {

/// Each holds copies of what it uses: nobody wants more.
constexpr uint64_t MostParts = 64;

/// The other end of `parts-channel`; without one, the answer is `parts`.
class Channel {
public:
  explicit Channel(const PassOptions &Options) : Options(Options) {}
  void say(const Twine &Text) const;
  uint64_t answer() const;

private:
  bool exists() const { return Options.PartsChannel != 0; }
  const PassOptions &Options;
};

/// One division of one module.
class Divider {
public:
  Divider(const ModuleGraph &Graph, const PartsPlan &Plan)
      : M(Graph.module()), Graph(Graph), Plan(Plan) {}

  /// Returns the names that have to become local again.
  std::string promoteLocals();
  std::unique_ptr<Module> clonePart(unsigned Part);
  void keepFirstPart();

private:
  void takeUsedLists();
  void giveUsedLists(Module &Of, unsigned Part, ValueToValueMapTy *Map) const;
  void makeAvailable(GlobalValue &GV) const;

  Module &M;
  const ModuleGraph &Graph;
  const PartsPlan &Plan;
  SmallVector<GlobalValue *, 16> Used, CompilerUsed;
};

} // namespace

void Channel::say(const Twine &Text) const {
  if (!exists())
    return;
  const std::string Line = (Text + "\n").str();
  // Who does not listen any more has given up on us, and says so itself.
  (void)!::write(static_cast<int>(Options.PartsChannel), Line.data(),
                 Line.size());
}

uint64_t Channel::answer() const {
  if (!exists())
    return Options.Parts;
  std::string Line;
  char C;
  while (::read(static_cast<int>(Options.PartsChannel), &C, 1) == 1 &&
         C != '\n')
    Line += C;
  uint64_t Number = 0;
  return StringRef(Line).getAsInteger(10, Number) ? 0 : Number;
}

std::string Divider::promoteLocals() {
  takeUsedLists();
  std::string Names;
  for (NodeId N = 0; N < Graph.numGlobals(); ++N) {
    GlobalValue &GV = Graph.global(N);
    if (Plan.isPromoted(N)) {
      // Its own name: a module has no two globals of one name, so none of the
      // parts means another thing by it.
      if (!GV.hasName())
        GV.setName("dfe.unnamed");
      GV.setLinkage(GlobalValue::ExternalLinkage);
      GV.setVisibility(GlobalValue::HiddenVisibility);
      GV.setDSOLocal(true);
      Names += GV.getName();
      Names += '\n';
      ++NumLocalsPromoted;
    } else if (GV.hasLinkOnceLinkage()) {
      // Its home must keep what another part only declares.
      for (unsigned Part = 0; Part < Plan.parts(); ++Part)
        if (Plan.role(Part, N) == PartRole::Declare)
          GV.setLinkage(GV.hasLinkOnceODRLinkage()
                            ? GlobalValue::WeakODRLinkage
                            : GlobalValue::WeakAnyLinkage);
    }
  }
  return Names;
}

// llvm.used is one list with references to everything: each part has its own.
void Divider::takeUsedLists() {
  for (bool Compiler : {false, true})
    if (GlobalVariable *List = collectUsedGlobalVariables(
            M, Compiler ? CompilerUsed : Used, Compiler))
      List->eraseFromParent();
}

void Divider::giveUsedLists(Module &Of, unsigned Part,
                            ValueToValueMapTy *Map) const {
  for (bool Compiler : {false, true}) {
    SmallVector<GlobalValue *, 16> List;
    for (GlobalValue *GV : Compiler ? CompilerUsed : Used)
      if (Plan.role(Part, Graph.idOf(*GV)) == PartRole::Define)
        List.push_back(Map ? cast<GlobalValue>((*Map)[GV]) : GV);
    if (!List.empty())
      (Compiler ? appendToCompilerUsed : appendToUsed)(Of, List);
  }
}

void Divider::makeAvailable(GlobalValue &GV) const {
  GV.setLinkage(GlobalValue::AvailableExternallyLinkage);
  if (auto *GO = dyn_cast<GlobalObject>(&GV))
    GO->setComdat(nullptr);
}

// Debug information lists what a file declares, variables among it; each
// variable is described where it is, and all else by the first part.
static void keepDebugLists(Module &Of, bool IsFirst) {
  SmallPtrSet<const Metadata *, 32> Here;
  for (const GlobalVariable &V : Of.globals()) {
    SmallVector<DIGlobalVariableExpression *, 1> Described;
    V.getDebugInfo(Described);
    if (!V.isDeclaration() && !V.hasAvailableExternallyLinkage())
      Here.insert(Described.begin(), Described.end());
  }
  for (DICompileUnit *Unit : Of.debug_compile_units()) {
    SmallVector<Metadata *, 32> Variables;
    for (DIGlobalVariableExpression *E : Unit->getGlobalVariables())
      // An expression without a variable says a constant.
      if (Here.contains(E) ||
          (IsFirst && E->getExpression() && E->getExpression()->isConstant()))
        Variables.push_back(E);
    Unit->replaceGlobalVariables(MDTuple::get(Of.getContext(), Variables));
    if (IsFirst)
      continue;
    Unit->replaceEnumTypes(nullptr);
    Unit->replaceRetainedTypes(nullptr);
    Unit->replaceImportedEntities(nullptr);
    Unit->replaceMacros(nullptr);
  }
}

std::unique_ptr<Module> Divider::clonePart(unsigned Part) {
  ValueToValueMapTy Map;
  std::unique_ptr<Module> Clone =
      CloneModule(M, Map, [&](const GlobalValue *GV) {
        return Plan.role(Part, Graph.idOf(*GV)) >= PartRole::Available;
      });
  for (NodeId N = 0; N < Graph.numGlobals(); ++N) {
    GlobalValue &GV = Graph.global(N);
    auto *Ours = cast<GlobalValue>(Map[&GV]);
    if (Plan.role(Part, N) == PartRole::Available)
      makeAvailable(*Ours);
    // CloneModule declares aliases without it.
    if (isa<GlobalAlias>(GV) && !isa<GlobalAlias>(Ours)) {
      Ours->setVisibility(GV.getVisibility());
      Ours->setDSOLocal(GV.isDSOLocal());
    }
  }
  eraseUnusedDeclarations(*Clone);
  giveUsedLists(*Clone, Part, &Map);
  keepDebugLists(*Clone, /*IsFirst=*/false);
  // Said once for an object.
  for (StringRef Once : {"llvm.ident", "llvm.commandline",
                         "llvm.dependent-libraries", "llvm.linker.options"})
    if (NamedMDNode *Node = Clone->getNamedMetadata(Once))
      Clone->eraseNamedMetadata(Node);
  return Clone;
}

void Divider::keepFirstPart() {
  BitVector Elsewhere(Graph.numGlobals());
  for (NodeId N = 0; N < Graph.numGlobals(); ++N) {
    GlobalValue &GV = Graph.global(N);
    if (Plan.role(0, N) == PartRole::Available)
      makeAvailable(GV);
    else if (Plan.role(0, N) <= PartRole::Declare && !GV.isDeclaration())
      Elsewhere.set(N);
  }
  giveUsedLists(M, 0, nullptr);
  eraseDefinitions(Graph, Elsewhere);
  keepDebugLists(M, /*IsFirst=*/true);
}

// What only the whole module shows, and every part is better for. Constants
// that flow through calls (IPSCCP) were tried, too: no fewer instructions.
static void learnFromWhole(Module &M, ModuleAnalysisManager &AM) {
  ModulePassManager Passes;
  Passes.addPass(GlobalOptPass());
  Passes.addPass(createModuleToPostOrderCGSCCPassAdaptor(
      PostOrderFunctionAttrsPass(/*SkipNonRecursive=*/false)));
  Passes.run(M, AM);
}

PreservedAnalyses PartsPass::run(Module &M, ModuleAnalysisManager &AM) {
  TimeTraceScope Timer("dfe-parts", M.getModuleIdentifier());
  Report Report(M, Options, DEBUG_TYPE);
  if (Options.PartsDir.empty()) {
    Report.error("parts-dir: expected a folder, got none");
    return PreservedAnalyses::all();
  }
  const Channel Channel(Options);
  if (std::string Why = PartsPlan::refusal(M); !Why.empty()) {
    Channel.say("no " + Why);
    Report.log("not divided: " + Why);
    return PreservedAnalyses::all();
  }
  Channel.say("ask " + Twine(M.getInstructionCount()));
  const uint64_t Parts = Channel.answer();
  if (Parts < 2)
    return PreservedAnalyses::all();
  if (Parts > MostParts) {
    Report.error("parts: expected at most " + Twine(MostParts) + ", got " +
                 Twine(Parts));
    return PreservedAnalyses::all();
  }

  learnFromWhole(M, AM);
  ModuleGraph Graph(M);
  PartsPlan Plan(Graph, Parts, Options);
  Divider Divider(Graph, Plan);
  const std::string Locals = Divider.promoteLocals();
  std::string Sizes = std::to_string(Plan.sizeOf(0));
  for (unsigned Part = 1; Part < Parts; ++Part) {
    std::unique_ptr<Module> Clone = Divider.clonePart(Part);
    Report.verify(*Clone);
    SmallString<0> Bytes;
    raw_svector_ostream OS(Bytes);
    WriteBitcodeToFile(*Clone, OS);
    if (auto Error = dfe::WriteFileAtomically(Options.PartsDir + "/" +
                                                  std::to_string(Part) + ".bc",
                                              Bytes.str())) {
      // What stays here is whole, if not what it was: who sees no "done" does
      // not use it.
      Report.error(Error->message);
      return PreservedAnalyses::none();
    }
    Channel.say("part " + Twine(Part));
    Sizes += " + " + std::to_string(Plan.sizeOf(Part));
  }
  Divider.keepFirstPart();
  if (auto Error =
          dfe::WriteFileAtomically(Options.PartsDir + "/locals", Locals)) {
    Report.error(Error->message);
    return PreservedAnalyses::none();
  }
  Channel.say("done");
  NumParts += Parts;
  Report.log("divided: " + Twine(Sizes) + " instructions");
  Report.verify(M);
  return PreservedAnalyses::none();
}

} // namespace deadfn
