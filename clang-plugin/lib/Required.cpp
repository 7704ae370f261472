//===- Required.cpp - dfe-required: classes that a chain of headers needs
//-===//
//
// In dfe-imports.so, as what debuggers are told of shared headers, too.
//
// Clang describes a class to debuggers by its name alone until something needs
// it in full (Decl.h, TagDecl::isCompleteDefinitionRequired). That is a bit of
// the class, written with it to a precompiled header. If a header of a later
// one in a chain needs a class of an earlier one, nothing says so in either
// file, so every file that uses the chain, and does not need the class itself,
// describes a declaration where the plain compile describes a class.
//
// A compile that makes a precompiled header therefore writes beside it which
// classes of those before it were needed (runtime/include/dfe/format/
// required_classes.h); one that uses it sets the bit of each such class as soon
// as Clang has read it. So nothing is read that the file does not use. Where
// the file beside it is missing or not understood, classes stay as they were:
// code never depends on them.
//
// Rejected: a declaration that needs the class in the text of the earlier
// header (which has no name for all classes, and would be another text).
//
//===----------------------------------------------------------------------===//

#include "DebuggerAction.h"

#include "clang/AST/ASTConsumer.h"
#include "clang/AST/Decl.h"
#include "clang/Basic/Version.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendPluginRegistry.h"
#include "clang/Serialization/ASTDeserializationListener.h"
#include "clang/Serialization/ASTReader.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

#include "dfe/format/envelope.h"
#include "dfe/format/required_classes.h"

using namespace clang;
using dfe::RequiredClass;
using dfe::RequiredClasses;
using serialization::ModuleFile;

namespace dfeheaders {

namespace {

/// The precompiled headers of the compile, the last one first.
SmallVector<ModuleFile *, 8> chainOf(ASTReader &Reader) {
  SmallVector<ModuleFile *, 8> Chain;
  for (ModuleFile *File : Reader.getModuleManager().pch_modules())
    Chain.push_back(File);
  return Chain;
}

class Required : public ASTConsumer, public ASTDeserializationListener {
public:
  explicit Required(CompilerInstance &Clang)
      : Clang(Clang), MakesOne(Clang.getFrontendOpts().ProgramAction ==
                               frontend::GeneratePCH) {}

  ASTDeserializationListener *GetASTDeserializationListener() override {
    return this;
  }

  /// Called each time when a precompiled header, with all that it is chained
  /// onto, is there; nothing of these is read before.
  void ReaderInitialized(ASTReader *Initialized) override {
    Reader = Initialized;
    Needed.clear();
    const auto Chain = chainOf(*Reader);
    for (size_t At = 0; At != Chain.size(); ++At) {
      const std::string Path =
          Chain[At]->FileName + dfe::kRequiredClassesSuffix;
      const std::optional<std::string> Bytes = dfe::ContentOf(Path);
      if (!Bytes)
        continue;
      auto Parsed = RequiredClasses::Parse(*Bytes, Path, getClangFullVersion());
      if (const auto *Known = std::get_if<RequiredClasses>(&Parsed))
        for (const RequiredClass &One : Known->classes)
          if (One.steps < Chain.size() - At)
            Needed.insert({Chain[At + One.steps], One.declaration});
    }
  }

  void DeclRead(GlobalDeclID ID, const Decl *Read) override {
    if (Needed.empty() || !isa<TagDecl>(Read))
      return;
    if (Needed.contains(
            {Reader->getOwningModuleFile(ID), ID.getLocalDeclIndex()}))
      // Clang hands out what it read as constant; it is the one who wrote it.
      const_cast<TagDecl *>(cast<TagDecl>(Read))
          ->setCompleteDefinitionRequired();
  }

  void HandleTagDeclRequiredDefinition(const TagDecl *Class) override {
    if (MakesOne && Reader && Class->isFromASTFile())
      Found.push_back(Class);
  }

  void HandleTranslationUnit(ASTContext & /*Context*/) override {
    if (!MakesOne || Found.empty())
      return;
    llvm::DenseMap<const ModuleFile *, uint32_t> Steps;
    for (ModuleFile *File : chainOf(*Reader))
      Steps.try_emplace(File, Steps.size() + 1);
    RequiredClasses All;
    for (const TagDecl *Class : Found) {
      const auto Holder = Steps.find(Reader->getOwningModuleFile(Class));
      if (Holder != Steps.end())
        All.classes.push_back(
            {Holder->second, Class->getGlobalID().getLocalDeclIndex()});
    }
    // Without it debuggers know less, so a failure is none of the compile.
    (void)dfe::WriteFileAtomically(Clang.getFrontendOpts().OutputFile +
                                       dfe::kRequiredClassesSuffix,
                                   All.Serialize(getClangFullVersion()));
  }

private:
  CompilerInstance &Clang;
  const bool MakesOne;
  ASTReader *Reader = nullptr;
  llvm::DenseSet<std::pair<const ModuleFile *, unsigned>> Needed;
  SmallVector<const TagDecl *, 0> Found;
};

} // namespace

} // namespace dfeheaders

static FrontendPluginRegistry::Add<
    dfeheaders::DebuggerAction<dfeheaders::Required>>
    Registered("dfe-required",
               "keeps which classes precompiled headers need of each other");
