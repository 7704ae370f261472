//===- Plugin.cpp - dfe-headers: record a unit's headers -----------------===//
//
// In a compile, beside whatever it does:
//   clang++ -fplugin=dfe-headers.so
//           -Xclang -plugin-arg-dfe-headers -Xclang out=FILE …
// Or alone, by preprocessing only, which takes a few hundredths of the compile:
//   clang++ -fplugin=dfe-headers.so -fsyntax-only -Xclang -plugin
//           -Xclang dfe-headers-scan -Xclang -plugin-arg-dfe-headers-scan
//           -Xclang out=FILE …
// Only the first form knows instantiations, only the second probes. Without
// `out=` nothing is recorded. A record that cannot be written is a warning: it
// never breaks a compile.
//
//===----------------------------------------------------------------------===//

#include "HeaderRecorder/Recorder.h"
#include "clang/AST/ASTConsumer.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/Version.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendPluginRegistry.h"

using namespace clang;

namespace dfeheaders {

static bool parseArguments(const CompilerInstance &CI,
                           const std::vector<std::string> &Arguments,
                           std::string &Out) {
  DiagnosticsEngine &Diags = CI.getDiagnostics();
  for (StringRef Argument : Arguments) {
    if (Argument.consume_front("out=") && !Argument.empty()) {
      Out = Argument.str();
      continue;
    }
    unsigned Id =
        Diags.getCustomDiagID(DiagnosticsEngine::Error,
                              "dfe-headers: argument: expected out=FILE, got "
                              "'%0'");
    Diags.Report(Id) << Argument;
    return false;
  }
  return true;
}

static void write(CompilerInstance &CI, Recorder &R, const std::string &Out) {
  if (std::optional<dfe::FormatError> Error =
          R.take().Save(Out, getClangFullVersion())) {
    DiagnosticsEngine &Diags = CI.getDiagnostics();
    unsigned Id =
        Diags.getCustomDiagID(DiagnosticsEngine::Warning, "dfe-headers: %0");
    Diags.Report(Id) << Error->message;
  }
}

namespace {

/// Counts instantiations, and writes the record when the unit is complete.
class RecordConsumer : public ASTConsumer {
public:
  RecordConsumer(CompilerInstance &CI, std::string Out)
      : CI(CI), Out(std::move(Out)),
        R(std::make_shared<Recorder>(CI.getPreprocessor())) {
    Recorder::listen(R);
  }
  void HandleCXXImplicitFunctionInstantiation(FunctionDecl *D) override {
    R->countInstantiation(D->getLocation());
  }
  void HandleTagDeclDefinition(TagDecl *D) override {
    if (auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(D))
      if (!Spec->isExplicitSpecialization())
        R->countInstantiation(Spec->getLocation());
  }
  void HandleTranslationUnit(ASTContext &) override { write(CI, *R, Out); }

private:
  CompilerInstance &CI;
  std::string Out;
  std::shared_ptr<Recorder> R;
};

class RecordAction : public PluginASTAction {
protected:
  std::unique_ptr<ASTConsumer> CreateASTConsumer(CompilerInstance &CI,
                                                 StringRef) override {
    if (Out.empty())
      return std::make_unique<ASTConsumer>();
    return std::make_unique<RecordConsumer>(CI, Out);
  }
  bool ParseArgs(const CompilerInstance &CI,
                 const std::vector<std::string> &Arguments) override {
    return parseArguments(CI, Arguments, Out);
  }
  ActionType getActionType() override { return AddBeforeMainAction; }

private:
  std::string Out;
};

/// Preprocesses and does nothing else.
class ScanAction : public PluginASTAction {
protected:
  std::unique_ptr<ASTConsumer> CreateASTConsumer(CompilerInstance &,
                                                 StringRef) override {
    return nullptr; // never called: only the preprocessor is used
  }
  bool usesPreprocessorOnly() const override { return true; }
  // Before the search folders are looked at: one that is absent counts, too.
  bool BeginInvocation(CompilerInstance &CI) override {
    if (!CI.hasFileManager())
      CI.createFileManager();
    FileManager &Files = CI.getFileManager();
    Asked =
        llvm::makeIntrusiveRefCnt<AskedFiles>(Files.getVirtualFileSystemPtr());
    Files.setVirtualFileSystem(Asked);
    return true;
  }
  void ExecuteAction() override {
    CompilerInstance &CI = getCompilerInstance();
    Preprocessor &PP = CI.getPreprocessor();
    auto R = std::make_shared<Recorder>(PP, Asked);
    Recorder::listen(R);
    PP.EnterMainSourceFile();
    Token Tok;
    do
      PP.Lex(Tok);
    while (Tok.isNot(tok::eof));
    // What does not even preprocess is left to the compile to complain about.
    if (!Out.empty() && !CI.getDiagnostics().hasErrorOccurred())
      write(CI, *R, Out);
  }
  bool ParseArgs(const CompilerInstance &CI,
                 const std::vector<std::string> &Arguments) override {
    return parseArguments(CI, Arguments, Out);
  }

private:
  std::string Out;
  llvm::IntrusiveRefCntPtr<AskedFiles> Asked;
};

} // namespace
} // namespace dfeheaders

static FrontendPluginRegistry::Add<dfeheaders::RecordAction>
    RegisterRecord("dfe-headers", "record the headers of a compile");
static FrontendPluginRegistry::Add<dfeheaders::ScanAction>
    RegisterScan("dfe-headers-scan", "record headers without a compile");
