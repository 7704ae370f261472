//===- Scan.cpp - one file, preprocessed for its record -------------------===//

#include "HeaderRecorder/Scan.h"
#include "clang/AST/ASTConsumer.h"
#include "clang/Basic/Version.h"

using namespace clang;

namespace dfeheaders {

bool parseArguments(const CompilerInstance &CI,
                    const std::vector<std::string> &Arguments, StringRef Name,
                    std::string &Value) {
  DiagnosticsEngine &Diags = CI.getDiagnostics();
  for (StringRef Argument : Arguments) {
    if (Argument.consume_front(Name) && Argument.consume_front("=") &&
        !Argument.empty()) {
      Value = Argument.str();
      continue;
    }
    unsigned Id =
        Diags.getCustomDiagID(DiagnosticsEngine::Error,
                              "dfe-headers: argument: expected %0=FILE, got "
                              "'%1'");
    Diags.Report(Id) << Name << Argument;
    return false;
  }
  return true;
}

void writeRecord(CompilerInstance &CI, const dfe::HeaderRecord &Record,
                 const std::string &Out) {
  if (std::optional<dfe::FormatError> Error =
          Record.Save(Out, getClangFullVersion())) {
    DiagnosticsEngine &Diags = CI.getDiagnostics();
    unsigned Id =
        Diags.getCustomDiagID(DiagnosticsEngine::Warning, "dfe-headers: %0");
    Diags.Report(Id) << Error->message;
  }
}

// Before the search folders are looked at: one that is absent counts, too.
bool ScanAction::BeginInvocation(CompilerInstance &CI) {
  if (!CI.hasFileManager())
    CI.createFileManager();
  FileManager &Files = CI.getFileManager();
  Asked =
      llvm::makeIntrusiveRefCnt<AskedFiles>(Files.getVirtualFileSystemPtr());
  Files.setVirtualFileSystem(Asked);
  return true;
}

void ScanAction::ExecuteAction() {
  CompilerInstance &CI = getCompilerInstance();
  Preprocessor &PP = CI.getPreprocessor();
  auto R = std::make_shared<Recorder>(PP, Asked, Known);
  Recorder::listen(R);
  PP.EnterMainSourceFile();
  Token Tok;
  // A header that is not there: no record comes of it, however much is read.
  do
    PP.Lex(Tok);
  while (Tok.isNot(tok::eof) && !CI.getDiagnostics().hasFatalErrorOccurred());
  IsToBeRead = Known && R->dependsOnCounter();
  // What does not even preprocess is left to the compile to complain about.
  if (Out.empty() || CI.getDiagnostics().hasErrorOccurred())
    return;
  const dfe::HeaderRecord Record = R->take();
  if (!IsToBeRead)
    writeRecord(CI, Record, Out);
}

} // namespace dfeheaders
