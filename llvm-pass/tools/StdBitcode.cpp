//===- StdBitcode.cpp - Bitcode of released libraries, for late links -----===//
//
//   dfe-std-bitcode OUT.a LIBRARY.rlib...
//
// The libraries of a Rust release hold native objects, each with the bitcode
// that it was made of in a section, .llvmbc, for LTO in the compiler. A linker
// does not look there. This writes an archive of that bitcode, reduced to what
// is worth inlining: small functions, with the linkage of C++'s inline ones
// (linkonce_odr). A linker that finds it in front of the libraries imports from
// them, and where the library's own object is linked as well, its definition
// prevails, and nothing of the copy is left. So next to nothing that is native
// already is optimised or generated again; taking the whole bitcode in place of
// the objects cost bat's link 4.8 of 40 CPU seconds and fd-find's 4.6 of 29.
//
// Constants and small functions that are local to the object are copied along,
// if they are as good elsewhere. A function is left out if it refers to others:
// a variable exists once, and large locals would be compiled again in each
// program (up to 200 instructions of them: fd-find is no faster).
//
// The archive has no index: lld looks into bitcode itself.
//
//===----------------------------------------------------------------------===//

#include "dfe/dispatch/plan.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Analysis/ModuleSummaryAnalysis.h"
#include "llvm/Analysis/ProfileSummaryInfo.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Object/Archive.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Transforms/IPO/GlobalDCE.h"
#include <deque>

using namespace llvm;
using namespace llvm::object;

static constexpr StringRef BitcodeSection = ".llvmbc";

static Error expected(const Twine &What) {
  return createStringError("expected " + What);
}

// The bitcode in a native object; fails if there is none.
static Expected<StringRef> bitcodeOf(MemoryBufferRef Native,
                                     std::unique_ptr<ObjectFile> &Object) {
  Expected<std::unique_ptr<ObjectFile>> Opened =
      ObjectFile::createObjectFile(Native);
  if (!Opened)
    return Opened.takeError();
  Object = std::move(*Opened);
  for (const SectionRef &Section : Object->sections()) {
    Expected<StringRef> Name = Section.getName();
    if (!Name)
      return Name.takeError();
    if (*Name != BitcodeSection)
      continue;
    Expected<StringRef> Bytes = Section.getContents();
    if (!Bytes)
      return Bytes.takeError();
    if (identify_magic(*Bytes) != file_magic::bitcode)
      return expected(BitcodeSection + " to hold bitcode, got " +
                      Twine(Bytes->size()) + " other bytes");
    return *Bytes;
  }
  return expected("a section " + BitcodeSection + ", got none");
}

/// Locals, and whether a copy of one in another object is as good. One that
/// refers to itself is false: it is in here before what it consists of is
/// looked at.
using CopyMap = DenseMap<const GlobalValue *, bool>;

static bool canBeCopied(const GlobalValue &G, CopyMap &Copies);

// Whether code that is copied into another object may refer to this.
static bool canBeNamed(const Constant &C, CopyMap &Copies) {
  if (isa<BlockAddress, DSOLocalEquivalent, NoCFIValue>(C))
    return false;
  if (const auto *G = dyn_cast<GlobalValue>(&C))
    return G->hasLocalLinkage() ? canBeCopied(*G, Copies)
                                : !isa<GlobalIFunc>(G);
  return all_of(C.operands(), [&](const Use &Operand) {
    return canBeNamed(*cast<Constant>(Operand), Copies);
  });
}

// Whether the body is small, and works as well in another object.
static bool isSmallAndMovable(const Function &F, CopyMap &Copies) {
  if (F.isDeclarationForLinker() || F.isVarArg() || F.hasSection() ||
      F.hasPrefixData() || F.hasPrologueData() ||
      F.hasFnAttribute(Attribute::OptimizeNone) ||
      F.hasFnAttribute(Attribute::Naked))
    return false;
  int Count = 0;
  for (const Instruction &I : instructions(F)) {
    if (++Count > dfe::dispatch::kStdInstructions)
      return false;
    for (const Use &Operand : I.operands())
      if (const auto *C = dyn_cast<Constant>(Operand);
          C && !canBeNamed(*C, Copies))
        return false;
  }
  return !F.hasPersonalityFn() || canBeNamed(*F.getPersonalityFn(), Copies);
}

static bool canBeCopied(const GlobalValue &G, CopyMap &Copies) {
  if (auto [It, New] = Copies.try_emplace(&G, false); !New)
    return It->second;
  if (!G.hasGlobalUnnamedAddr() || G.hasComdat())
    return false;
  bool Can = false;
  if (const auto *F = dyn_cast<Function>(&G))
    Can = isSmallAndMovable(*F, Copies);
  else if (const auto *Variable = dyn_cast<GlobalVariable>(&G))
    Can = Variable->isConstant() && Variable->hasInitializer() &&
          !Variable->hasSection() && !Variable->isThreadLocal() &&
          canBeNamed(*Variable->getInitializer(), Copies);
  return Copies[&G] = Can;
}

static bool isWorthImporting(const Function &F, CopyMap &Copies) {
  return !F.hasLocalLinkage() && !F.isInterposable() &&
         !F.hasFnAttribute(Attribute::NoInline) && isSmallAndMovable(F, Copies);
}

// Removes what is not needed to import the functions that are worth it.
static void reduce(Module &M) {
  for (StringRef List : {"llvm.used", "llvm.compiler.used", "llvm.global_ctors",
                         "llvm.global_dtors"})
    if (GlobalVariable *G = M.getNamedGlobal(List))
      G->eraseFromParent();
  M.setModuleInlineAsm("");
  SmallVector<Function *> Kept;
  CopyMap Copies;
  for (Function &F : M)
    if (isWorthImporting(F, Copies))
      Kept.push_back(&F);
  const SmallPtrSet<Function *, 0> IsKept(Kept.begin(), Kept.end());
  for (Function &F : M)
    if (!F.isDeclaration() && !IsKept.contains(&F) && !Copies.lookup(&F)) {
      F.deleteBody();
      F.setComdat(nullptr);
    }
  for (GlobalVariable &G : M.globals())
    if (G.hasInitializer() && !G.hasLocalLinkage()) {
      G.setInitializer(nullptr);
      G.setLinkage(GlobalValue::ExternalLinkage);
      G.setComdat(nullptr);
    }
  for (Function *F : Kept) {
    F->setLinkage(GlobalValue::ExternalLinkage);
    F->setComdat(nullptr);
  }
  // What is an alias there is a declaration here.
  for (GlobalAlias &A : make_early_inc_range(M.aliases())) {
    GlobalValue *Declared =
        isa<FunctionType>(A.getValueType())
            ? static_cast<GlobalValue *>(Function::Create(
                  cast<FunctionType>(A.getValueType()),
                  GlobalValue::ExternalLinkage, A.getAddressSpace(), "", &M))
            : new GlobalVariable(M, A.getValueType(), /*isConstant=*/false,
                                 GlobalValue::ExternalLinkage, nullptr);
    Declared->takeName(&A);
    Declared->setVisibility(A.getVisibility());
    A.replaceAllUsesWith(Declared);
    A.eraseFromParent();
  }
  // As long as the kept ones are no inline functions, they stay if unused.
  ModuleAnalysisManager Analyses;
  FunctionAnalysisManager OfFunctions;
  LoopAnalysisManager OfLoops;
  CGSCCAnalysisManager OfSCCs;
  PassBuilder Builder;
  Builder.registerModuleAnalyses(Analyses);
  Builder.registerFunctionAnalyses(OfFunctions);
  Builder.registerLoopAnalyses(OfLoops);
  Builder.registerCGSCCAnalyses(OfSCCs);
  Builder.crossRegisterProxies(OfLoops, OfFunctions, OfSCCs, Analyses);
  GlobalDCEPass().run(M, Analyses);
  for (Function *F : Kept)
    F->setLinkage(GlobalValue::LinkOnceODRLinkage);
}

// The module that is in Bitcode, reduced, as bitcode with a summary for
// ThinLTO.
static Expected<SmallString<0>> reducedBitcode(StringRef Bitcode,
                                               StringRef Name) {
  LLVMContext Context;
  Expected<std::unique_ptr<Module>> M =
      parseBitcodeFile(MemoryBufferRef(Bitcode, Name), Context);
  if (!M)
    return M.takeError();
  reduce(**M);
  if (verifyModule(**M, &errs()))
    return expected("a module that can be reduced");
  ProfileSummaryInfo Profile(**M);
  ModuleSummaryIndex Index =
      buildModuleSummaryIndex(**M, /*GetBFICallback=*/nullptr, &Profile);
  SmallString<0> Bytes;
  raw_svector_ostream Stream(Bytes);
  WriteBitcodeToFile(**M, Stream, /*ShouldPreserveUseListOrder=*/false, &Index,
                     /*GenerateHash=*/true);
  return Bytes;
}

// Adds the reduced bitcode of each object of the library to Members. What is no
// object (metadata) is passed over.
static Error addLibrary(MemoryBufferRef Library, std::deque<std::string> &Names,
                        std::vector<NewArchiveMember> &Members) {
  const StringRef Path = Library.getBufferIdentifier();
  Expected<std::unique_ptr<Archive>> Opened = Archive::create(Library);
  if (!Opened)
    return createFileError(Path, Opened.takeError());
  const size_t Before = Members.size();
  Error Failed = Error::success();
  for (const Archive::Child &Child : (*Opened)->children(Failed)) {
    Expected<StringRef> Name = Child.getName();
    Expected<MemoryBufferRef> Bytes = Child.getMemoryBufferRef();
    if (!Name || !Bytes)
      return createFileError(
          Path, joinErrors(Name ? Error::success() : Name.takeError(),
                           Bytes ? Error::success() : Bytes.takeError()));
    if (!Name->ends_with(".o"))
      continue;
    std::unique_ptr<ObjectFile> Object;
    Expected<StringRef> Bitcode = bitcodeOf(*Bytes, Object);
    if (!Bitcode)
      return createFileError(Path + "(" + *Name + ")", Bitcode.takeError());
    Expected<SmallString<0>> Reduced = reducedBitcode(*Bitcode, *Name);
    if (!Reduced)
      return createFileError(Path + "(" + *Name + ")", Reduced.takeError());
    NewArchiveMember Member;
    Member.Buf = MemoryBuffer::getMemBufferCopy(*Reduced, *Name);
    Names.push_back(Name->str());
    Member.MemberName = Names.back();
    Members.push_back(std::move(Member));
  }
  if (Failed)
    return createFileError(Path, std::move(Failed));
  if (Members.size() == Before)
    return createFileError(Path, expected("objects, got none"));
  return Error::success();
}

static Error run(StringRef Out, ArrayRef<char *> Libraries) {
  std::deque<std::string> Names;
  std::vector<NewArchiveMember> Members;
  for (StringRef Path : Libraries) {
    ErrorOr<std::unique_ptr<MemoryBuffer>> Buffer = MemoryBuffer::getFile(
        Path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
    if (std::error_code Code = Buffer.getError())
      return createFileError(Path, Code);
    if (Error E = addLibrary((*Buffer)->getMemBufferRef(), Names, Members))
      return E;
  }
  // Beside Out and renamed, so that nobody reads half of it.
  return writeArchive(Out, Members, SymtabWritingMode::NoSymtab, Archive::K_GNU,
                      /*Deterministic=*/true, /*Thin=*/false);
}

int main(int argc, char **argv) {
  if (argc < 3) {
    WithColor::error(errs(), "dfe-std-bitcode")
        << "expected OUT.a LIBRARY.rlib..., got " << argc - 1 << " words\n";
    return 2;
  }
  Error Failed = run(argv[1], ArrayRef(argv + 2, argv + argc));
  if (!Failed)
    return 0;
  logAllUnhandledErrors(std::move(Failed),
                        WithColor::error(errs(), "dfe-std-bitcode"));
  return 1;
}
