//===- Roots.cpp - what stays whatever the seeds say ---------------------===//
//
// Anything that this file does not understand stays, with its own reason, so
// that a report can name it. Two things are deliberately not roots:
//  * linkonce and available_externally definitions: unused here means not
//    emitted here, in any build;
//  * a symbol that the dynamic linker could preempt: interposition keeps the
//    name alive in other modules, not this copy; seeds hold what is exported.
//
// One reference is invisible to a linker's laziness: an extern_weak one does
// not pull an archive member. Recorded graphs show them, and who computes seeds
// must add their names; the C++ case that is common (_ZTH, the initialiser of a
// thread_local) is a root here.
//
//===----------------------------------------------------------------------===//

#include "DeadFnElim/Roots.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/Instructions.h"
#include "llvm/LTO/LTO.h"

using namespace llvm;

namespace deadfn {

StringRef keepReasonName(KeepReason Reason) {
  switch (Reason) {
  case KeepReason::None:
    return "unneeded";
  case KeepReason::Seed:
    return "seed";
  case KeepReason::Reached:
    return "reached";
  case KeepReason::Reserved:
    return "reserved-name";
  case KeepReason::Used:
    return "llvm-used";
  case KeepReason::CompilerUsed:
    return "llvm-compiler-used";
  case KeepReason::AsmNamed:
    return "asm-named";
  case KeepReason::DefinesAsmSymbol:
    return "defines-asm-symbol";
  case KeepReason::EntryPoint:
    return "entry-point";
  case KeepReason::RuntimeLibrary:
    return "runtime-library";
  case KeepReason::RustRuntime:
    return "rust-runtime";
  case KeepReason::ThreadInit:
    return "thread-init";
  case KeepReason::RetainedSection:
    return "retained-section";
  case KeepReason::UnknownSection:
    return "unknown-section";
  case KeepReason::Interposable:
    return "interposable";
  case KeepReason::DllStorage:
    return "dll-storage";
  case KeepReason::NotAFunction:
    return "not-a-function";
  case KeepReason::SharesUnmovable:
    return "shares-unmovable";
  }
  llvm_unreachable("every reason has a name");
}

static bool isIdentifier(StringRef Text) {
  return !Text.empty() && !isDigit(Text[0]) &&
         all_of(Text, [](char C) { return isAlnum(C) || C == '_'; });
}

// Linkers define __start_ and __stop_ symbols for sections whose name is a C
// identifier, and walk some others from end to end: nothing in the module
// refers to what they find there.
static KeepReason reasonOfSection(StringRef Section) {
  constexpr StringRef Walked[] = {".init",  ".fini",  ".preinit_array",
                                  ".ctors", ".dtors", ".note",
                                  ".CRT$",  ".rustc"};
  constexpr StringRef Plain[] = {".text",  ".rodata", ".data",    ".bss",
                                 ".tdata", ".tbss",   ".lrodata", ".ldata",
                                 ".lbss",  ".ltext"};
  auto IsPart = [Section](StringRef Name) {
    return Section == Name ||
           (Section.starts_with(Name) && Section[Name.size()] == '.');
  };
  if (Section.empty() || any_of(Plain, IsPart))
    return KeepReason::None;
  if (isIdentifier(Section) ||
      any_of(Walked, [&](StringRef P) { return Section.starts_with(P); }))
    return KeepReason::RetainedSection;
  return KeepReason::UnknownSection;
}

static bool isEntryPoint(StringRef Name) {
  constexpr StringRef Names[] = {
      "main",     "_start", "_init",   "_fini",       "WinMain",
      "wWinMain", "wmain",  "DllMain", "__main_void", "__main_argc_argv"};
  return is_contained(Names, Name);
}

// The allocator shims, the panic runtime and metadata of rustc. Since 1.87 the
// shims carry mangled names in the pseudo crate __rustc.
static bool isRustRuntime(StringRef Name) {
  constexpr StringRef Starts[] = {
      "__rust_",    "__rdl_",         "__rg_",
      "__rustc_",   "rust_eh_",       "rust_begin_unwind",
      "rust_panic", "rust_metadata_", "_rust_extern_with_linkage_"};
  return any_of(Starts, [&](StringRef S) { return Name.starts_with(S); }) ||
         Name.contains("7___rustc");
}

// Inline assembly that gives a global symbol a definition makes its function
// the home of that symbol.
static bool definesAsmSymbol(const Function &F) {
  for (const BasicBlock &BB : F)
    for (const Instruction &I : BB)
      if (auto *Call = dyn_cast<CallBase>(&I))
        if (auto *Asm = dyn_cast<InlineAsm>(Call->getCalledOperand())) {
          StringRef Text = Asm->getAsmString();
          if (Text.contains(".glob") || Text.contains(".weak") ||
              Text.contains(".symver"))
            return true;
        }
  return false;
}

Roots::Roots(const ModuleGraph &Graph, const dfe::SeedSet *Seeds)
    : Graph(Graph), Seeds(Seeds) {
  SmallVector<GlobalValue *, 16> List;
  collectUsedGlobalVariables(Graph.module(), List, /*CompilerUsed=*/false);
  Used.insert_range(List);
  List.clear();
  collectUsedGlobalVariables(Graph.module(), List, /*CompilerUsed=*/true);
  CompilerUsed.insert_range(List);
  // Code generation may call these although no instruction names them.
  for (const char *Name :
       lto::LTO::getRuntimeLibcallSymbols(Graph.module().getTargetTriple()))
    LibraryNames.insert(Name);
}

KeepReason Roots::reasonOf(NodeId N) const {
  const GlobalValue &GV = Graph.global(N);
  if (GV.getName().starts_with("llvm.") || GV.getName().starts_with("__dfe_") ||
      GV.hasAppendingLinkage())
    return KeepReason::Reserved;
  if (Used.contains(&GV))
    return KeepReason::Used;
  if (CompilerUsed.contains(&GV))
    return KeepReason::CompilerUsed;
  if (Graph.isAsmNamed(N))
    return KeepReason::AsmNamed;
  if (GV.hasAvailableExternallyLinkage())
    return KeepReason::None;
  if (!GV.isDiscardableIfUnused())
    if (KeepReason R = reasonOfExternal(GV); R != KeepReason::None)
      return R;
  if (auto *GO = dyn_cast<GlobalObject>(&GV))
    if (KeepReason R = reasonOfSection(GO->getSection()); R != KeepReason::None)
      return R;
  if (auto *F = dyn_cast<Function>(&GV); F && definesAsmSymbol(*F))
    return KeepReason::DefinesAsmSymbol;
  return KeepReason::None;
}

KeepReason Roots::reasonOfExternal(const GlobalValue &GV) const {
  StringRef Name = GlobalValue::dropLLVMManglingEscape(GV.getName());
  if (Seeds && Seeds->Contains(Name))
    return KeepReason::Seed;
  if (isEntryPoint(Name))
    return KeepReason::EntryPoint;
  if (isRustRuntime(Name))
    return KeepReason::RustRuntime;
  if (LibraryNames.contains(Name))
    return KeepReason::RuntimeLibrary;
  if (Name.starts_with("_ZTH"))
    return KeepReason::ThreadInit;
  if (GV.getDLLStorageClass() != GlobalValue::DefaultStorageClass)
    return KeepReason::DllStorage;
  // A weak definition can be what an undefined weak reference elsewhere hopes
  // for, or yield to another one: the linker's choice, not ours.
  if (GV.isInterposable())
    return KeepReason::Interposable;
  return KeepReason::None;
}

} // namespace deadfn
