//===- Scan.cpp - one file, preprocessed for its record -------------------===//

#include "HeaderRecorder/Scan.h"
#include "clang/AST/ASTConsumer.h"
#include "clang/Basic/Version.h"
#include "clang/Lex/HeaderSearch.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <set>

using namespace clang;

namespace dfeheaders {

namespace {

/// Notes where the search for the first header that is not there would have
/// ended had it been: beside its includer, or in a folder of the command line
/// that is not the system's, be that there or not. What was asked of the disk
/// does not tell: in a folder that is absent Clang asks for no file.
class MissingHeader : public PPCallbacks {
public:
  MissingHeader(Preprocessor &PP, std::set<std::string> &Paths)
      : PP(PP), Paths(Paths) {}

  bool FileNotFound(StringRef Spelled) override {
    if (!Paths.empty())
      return false;
    if (llvm::sys::path::is_absolute(Spelled)) {
      Paths.insert(Spelled.str());
      return false;
    }
    auto Add = [&](StringRef Folder) {
      llvm::SmallString<256> Path = Folder;
      llvm::sys::path::append(Path, Spelled);
      if (!StringRef(Path).contains('\n'))
        Paths.insert(Path.str().str());
    };
    const PreprocessorLexer *Lexer = PP.getCurrentFileLexer();
    if (OptionalFileEntryRef Includer =
            Lexer ? Lexer->getFileEntry() : std::nullopt)
      Add(Includer->getDir().getName());
    for (const HeaderSearchOptions::Entry &Entry :
         PP.getHeaderSearchInfo().getHeaderSearchOpts().UserEntries)
      if (Entry.Group == frontend::Quoted || Entry.Group == frontend::Angled ||
          Entry.Group == frontend::After)
        Add(Entry.Path);
    return false;
  }

private:
  Preprocessor &PP;
  std::set<std::string> &Paths;
};

} // namespace

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

static void writeMissing(const std::set<std::string> &Paths,
                         const std::string &Out) {
  std::error_code Error;
  llvm::raw_fd_ostream File(Out + ".missing", Error);
  if (Error)
    return;
  for (const std::string &Path : Paths)
    File << Path << '\n';
  // Nobody knows then when it comes.
  if (File.has_error())
    File.clear_error();
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
  std::set<std::string> Missing;
  PP.addPPCallbacks(std::make_unique<MissingHeader>(PP, Missing));
  PP.EnterMainSourceFile();
  Token Tok;
  // A header that is not there: no record comes of it, however much is read.
  do
    PP.Lex(Tok);
  while (Tok.isNot(tok::eof) && !CI.getDiagnostics().hasFatalErrorOccurred());
  IsToBeRead = Known && R->dependsOnCounter();
  if (!Out.empty() && !Missing.empty())
    writeMissing(Missing, Out);
  // What does not even preprocess is left to the compile to complain about.
  if (Out.empty() || CI.getDiagnostics().hasErrorOccurred())
    return;
  const dfe::HeaderRecord Record = R->take();
  if (!IsToBeRead)
    writeRecord(CI, Record, Out);
}

} // namespace dfeheaders
