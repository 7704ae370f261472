//===- ScanMany.cpp - many files, in one process --------------------------===//

#include "HeaderRecorder/Passages.h"
#include "HeaderRecorder/Scan.h"
#include "clang/AST/ASTConsumer.h"
#include "clang/Basic/DiagnosticOptions.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;

namespace dfeheaders {

namespace {

/// What was on disk when a path was asked for first, until the process ends.
/// Once a text was read, its state is what it was then: a record that says a
/// newer one would be taken for one of the newer text.
class ReadOnce : public llvm::vfs::ProxyFileSystem {
public:
  using ProxyFileSystem::ProxyFileSystem;

  llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine &Path) override {
    llvm::SmallString<256> Storage;
    StringRef Name = Path.toStringRef(Storage);
    if (auto Read = Texts.find(Name); Read != Texts.end())
      return Read->second.Status;
    auto It = Stats.find(Name);
    if (It == Stats.end())
      It = Stats.try_emplace(Name, ProxyFileSystem::status(Path)).first;
    return It->second;
  }
  bool exists(const llvm::Twine &Path) override {
    return static_cast<bool>(status(Path));
  }
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>>
  openFileForRead(const llvm::Twine &Path) override;

private:
  struct Kept {
    llvm::vfs::Status Status;
    std::string Name;
    std::unique_ptr<llvm::MemoryBuffer> Text;
  };
  class KeptFile : public llvm::vfs::File {
  public:
    explicit KeptFile(const Kept &It) : It(It) {}
    llvm::ErrorOr<llvm::vfs::Status> status() override { return It.Status; }
    llvm::ErrorOr<std::string> getName() override { return It.Name; }
    llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>>
    getBuffer(const llvm::Twine &Name, int64_t, bool, bool) override {
      llvm::SmallString<256> Storage;
      return llvm::MemoryBuffer::getMemBuffer(It.Text->getBuffer(),
                                              Name.toStringRef(Storage));
    }
    std::error_code close() override { return {}; }

  private:
    const Kept &It;
  };

  llvm::StringMap<llvm::ErrorOr<llvm::vfs::Status>> Stats;
  llvm::StringMap<Kept> Texts;
};

llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>>
ReadOnce::openFileForRead(const llvm::Twine &Path) {
  llvm::SmallString<256> Storage;
  StringRef Name = Path.toStringRef(Storage);
  auto It = Texts.find(Name);
  if (It == Texts.end()) {
    auto File = ProxyFileSystem::openFileForRead(Path);
    if (!File)
      return File;
    llvm::ErrorOr<llvm::vfs::Status> Status = (*File)->status();
    if (!Status)
      return Status.getError();
    // Clang says what it makes of a folder.
    if (Status->isDirectory())
      return File;
    // A copy: a mapped file that is cut short would end the process. Of a pipe
    // nobody knows the size.
    auto Text = (*File)->getBuffer(
        Path,
        Status->isRegularFile() ? static_cast<int64_t>(Status->getSize()) : -1,
        /*RequiresNullTerminator=*/true, /*IsVolatile=*/true);
    if (!Text)
      return Text.getError();
    llvm::ErrorOr<std::string> Known = (*File)->getName();
    It = Texts
             .try_emplace(Name, Kept{*Status, Known ? *Known : Name.str(),
                                     std::move(*Text)})
             .first;
  }
  return std::make_unique<KeptFile>(It->second);
}

using MacroWords = std::vector<std::pair<std::string, bool /*isUndef*/>>;

struct Job {
  std::string Out, Source;
  MacroWords Macros;
  bool UsesPassages = true;
};

} // namespace

static std::optional<std::vector<Job>> parseJobs(StringRef Text) {
  std::vector<Job> Jobs;
  auto Take = [&Text] {
    auto [Word, Rest] = Text.split('\0');
    Text = Rest;
    return Word;
  };
  while (!Text.empty()) {
    if (!Text.ends_with(StringRef("\0\0", 2)))
      return std::nullopt;
    Job &Own = Jobs.emplace_back();
    Own.Out = Take();
    Own.Source = Take();
    for (StringRef Word = Take(); !Word.empty(); Word = Take()) {
      if (Word == "passages=no")
        Own.UsesPassages = false;
      else if (Word.consume_front("-D"))
        Own.Macros.emplace_back(Word.str(), false);
      else if (Word.consume_front("-U"))
        Own.Macros.emplace_back(Word.str(), true);
      else
        return std::nullopt;
    }
  }
  return Jobs;
}

// As if Clang's driver had been given the words of that job. True if it is to
// be done again without what is known.
static bool scan(CompilerInstance &Leader, const Job &Own,
                 llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files,
                 Passages *Known) {
  auto Words = std::make_shared<CompilerInvocation>(Leader.getInvocation());
  FrontendOptions &Front = Words->getFrontendOpts();
  const InputKind Kind = Front.Inputs[0].getKind();
  Front.Inputs = {FrontendInputFile(Own.Source, Kind)};
  Front.DisableFree = false;
  Front.ShowStats = false;
  PreprocessorOptions &Macros = Words->getPreprocessorOpts();
  Macros.Macros = Own.Macros;
  CompilerInstance CI(Words, Leader.getPCHContainerOperations());
  CI.setVirtualFileSystem(std::move(Files));
  IgnoringDiagConsumer Nobody;
  CI.createDiagnostics(&Nobody, /*ShouldOwnClient=*/false);
  ScanAction Action(Own.Out, Known);
  CI.ExecuteAction(Action);
  return Action.isToBeRead();
}

void ScanManyAction::ExecuteAction() {
  CompilerInstance &CI = getCompilerInstance();
  auto Fail = [&](StringRef What) {
    DiagnosticsEngine &Diags = CI.getDiagnostics();
    Diags.Report(
        Diags.getCustomDiagID(DiagnosticsEngine::Error, "dfe-headers: %0: %1"))
        << this->Jobs << What;
  };
  auto Buffer = llvm::MemoryBuffer::getFile(this->Jobs, /*IsText=*/false);
  if (!Buffer)
    return Fail(Buffer.getError().message());
  std::optional<std::vector<Job>> Jobs = parseJobs((*Buffer)->getBuffer());
  if (!Jobs || Jobs->empty())
    return Fail("expected a list of jobs");
  // The driver may add macros, and may take others than it was given.
  if (CI.getPreprocessorOpts().Macros != Jobs->front().Macros)
    return Fail("expected the macros of the first job on the command line");
  auto Files =
      llvm::makeIntrusiveRefCnt<ReadOnce>(CI.getVirtualFileSystemPtr());
  Passages Known;
  size_t Again = 0;
  for (const Job &Own : *Jobs)
    if (scan(CI, Own, Files, Own.UsesPassages ? &Known : nullptr)) {
      scan(CI, Own, Files, nullptr);
      ++Again;
    }
  if (CI.getFrontendOpts().ShowStats)
    llvm::errs() << "dfe-headers: " << Jobs->size() << " files, " << Known.Taken
                 << " passages known, " << Known.Read << " read, " << Again
                 << " files scanned again\n";
}

} // namespace dfeheaders
