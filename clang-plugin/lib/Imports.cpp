//===- Imports.cpp - dfe-imports: names that headers import, for debuggers
//-===//
//
//   clang++ -g -include-pch FILE.pch -fplugin=dfe-imports.so …
//
// Clang describes a using-directive, a using-declaration or an alias of a
// namespace to debuggers when its parser comes past it, and those of a
// precompiled header no parser comes past: `using namespace lib;` is unknown to
// a debugger then, and so is `std::printf`, which <cstdio> imports from ::.
// This hands those of the precompiled header to code generation before the
// first declaration of the file itself, in their order, where a plain compile
// has them. In LLVM's words: DW_TAG_imported_module and _declaration.
//
// Cost: of 0.14 s for a file behind twelve headers of the standard library
// (0.53 s plain) 7 ms, which includes loading this; nothing else of these
// headers is read, as Clang asks for the kind of a declaration before it reads
// one. Rejected: handing over whole namespaces, which reads all that they have
// and emits what the file does not use; a precompiled header whose debug
// information is an object of its own (-fpch-debuginfo), which describes types
// and would have to be linked.
//
// Without debug information that knows types, without a precompiled header, in
// C, and where a precompiled header is made, it does nothing.
//
//===----------------------------------------------------------------------===//

#include "DebuggerAction.h"

#include "clang/AST/ASTConsumer.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/AST/ExternalASTSource.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendPluginRegistry.h"

using namespace clang;

namespace dfeheaders {

namespace {

/// What imports names, and what can hold such.
bool matters(Decl::Kind Kind) {
  switch (Kind) {
  case Decl::Namespace:
  case Decl::LinkageSpec:
  case Decl::Using:
  case Decl::UsingEnum:
  case Decl::UsingDirective:
  case Decl::NamespaceAlias:
    return true;
  default:
    return false;
  }
}

class Imports : public ASTConsumer {
public:
  explicit Imports(CompilerInstance &Clang) : Clang(Clang) {}

  bool HandleTopLevelDecl(DeclGroupRef /*Group*/) override {
    handOver();
    return true;
  }
  void HandleTranslationUnit(ASTContext & /*Context*/) override { handOver(); }

private:
  void handOver() {
    if (Done || Clang.getFrontendOpts().ProgramAction == frontend::GeneratePCH)
      return;
    Done = true; // Also for what is handed over here and comes by again.
    const ASTContext &Context = Clang.getASTContext();
    if (!Context.getExternalSource())
      return;
    // Predefined, so in no precompiled header, nor that one of its functions
    // has a variable of this type, as libstdc++'s <string> does. If it is known
    // only later, its members are said to be on a line of the file.
    if (auto *List = dyn_cast_or_null<TagDecl>(Context.getVaListTagDecl()))
      List->setCompleteDefinitionRequired();
    handOver(Context.getTranslationUnitDecl());
  }

  void handOver(const DeclContext *Holder) {
    SmallVector<Decl *, 64> Found;
    Clang.getASTContext().getExternalSource()->FindExternalLexicalDecls(
        Holder, matters, Found);
    for (Decl *Declaration : Found) {
      if (const auto *Inner = dyn_cast<DeclContext>(Declaration))
        handOver(Inner);
      else if (matters(Declaration->getKind()))
        Clang.getASTConsumer().HandleTopLevelDecl(DeclGroupRef(Declaration));
    }
  }

  CompilerInstance &Clang;
  bool Done = false;
};

} // namespace

} // namespace dfeheaders

static FrontendPluginRegistry::Add<
    dfeheaders::DebuggerAction<dfeheaders::Imports>>
    Registered("dfe-imports",
               "describes to debuggers what precompiled headers import");
