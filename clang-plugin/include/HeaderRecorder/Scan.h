//===- Scan.h - records without compiles ---------------------------------===//

#ifndef DFE_HEADERRECORDER_SCAN_H
#define DFE_HEADERRECORDER_SCAN_H

#include "HeaderRecorder/Recorder.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendAction.h"

namespace dfeheaders {

/// Takes `NAME=VALUE`; false, with an error, for all else.
bool parseArguments(const clang::CompilerInstance &CI,
                    const std::vector<std::string> &Arguments,
                    llvm::StringRef Name, std::string &Value);

/// A record that cannot be written is a warning.
void writeRecord(clang::CompilerInstance &CI, const dfe::HeaderRecord &Record,
                 const std::string &Out);

/// Has a preprocessor and no more.
class PreprocessingAction : public clang::PluginASTAction {
protected:
  std::unique_ptr<clang::ASTConsumer>
  CreateASTConsumer(clang::CompilerInstance &, llvm::StringRef) override {
    return nullptr; // never called
  }
  bool usesPreprocessorOnly() const override { return true; }
};

/// Preprocesses one file for its record. If a header is not there, which the
/// build may have yet to make, there is a file `OUT.missing` in place of one:
/// the paths at which it was looked for, each with a line.
class ScanAction : public PreprocessingAction {
public:
  ScanAction() = default;
  /// Known may be null.
  ScanAction(std::string Out, Passages *Known)
      : Out(std::move(Out)), Known(Known) {}

  /// No record was written, as what a passage does would depend on the value of
  /// __COUNTER__: the file is to be scanned without known passages.
  bool isToBeRead() const { return IsToBeRead; }

protected:
  bool BeginInvocation(clang::CompilerInstance &CI) override;
  void ExecuteAction() override;
  bool ParseArgs(const clang::CompilerInstance &CI,
                 const std::vector<std::string> &Arguments) override {
    return parseArguments(CI, Arguments, "out", Out);
  }

private:
  std::string Out;
  Passages *Known = nullptr;
  bool IsToBeRead = false;
  llvm::IntrusiveRefCntPtr<AskedFiles> Asked;
};

/// Scans many files in one process, which reads each header once and goes past
/// text that it knows, see HeaderRecorder/Passages.h.
///
/// The file `jobs=` has a list of jobs, each of texts that end with a zero: the
/// record to write, the source, words -DX, -DX=1 and -UX, and an empty text.
/// They differ in nothing but these from the file of the command line, which is
/// the first job's: so Clang's driver is asked once. `passages=no` among the
/// words of a job: read everything (for tests). -print-stats says how much was
/// known. A job without a record afterwards has an error, or the process
/// failed.
class ScanManyAction : public PreprocessingAction {
protected:
  void ExecuteAction() override;
  bool ParseArgs(const clang::CompilerInstance &CI,
                 const std::vector<std::string> &Arguments) override {
    return parseArguments(CI, Arguments, "jobs", Jobs);
  }

private:
  std::string Jobs;
};

} // namespace dfeheaders

#endif // DFE_HEADERRECORDER_SCAN_H
