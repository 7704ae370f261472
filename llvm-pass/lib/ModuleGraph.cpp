//===- ModuleGraph.cpp - build the reference graph of a module -----------===//
//
// 1. Number all global values. 2. Names in module-level assembly. 3. For each
// global: operands (initialiser, aliasee, resolver, personality, prefix and
// prologue data), then instructions, inline assembly and metadata. 4. Ties.
//
// What counts as a reference:
//  * every constant operand, through constant expressions and aggregates; a
//    block address refers to its function;
//  * a name in inline assembly or in "probe-stack": found by splitting the text
//    into words, because that needs no target in the host process and can only
//    find too much;
//  * !callees (a hole in that list would be an invalid promise) and
//    !implicit.ref. !associated ties both ways, because a linker drops one
//    section with the other.
// Debug info and other metadata are no references: LLVM itself lets go of them.
//
//===----------------------------------------------------------------------===//

#include "DeadFnElim/ModuleGraph.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;

namespace deadfn {

ModuleGraph::ModuleGraph(Module &M) : M(M) {
  for (GlobalValue &GV : M.global_values()) {
    Ids[&GV] = Globals.size();
    Globals.push_back(&GV);
  }
  NextConstant = Globals.size();
  Instructions.resize(Globals.size());
  AsmNamed.resize(Globals.size());
  ModuleAsmNamed.resize(Globals.size());
  LastSeen.assign(Globals.size(), 0);
  forEachAsmName(M.getModuleInlineAsm(), [&](NodeId N) {
    AsmNamed.set(N);
    ModuleAsmNamed.set(N);
  });

  Ranges.resize(Globals.size());
  for (NodeId N = 0; N < numGlobals(); ++N)
    scanGlobal(N);
  Ranges.insert(Ranges.end(), ConstantRanges.begin(), ConstantRanges.end());

  tieBlockAddresses();
  addGroups();
}

ArrayRef<NodeId> ModuleGraph::references(NodeId N) const {
  if (N >= Ranges.size())
    return Groups[N - Ranges.size()];
  auto [Begin, Count] = Ranges[N];
  return ArrayRef(References).slice(Begin, Count);
}

ArrayRef<NodeId> ModuleGraph::ties(NodeId N) const {
  auto It = Ties.find(N);
  return It == Ties.end() ? ArrayRef<NodeId>() : ArrayRef<NodeId>(It->second);
}

uint64_t ModuleGraph::sizeOf(NodeId N) const {
  if (auto *V = dyn_cast<GlobalVariable>(Globals[N]))
    return V->getValueType()->isSized()
               ? M.getDataLayout().getTypeAllocSize(V->getValueType())
               : 0;
  return Instructions[N];
}

// Calls Visit for each global whose name is a word of the text. Words are what
// assemblers take for symbols, with and without an @PLT kind of suffix, and
// quoted strings.
template <typename Fn>
void ModuleGraph::forEachAsmName(StringRef Text, Fn Visit) {
  const char Prefix = M.getDataLayout().getGlobalPrefix();
  auto Lookup = [&](StringRef Word) {
    if (GlobalValue *GV = M.getNamedValue(Word))
      Visit(Ids.lookup(GV));
    if (GlobalValue *GV = M.getNamedValue(("\1" + Word).str()))
      Visit(Ids.lookup(GV));
  };
  auto Word = [&](StringRef W) {
    Lookup(W);
    if (size_t At = W.find('@'); At != StringRef::npos)
      Lookup(W.take_front(At));
    if (Prefix && W.starts_with(StringRef(&Prefix, 1)))
      Lookup(W.drop_front());
  };
  auto IsWordChar = [](char C) {
    return isAlnum(C) || C == '_' || C == '.' || C == '$' || C == '@' ||
           C == '?';
  };
  for (size_t I = 0; I < Text.size();) {
    size_t End = I + 1;
    if (Text[I] == '"') {
      End = std::min(Text.find('"', I + 1), Text.size());
      Word(Text.slice(I + 1, End));
      ++End;
    } else if (IsWordChar(Text[I])) {
      while (End < Text.size() && IsWordChar(Text[End]))
        ++End;
      StringRef W = Text.slice(I, End);
      Word(W);
      // In inline assembly '$' also ends a template operand, and "$$" is a
      // literal '$' before an immediate symbol.
      if (size_t Dollar = W.find_first_not_of('$'); Dollar && W.size() > Dollar)
        Word(W.drop_front(Dollar));
    }
    I = End;
  }
}

void ModuleGraph::addReference(NodeId Target) {
  if (Target == NoNode || LastSeen[Target] == Scan)
    return;
  LastSeen[Target] = Scan;
  Current.push_back(Target);
}

void ModuleGraph::addConstant(const Constant *C) {
  // Numbers are most of all operands and never lead anywhere.
  if (!isa<ConstantData>(C))
    addReference(nodeOf(C));
}

static NodeId *knownNode(DenseMap<const Constant *, NodeId> &Map,
                         const Constant *C) {
  auto It = Map.find(C);
  return It == Map.end() ? nullptr : &It->second;
}

// The node that stands for C: C itself if global, the only thing that it refers
// to, or a shared node. Iterative, because generated tables nest deeply.
NodeId ModuleGraph::nodeOf(const Constant *C) {
  if (auto *GV = dyn_cast<GlobalValue>(C))
    return Ids.lookup(GV);
  if (isa<ConstantData>(C))
    return NoNode;
  if (NodeId *Known = knownNode(Constants, C))
    return *Known;
  SmallVector<std::pair<const Constant *, unsigned>, 16> Stack{{C, 0}};
  while (!Stack.empty()) {
    const Constant *Top = Stack.back().first;
    unsigned &Next = Stack.back().second;
    if (Next == Top->getNumOperands()) {
      finishConstant(Top);
      Stack.pop_back();
      continue;
    }
    auto *Op = dyn_cast<Constant>(Top->getOperand(Next++));
    if (Op && !isa<GlobalValue>(Op) && !isa<ConstantData>(Op) &&
        !Constants.contains(Op))
      Stack.push_back({Op, 0});
  }
  return Constants.lookup(C);
}

// All operands of C have nodes: give C one.
void ModuleGraph::finishConstant(const Constant *C) {
  if (Constants.contains(C))
    return;
  SmallVector<NodeId, 8> Targets;
  SmallDenseMap<NodeId, bool, 8> Seen;
  // Its operand is the block, which is no constant.
  if (auto *BA = dyn_cast<BlockAddress>(C)) {
    BlockAddresses.push_back(BA);
    Targets.push_back(Ids.lookup(BA->getFunction()));
  }
  for (const Use &U : C->operands()) {
    auto *Op = dyn_cast<Constant>(U.get());
    if (!Op || isa<ConstantData>(Op))
      continue;
    NodeId N = isa<GlobalValue>(Op) ? Ids.lookup(cast<GlobalValue>(Op))
                                    : Constants.lookup(Op);
    if (N != NoNode && Seen.try_emplace(N, true).second)
      Targets.push_back(N);
  }
  NodeId Node = NoNode;
  if (Targets.size() == 1) {
    Node = Targets.front();
  } else if (!Targets.empty()) {
    Node = NextConstant++;
    LastSeen.push_back(0);
    ConstantRanges.push_back({References.size(), Targets.size()});
    References.insert(References.end(), Targets.begin(), Targets.end());
  }
  Constants[C] = Node;
}

void ModuleGraph::addMetadata(const MDNode *Node) {
  for (const MDOperand &Op : Node->operands())
    if (auto *V = dyn_cast_or_null<ConstantAsMetadata>(Op.get()))
      addConstant(V->getValue());
}

void ModuleGraph::scanFunction(Function &F) {
  unsigned Count = 0;
  for (const BasicBlock &BB : F) {
    for (const Instruction &I : BB) {
      ++Count;
      for (const Use &U : I.operands()) {
        if (auto *C = dyn_cast<Constant>(U.get()))
          addConstant(C);
        else if (auto *Asm = dyn_cast<InlineAsm>(U.get()))
          forEachAsmName(Asm->getAsmString(), [&](NodeId N) {
            AsmNamed.set(N);
            addReference(N);
          });
      }
      if (I.hasMetadataOtherThanDebugLoc())
        if (const MDNode *Callees = I.getMetadata(LLVMContext::MD_callees))
          addMetadata(Callees);
    }
  }
  Instructions[Ids.lookup(&F)] = Count;
  if (F.hasFnAttribute("probe-stack"))
    forEachAsmName(F.getFnAttribute("probe-stack").getValueAsString(),
                   [&](NodeId N) { addReference(N); });
}

void ModuleGraph::scanGlobal(NodeId N) {
  GlobalValue &GV = *Globals[N];
  ++Scan;
  Current.clear();
  for (const Use &U : GV.operands())
    if (auto *C = dyn_cast_or_null<Constant>(U.get()))
      addConstant(C);
  if (auto *F = dyn_cast<Function>(&GV))
    scanFunction(*F);
  if (auto *GO = dyn_cast<GlobalObject>(&GV); GO && GO->hasMetadata()) {
    if (const MDNode *Ref = GO->getMetadata(LLVMContext::MD_implicit_ref))
      addMetadata(Ref);
    if (const MDNode *Associated = GO->getMetadata(LLVMContext::MD_associated))
      for (const MDOperand &Op : Associated->operands())
        if (auto *V = dyn_cast_or_null<ConstantAsMetadata>(Op.get()))
          if (NodeId Target = nodeOf(V->getValue()); Target != NoNode) {
            addReference(Target);
            Ties[Target].push_back(N);
          }
  }
  Ranges[N] = {References.size(), Current.size()};
  References.insert(References.end(), Current.begin(), Current.end());
}

// A block address cannot cross a module boundary: whatever holds one stays
// where the function is.
void ModuleGraph::tieBlockAddresses() {
  for (const BlockAddress *BA : BlockAddresses) {
    NodeId Function = Ids.lookup(BA->getFunction());
    SmallVector<const User *, 8> Work(BA->user_begin(), BA->user_end());
    SmallPtrSet<const User *, 8> Seen;
    while (!Work.empty()) {
      const User *U = Work.pop_back_val();
      if (!Seen.insert(U).second)
        continue;
      NodeId Holder = NoNode;
      if (auto *GV = dyn_cast<GlobalValue>(U))
        Holder = Ids.lookup(GV);
      else if (auto *I = dyn_cast<Instruction>(U))
        Holder = Ids.lookup(I->getFunction());
      else
        Work.append(U->user_begin(), U->user_end());
      if (Holder != NoNode && Holder != Function)
        Ties[Function].push_back(Holder);
    }
  }
}

// Comdat groups are all or nothing. Aliases belong to the group of their base.
void ModuleGraph::addGroups() {
  DenseMap<const Comdat *, unsigned> Numbers;
  std::vector<std::vector<NodeId>> Members;
  for (NodeId N = 0; N < numGlobals(); ++N)
    if (const Comdat *C = Globals[N]->getComdat()) {
      auto [It, New] = Numbers.try_emplace(C, Members.size());
      if (New)
        Members.emplace_back();
      Members[It->second].push_back(N);
    }
  for (auto &Group : Members) {
    if (Group.size() < 2)
      continue;
    for (NodeId N : Group)
      Ties[N].push_back(Ranges.size() + Groups.size());
    Groups.push_back(std::move(Group));
  }
}

} // namespace deadfn
