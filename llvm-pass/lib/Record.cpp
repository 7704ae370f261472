//===- Record.cpp - dfe-record: write the reference graph ----------------===//
//
//   opt -load-pass-plugin=DeadFnElim.so -passes='dfe-record<out=m.dfegraph>'
//
// The graph shows the module as the front end made it. Nothing is changed.
//
//===----------------------------------------------------------------------===//

#include "DeadFnElim/ModuleGraph.h"
#include "DeadFnElim/Output.h"
#include "DeadFnElim/Passes.h"
#include "DeadFnElim/Recording.h"
#include "DeadFnElim/Report.h"
#include "DeadFnElim/Roots.h"
#include "llvm/ADT/Statistic.h"
#include "llvm/IR/Constants.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/TimeProfiler.h"

#define DEBUG_TYPE "dfe-record"

using namespace llvm;

STATISTIC(NumRecorded, "Number of global values recorded");

namespace deadfn {

static dfe::NodeLinkage linkageOf(const GlobalValue &GV) {
  switch (GV.getLinkage()) {
  case GlobalValue::ExternalLinkage:
    return dfe::NodeLinkage::kExternal;
  case GlobalValue::AvailableExternallyLinkage:
    return dfe::NodeLinkage::kAvailableExternally;
  case GlobalValue::LinkOnceAnyLinkage:
    return dfe::NodeLinkage::kLinkOnceAny;
  case GlobalValue::LinkOnceODRLinkage:
    return dfe::NodeLinkage::kLinkOnceOdr;
  case GlobalValue::WeakAnyLinkage:
    return dfe::NodeLinkage::kWeakAny;
  case GlobalValue::WeakODRLinkage:
    return dfe::NodeLinkage::kWeakOdr;
  case GlobalValue::AppendingLinkage:
    return dfe::NodeLinkage::kAppending;
  case GlobalValue::InternalLinkage:
    return dfe::NodeLinkage::kInternal;
  case GlobalValue::PrivateLinkage:
    return dfe::NodeLinkage::kPrivate;
  case GlobalValue::ExternalWeakLinkage:
    return dfe::NodeLinkage::kExternWeak;
  case GlobalValue::CommonLinkage:
    return dfe::NodeLinkage::kCommon;
  }
  llvm_unreachable("every linkage has a number");
}

static dfe::NodeKind kindOf(const GlobalValue &GV) {
  if (isa<Function>(GV))
    return dfe::NodeKind::kFunction;
  if (isa<GlobalVariable>(GV))
    return dfe::NodeKind::kVariable;
  return isa<GlobalAlias>(GV) ? dfe::NodeKind::kAlias : dfe::NodeKind::kIfunc;
}

// Ors Flag into the entries of llvm.global_ctors or llvm.global_dtors.
static void flagStructors(const ModuleGraph &Graph, StringRef Array,
                          uint32_t Flag, std::vector<uint32_t> &Flags) {
  const GlobalVariable *List = Graph.module().getNamedGlobal(Array);
  if (!List || !List->hasInitializer())
    return;
  for (const Use &Entry : List->getInitializer()->operands())
    if (auto *Struct = dyn_cast<ConstantStruct>(Entry.get()))
      if (auto *F =
              dyn_cast<GlobalValue>(Struct->getOperand(1)->stripPointerCasts()))
        Flags[Graph.idOf(*F)] |= Flag;
}

static std::vector<uint32_t> flagsOf(const ModuleGraph &Graph) {
  std::vector<uint32_t> Flags(Graph.numGlobals());
  Roots Unconditional(Graph, /*Seeds=*/nullptr);
  for (NodeId N = 0; N < Graph.numGlobals(); ++N) {
    const GlobalValue &GV = Graph.global(N);
    auto SetIf = [&](bool Holds, uint32_t Flag) {
      if (Holds)
        Flags[N] |= Flag;
    };
    SetIf(GV.isDeclaration(), dfe::kDeclaration);
    SetIf(GV.isThreadLocal(), dfe::kThreadLocal);
    SetIf(Graph.isAsmNamed(N), dfe::kAsmNamed);
    SetIf(GV.hasGlobalUnnamedAddr(), dfe::kUnnamedAddr);
    SetIf(!GV.isDeclaration() && Unconditional.reasonOf(N) != KeepReason::None,
          dfe::kRoot);
  }
  SmallVector<GlobalValue *, 16> Used;
  collectUsedGlobalVariables(Graph.module(), Used, /*CompilerUsed=*/false);
  for (const GlobalValue *GV : Used)
    Flags[Graph.idOf(*GV)] |= dfe::kUsed;
  Used.clear();
  collectUsedGlobalVariables(Graph.module(), Used, /*CompilerUsed=*/true);
  for (const GlobalValue *GV : Used)
    Flags[Graph.idOf(*GV)] |= dfe::kCompilerUsed;
  flagStructors(Graph, "llvm.global_ctors", dfe::kConstructor, Flags);
  flagStructors(Graph, "llvm.global_dtors", dfe::kDestructor, Flags);
  return Flags;
}

dfe::ReferenceGraph recordGraph(const ModuleGraph &Graph) {
  dfe::ReferenceGraph Out(Graph.module().getModuleIdentifier());
  std::vector<uint32_t> Flags = flagsOf(Graph);
  DenseMap<const Comdat *, uint32_t> Comdats;
  for (NodeId N = 0; N < Graph.numReferring(); ++N) {
    dfe::GraphNode Node;
    if (N < Graph.numGlobals()) {
      const GlobalValue &GV = Graph.global(N);
      Node.kind = kindOf(GV);
      Node.linkage = linkageOf(GV);
      Node.visibility = static_cast<dfe::NodeVisibility>(GV.getVisibility());
      Node.flags = Flags[N];
      Node.size = GV.isDeclaration() ? 0 : Graph.sizeOf(N);
      Node.name = GlobalValue::dropLLVMManglingEscape(GV.getName()).str();
      if (const Comdat *C = GV.getComdat())
        Node.comdat = Comdats.try_emplace(C, Comdats.size() + 1).first->second;
    } else {
      Node.kind = dfe::NodeKind::kConstant;
    }
    ArrayRef<NodeId> References = Graph.references(N);
    Out.AddNode(std::move(Node),
                std::vector<uint32_t>(References.begin(), References.end()));
  }
  return Out;
}

PreservedAnalyses RecordPass::run(Module &M, ModuleAnalysisManager &) {
  TimeTraceScope Timer("dfe-record", M.getModuleIdentifier());
  Report Report(M, Options, DEBUG_TYPE);
  if (Options.RecordDir.empty() && Options.Out.empty()) {
    Report.error("record-dir: expected a folder, got none");
    return PreservedAnalyses::all();
  }
  if (!Options.RecordDir.empty()) {
    // A folder that cannot be made shows when the file in it is written.
    // NOLINTNEXTLINE(bugprone-unused-return-value)
    (void)sys::fs::create_directories(Options.RecordDir);
  }
  ModuleGraph Graph(M);
  std::string Path = outputPath(M, Options, Options.RecordDir, ".dfegraph");
  if (auto Error = recordGraph(Graph).Save(Path, Options.Identity)) {
    Report.error(Error->message);
    return PreservedAnalyses::all();
  }
  NumRecorded += Graph.numGlobals();
  Report.log("recorded " + Twine(Graph.numGlobals()) + " symbols in " + Path);
  return PreservedAnalyses::all();
}

} // namespace deadfn
