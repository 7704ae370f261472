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
// never breaks a compile. Or of many files that have the words of one, see
// HeaderRecorder/Scan.h:
//   clang++ -fplugin=dfe-headers.so -fsyntax-only -Xclang -plugin
//           -Xclang dfe-headers-scan-many
//           -Xclang -plugin-arg-dfe-headers-scan-many -Xclang jobs=FILE …
//
//===----------------------------------------------------------------------===//

#include "HeaderRecorder/Recorder.h"
#include "HeaderRecorder/Scan.h"
#include "clang/AST/ASTConsumer.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendPluginRegistry.h"

using namespace clang;

namespace dfeheaders {

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
  void HandleTranslationUnit(ASTContext &) override {
    writeRecord(CI, R->take(), Out);
  }

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
    return parseArguments(CI, Arguments, "out", Out);
  }
  ActionType getActionType() override { return AddBeforeMainAction; }

private:
  std::string Out;
};

} // namespace
} // namespace dfeheaders

static FrontendPluginRegistry::Add<dfeheaders::RecordAction>
    RegisterRecord("dfe-headers", "record the headers of a compile");
static FrontendPluginRegistry::Add<dfeheaders::ScanAction>
    RegisterScan("dfe-headers-scan", "record headers without a compile");
static FrontendPluginRegistry::Add<dfeheaders::ScanManyAction>
    RegisterScanMany("dfe-headers-scan-many",
                     "record headers of many files without compiles");
