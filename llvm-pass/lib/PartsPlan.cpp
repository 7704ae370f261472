//===- PartsPlan.cpp - which part of a module gets what ------------------===//
//
// 1. What cannot be torn apart is one unit: comdat groups, an alias and its
//    base, a function and the tables of its labels; and a local function that
//    is called once stays with its caller, because the inliner will always
//    take it, whatever its size.
// 2. Units go to parts in the order of the source, which is how people cluster
//    what belongs together, in shares of equal size. Then units move to where
//    most of their calls are, as long as the shares stay equal.
// 3. Each part gets small callees from other parts, and theirs, up to a size
//    that falls with the distance: local ones as locals of its own (so none has
//    to be promoted, and the optimiser drops those that it inlined), others as
//    available_externally. What has an identity (variables, functions whose
//    address is compared) exists once; if it is local and another part needs
//    it, it is promoted.
//
// Nothing depends on the value of a pointer, or on the number of cores: equal
// compiles in equally many parts give equal parts.
//
//===----------------------------------------------------------------------===//

#include "DeadFnElim/PartsPlan.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/GlobalAlias.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include <map>
#include <numeric>

using namespace llvm;

namespace deadfn {

std::string PartsPlan::refusal(const Module &M) {
  if (!M.getModuleInlineAsm().empty())
    return "module-level assembly";
  if (!M.ifunc_empty())
    return "resolved functions (ifunc)";
  unsigned Defined = 0;
  const TargetLibraryInfoImpl Library(M.getTargetTriple());
  for (const Function &F : M) {
    Defined += !F.isDeclaration();
    // The optimiser takes a function of such a name for the library's, unless
    // it is local, which it might not stay.
    if (LibFunc Known; F.hasLocalLinkage() && !F.isDeclaration() &&
                       Library.getLibFunc(F.getName(), Known))
      return ("a local function has the library's name " + F.getName()).str();
    // A label that assembly defines may exist once only, and a copy of a copy
    // of its function is nothing that a plain compile would make.
    for (const Instruction &I : instructions(F))
      if (const auto *Call = dyn_cast<CallBase>(&I))
        if (const auto *Asm = dyn_cast<InlineAsm>(Call->getCalledOperand()))
          if (StringRef(Asm->getAsmString()).contains(".globl") ||
              StringRef(Asm->getAsmString()).contains("section"))
            return ("assembly in " + F.getName() + " defines symbols").str();
  }
  return Defined < 2 ? "fewer than two functions" : "";
}

PartsPlan::PartsPlan(const ModuleGraph &Graph, unsigned Parts,
                     const PassOptions &Options)
    : Graph(Graph), Parts(Parts), Options(Options) {
  SmallVector<GlobalValue *, 16> List;
  collectUsedGlobalVariables(Graph.module(), List, /*CompilerUsed=*/false);
  collectUsedGlobalVariables(Graph.module(), List, /*CompilerUsed=*/true);
  Used.insert(List.begin(), List.end());
  findUnits();
  addEdges();
  assignInOrder();
  refine();

  std::vector<unsigned> OfUnits = std::move(Home);
  Home.resize(Graph.numGlobals());
  for (NodeId N = 0; N < Graph.numGlobals(); ++N)
    Home[N] = OfUnits[unitOf(N)];
  Promoted.resize(Graph.numGlobals());
  Sizes.assign(Parts, 0);
  Roles.resize(Parts);
  for (unsigned Part = 0; Part < Parts; ++Part)
    giveRoles(Part);
  // One part has a copy, and another is too far away to get one: then there is
  // one definition that all mean, and the copy is only for inlining.
  for (std::vector<PartRole> &Role : Roles)
    for (unsigned N : Promoted.set_bits())
      if (Role[N] == PartRole::Copy)
        Role[N] = PartRole::Available;
}

// --- 1. Units. ---

NodeId PartsPlan::unitOf(NodeId N) const {
  while (Parent[N] != N)
    N = Parent[N];
  return N;
}

void PartsPlan::join(NodeId A, NodeId B) {
  A = unitOf(A);
  B = unitOf(B);
  if (A > B)
    std::swap(A, B);
  Parent[B] = A;
}

static bool isAppending(const GlobalValue &GV) {
  return GV.hasAppendingLinkage() || GV.getName().starts_with("llvm.");
}

void PartsPlan::findUnits() {
  const NodeId Count = Graph.numGlobals();
  Parent.resize(Count);
  std::iota(Parent.begin(), Parent.end(), 0);
  AddressTaken.resize(Count);
  for (NodeId N = 0; N < Count; ++N) {
    const GlobalValue &GV = Graph.global(N);
    if (const auto *F = dyn_cast<Function>(&GV); F && F->hasAddressTaken())
      AddressTaken.set(N);
    for (NodeId Tie : Graph.ties(N)) {
      if (Tie < Count)
        join(N, Tie);
      else if (Tie >= Graph.numReferring())
        for (NodeId Member : Graph.references(Tie))
          join(N, Member);
    }
    if (const auto *A = dyn_cast<GlobalAlias>(&GV))
      if (const GlobalObject *Base = A->getAliaseeObject())
        join(N, Graph.idOf(*Base));
  }
  joinSingleCallees();
  // Constructors run in the order of their one list. Where an alias is, a
  // declaration of it cannot be.
  Fixed.resize(Count);
  for (NodeId N = 0; N < Count; ++N)
    if (const GlobalValue &GV = Graph.global(N);
        !GV.isDeclaration() && (isAppending(GV) || isa<GlobalAlias>(GV)))
      Fixed.set(unitOf(N));
  UnitSize.assign(Count, 0);
  for (NodeId N = 0; N < Count; ++N)
    if (isa<Function>(Graph.global(N)))
      UnitSize[unitOf(N)] += Graph.sizeOf(N);
}

void PartsPlan::joinSingleCallees() {
  for (NodeId N = 0; N < Graph.numGlobals(); ++N) {
    const auto *F = dyn_cast<Function>(&Graph.global(N));
    if (!F || F->isDeclaration() || !F->hasLocalLinkage() || !F->hasOneUse())
      continue;
    const auto *Call = dyn_cast<CallBase>(*F->user_begin());
    if (Call && Call->getCalledFunction() == F)
      join(N, Graph.idOf(*Call->getFunction()));
  }
}

// --- 2. Parts. ---

// Calls count more than other references, and calls of what may be inlined
// most; a call of what is copied anyway counts nothing.
void PartsPlan::addEdges() {
  Edges.resize(Graph.numGlobals());
  std::map<std::pair<NodeId, NodeId>, unsigned> Weights;
  auto Add = [&](NodeId From, NodeId To, unsigned Weight) {
    From = unitOf(From);
    To = unitOf(To);
    if (From != To)
      Weights[{std::min(From, To), std::max(From, To)}] += Weight;
  };
  SmallVector<NodeId, 16> Work;
  for (NodeId N = 0; N < Graph.numGlobals(); ++N) {
    const GlobalValue &GV = Graph.global(N);
    if (GV.isDeclaration())
      continue;
    if (const auto *F = dyn_cast<Function>(&GV))
      for (const Instruction &I : instructions(F))
        if (const auto *Call = dyn_cast<CallBase>(&I))
          if (const Function *Callee = Call->getCalledFunction();
              Callee && !Callee->isDeclaration())
            if (NodeId To = Graph.idOf(*Callee);
                roleElsewhere(To, Options.CopyInstructions) <=
                PartRole::Declare)
              Add(N, To,
                  Graph.sizeOf(To) < 4 * Options.CopyInstructions ? 8 : 3);
    Work.assign(Graph.references(N).begin(), Graph.references(N).end());
    for (size_t Next = 0; Next < Work.size() && Next < 1000; ++Next) {
      const NodeId To = Work[Next];
      if (To >= Graph.numGlobals())
        Work.append(Graph.references(To).begin(), Graph.references(To).end());
      else if (const auto *V = dyn_cast<GlobalVariable>(&Graph.global(To));
               V && V->hasLocalLinkage() && !V->isConstant())
        Add(N, To, 2);
      else if (!Graph.global(To).isDeclaration())
        Add(N, To, 1);
    }
  }
  for (const auto &[Ends, Weight] : Weights) {
    Edges[Ends.first].push_back({Ends.second, Weight});
    Edges[Ends.second].push_back({Ends.first, Weight});
  }
}

void PartsPlan::assignInOrder() {
  const NodeId Count = Graph.numGlobals();
  Home.assign(Count, 0);
  const uint64_t Total =
      std::accumulate(UnitSize.begin(), UnitSize.end(), uint64_t(0));
  uint64_t Done = 0;
  for (unsigned N : Fixed.set_bits())
    Done += UnitSize[N];
  for (NodeId N = 0; N < Count; ++N) {
    if (Parent[N] != N || Fixed.test(N) || UnitSize[N] == 0)
      continue;
    // By its middle, so that a large unit goes where most of it belongs.
    Home[N] = std::min<uint64_t>(Parts - 1, (Done + UnitSize[N] / 2) * Parts /
                                                std::max<uint64_t>(Total, 1));
    Done += UnitSize[N];
  }
}

// Moves units that have more to do with another part, while no part gets more
// than a fiftieth above its share. What has no size (variables) goes freely.
void PartsPlan::refine() {
  std::vector<uint64_t> Load(Parts, 0);
  uint64_t Total = 0;
  for (NodeId N = 0; N < Graph.numGlobals(); ++N) {
    Load[Home[N]] += UnitSize[N];
    Total += UnitSize[N];
  }
  const uint64_t Most = Total / Parts + Total / Parts / 50;
  for (unsigned Round = 0; Round < 12; ++Round) {
    bool Moved = false;
    for (NodeId N = 0; N < Graph.numGlobals(); ++N) {
      if (Parent[N] != N || Fixed.test(N) || Edges[N].empty())
        continue;
      SmallVector<uint64_t, 8> Pull(Parts, 0);
      for (const Edge &E : Edges[N])
        Pull[Home[E.To]] += E.Weight;
      unsigned Best = Home[N];
      for (unsigned Part = 0; Part < Parts; ++Part)
        if (Pull[Part] > Pull[Best] &&
            (UnitSize[N] == 0 || Load[Part] + UnitSize[N] <= Most))
          Best = Part;
      if (Best == Home[N])
        continue;
      Load[Home[N]] -= UnitSize[N];
      Load[Best] += UnitSize[N];
      Home[N] = Best;
      Moved = true;
    }
    if (!Moved)
      return;
  }
}

// --- 3. Roles. ---

// Can be in several parts, as far as its body goes.
bool PartsPlan::isMovable(NodeId N, uint64_t Limit) const {
  const GlobalValue &GV = Graph.global(N);
  if (Used.contains(&GV) || Graph.isAsmNamed(N) || !Graph.ties(N).empty())
    return false;
  if (const auto *F = dyn_cast<Function>(&GV)) {
    // Always inlined means also: there is no other definition of it to call.
    if ((Graph.sizeOf(N) > Limit &&
         !F->hasFnAttribute(Attribute::AlwaysInline)) ||
        F->hasOptNone() || F->hasFnAttribute(Attribute::Naked))
      return false;
    // The inliner does not take them, so a copy would be of no use.
    return !F->hasFnAttribute(Attribute::NoInline) && !F->hasSection() &&
           none_of(*F, [](const BasicBlock &B) { return B.hasAddressTaken(); });
  }
  const auto *V = dyn_cast<GlobalVariable>(&GV);
  return V && V->isConstant() && V->hasInitializer() && !V->isThreadLocal() &&
         !V->hasSection() && Graph.sizeOf(N) <= Options.CopyBytes;
}

// What a part that refers to N, and is not its home, gets.
PartRole PartsPlan::roleElsewhere(NodeId N, uint64_t Limit) const {
  const GlobalValue &GV = Graph.global(N);
  if (GV.isDeclaration() || isa<GlobalAlias>(GV) || !isMovable(N, Limit))
    return PartRole::Declare;
  if (GV.hasAvailableExternallyLinkage())
    return PartRole::Available;
  if (GV.hasLocalLinkage() && !GV.hasComdat() &&
      (GV.hasGlobalUnnamedAddr() ||
       (isa<Function>(GV) && !AddressTaken.test(N))))
    return PartRole::Copy;
  // What the linker keeps one of can be in all parts as it is.
  if (GV.hasLinkOnceLinkage())
    return PartRole::Copy;
  if (GV.hasExactDefinition() ||
      (GV.hasWeakODRLinkage() && !GV.isInterposable()))
    return PartRole::Available;
  return PartRole::Declare;
}

void PartsPlan::giveRoles(unsigned Part) {
  std::vector<PartRole> &Role = Roles[Part];
  Role.assign(Graph.numGlobals(), PartRole::None);
  struct Item {
    NodeId N;
    uint64_t Limit;
  };
  std::vector<Item> Work;
  BitVector Seen(Graph.size());
  for (NodeId N = 0; N < Graph.numGlobals(); ++N)
    if (Home[N] == Part && !Graph.global(N).isDeclaration()) {
      Role[N] = PartRole::Define;
      Seen.set(N);
      Work.push_back({N, Options.CopyInstructions});
    }
  // Nearest first: who is reached at a smaller distance has the larger limit.
  for (size_t Next = 0; Next < Work.size(); ++Next) {
    const Item From = Work[Next];
    uint64_t Limit = From.Limit;
    if (From.N < Graph.numGlobals()) {
      if (Role[From.N] == PartRole::Declare)
        continue;
      if (isa<Function>(Graph.global(From.N)))
        Sizes[Part] += Graph.sizeOf(From.N);
      if (Role[From.N] != PartRole::Define)
        Limit = Limit * 7 / 10;
    }
    for (NodeId To : Graph.references(From.N)) {
      if (Seen.test(To))
        continue;
      Seen.set(To);
      if (To < Graph.numGlobals()) {
        Role[To] = roleElsewhere(To, Limit);
        if (Role[To] == PartRole::Declare && Graph.global(To).hasLocalLinkage())
          Promoted.set(To);
      }
      Work.push_back({To, Limit});
    }
  }
  // A body that was made available also stands for a symbol.
  for (NodeId N = 0; N < Graph.numGlobals(); ++N)
    if (Role[N] == PartRole::Available && Graph.global(N).hasLocalLinkage())
      Promoted.set(N);
}

} // namespace deadfn
