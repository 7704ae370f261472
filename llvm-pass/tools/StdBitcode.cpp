//===- StdBitcode.cpp - Bitcode of released libraries, for late links -----===//
//
//   dfe-std-bitcode OUT.a LIBRARY.rlib...
//
// The libraries of a Rust release hold native objects, each with the bitcode
// that it was made of in a section, .llvmbc, for LTO in the compiler. A linker
// does not look there. This writes an archive of that bitcode alone: a linker
// that finds it in front of the libraries takes members of it in their place.
//
// A library of which one object has no bitcode is an error: its other objects
// would be found in one archive and that one in another, with locals of one
// name in both.
//
// The archive has no index: lld looks into bitcode itself, and an index made
// here would need an LLVM that can read what the compiler's own has written.
//
//===----------------------------------------------------------------------===//

#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Object/Archive.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"

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

// Adds the bitcode of each object of the library to Members, which then refers
// to Library's bytes. What is no object (metadata) is passed over.
static Error addLibrary(MemoryBufferRef Library,
                        std::vector<std::unique_ptr<ObjectFile>> &Objects,
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
    NewArchiveMember Member(MemoryBufferRef(*Bitcode, *Name));
    Members.push_back(std::move(Member));
    Objects.push_back(std::move(Object));
  }
  if (Failed)
    return createFileError(Path, std::move(Failed));
  if (Members.size() == Before)
    return createFileError(Path, expected("objects, got none"));
  return Error::success();
}

static Error run(StringRef Out, ArrayRef<char *> Libraries) {
  std::vector<std::unique_ptr<MemoryBuffer>> Buffers;
  std::vector<std::unique_ptr<ObjectFile>> Objects;
  std::vector<NewArchiveMember> Members;
  for (StringRef Path : Libraries) {
    ErrorOr<std::unique_ptr<MemoryBuffer>> Buffer = MemoryBuffer::getFile(
        Path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
    if (std::error_code Code = Buffer.getError())
      return createFileError(Path, Code);
    if (Error E = addLibrary((*Buffer)->getMemBufferRef(), Objects, Members))
      return E;
    Buffers.push_back(std::move(*Buffer));
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
