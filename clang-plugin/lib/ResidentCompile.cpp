//===- ResidentCompile.cpp - as Clang's main program does it --------------===//
//
// Clang's main program is no library: clang/tools/driver/driver.cpp and
// cc1_main.cpp are in the executable alone. This is what they do for a compile
// that succeeds and says nothing unusual, on the same library, so the object is
// the same; whoever asks runs the real program for all else.
//
//===----------------------------------------------------------------------===//

#include "ResidentCompiler/Compile.h"
#include "clang/Basic/DiagnosticIDs.h"
#include "clang/Basic/DiagnosticOptions.h"
#include "clang/CodeGen/ObjectFilePCHContainerWriter.h"
#include "clang/Driver/Compilation.h"
#include "clang/Driver/Driver.h"
#include "clang/Driver/Job.h"
#include "clang/Driver/Tool.h"
#include "clang/Driver/ToolChain.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/CompilerInvocation.h"
#include "clang/Frontend/TextDiagnosticBuffer.h"
#include "clang/Frontend/TextDiagnosticPrinter.h"
#include "clang/Frontend/Utils.h"
#include "clang/FrontendTool/Utils.h"
#include "clang/Serialization/ObjectFilePCHContainerReader.h"
#include "llvm/Support/BuryPointer.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/VirtualFileSystem.h"
#include "llvm/TargetParser/Host.h"

using namespace clang;

namespace dfeheaders {

// The words of the one compile that the driver plans for; none if it plans for
// anything else. Says what the driver warns of, words that it does not use.
static std::vector<std::string> jobOf(StringRef Program,
                                      ArrayRef<const char *> Words) {
  SmallVector<const char *, 256> Args(Words.begin(), Words.end());
  std::unique_ptr<DiagnosticOptions> Options = CreateAndPopulateDiagOpts(Args);
  Options->DiagnosticSuppressionMappingsFile.clear();
  std::string Said;
  llvm::raw_string_ostream Stream(Said);
  Stream.enable_colors(Options->ShowColors);
  auto *Printer = new TextDiagnosticPrinter(Stream, *Options);
  Printer->setPrefix(llvm::sys::path::stem(Args[0]).str());
  DiagnosticsEngine Diags(DiagnosticIDs::create(), *Options, Printer);
  auto Files = llvm::vfs::getRealFileSystem();
  ProcessWarningOptions(Diags, *Options, *Files, /*ReportDiags=*/false);
  driver::Driver Driver(Program, llvm::sys::getDefaultTargetTriple(), Diags,
                        "clang LLVM compiler", Files);
  // clang++, x86_64-linux-gnu-clang: words that come before all others.
  driver::ParsedClangName Name =
      driver::ToolChain::getTargetAndModeFromProgramName(Args[0]);
  Driver.setTargetAndMode(Name);
  if (Name.DriverMode)
    Args.insert(Args.begin() + 1, Name.DriverMode);
  if (Name.TargetIsValid) {
    const char *Target[] = {"-target", Name.TargetPrefix.c_str()};
    Args.insert(Args.begin() + 1, std::begin(Target), std::end(Target));
  }
  std::unique_ptr<driver::Compilation> Plan(Driver.BuildCompilation(Args));
  if (!Plan || Plan->containsError() || Diags.hasErrorOccurred() ||
      Plan->getJobs().size() != 1)
    return {};
  const driver::Command &Job = *Plan->getJobs().begin();
  const llvm::opt::ArgStringList &Arguments = Job.getArguments();
  if (StringRef(Job.getCreator().getName()) != "clang" || Arguments.empty() ||
      StringRef(Arguments[0]) != "-cc1" || Program != Job.getExecutable())
    return {};
  llvm::errs() << Said;
  return {Arguments.begin(), Arguments.end()};
}

Compiled compile(StringRef Program, ArrayRef<const char *> Words) {
  llvm::InitializeAllTargets();
  const std::vector<std::string> Job = jobOf(Program, Words);
  if (Job.empty())
    return {"the driver plans for more than a compile, or fails"};

  // A crash is for the real program to report.
  llvm::CrashRecoveryContext::Disable();
  llvm::remove_fatal_error_handler();
  llvm::cl::ResetAllOptionOccurrences();
  llvm::InitializeAllTargetMCs();
  llvm::InitializeAllAsmPrinters();
  llvm::InitializeAllAsmParsers();
  std::vector<const char *> Arguments;
  Arguments.reserve(Job.size());
  for (const std::string &Word : Job)
    Arguments.push_back(Word.c_str());
  const std::string Argv0 = Program.str();

  auto Containers = std::make_shared<PCHContainerOperations>();
  Containers->registerWriter(std::make_unique<ObjectFilePCHContainerWriter>());
  Containers->registerReader(std::make_unique<ObjectFilePCHContainerReader>());
  // What the words are wrong about is said when it is known how to say it.
  DiagnosticOptions Options;
  auto *Said = new TextDiagnosticBuffer;
  DiagnosticsEngine Diags(DiagnosticIDs::create(), Options, Said);
  auto Invocation = std::make_shared<CompilerInvocation>();
  if (!CompilerInvocation::CreateFromArgs(*Invocation, Arguments, Diags,
                                          Argv0.c_str()))
    return {};
  auto Clang = std::make_unique<CompilerInstance>(std::move(Invocation),
                                                  std::move(Containers));
  Clang->createVirtualFileSystem(llvm::vfs::getRealFileSystem(), Said);
  Clang->createDiagnostics();
  Said->FlushDiagnostics(Clang->getDiagnostics());
  const bool Success = ExecuteCompilerInvocation(Clang.get());
  llvm::BuryPointer(std::move(Clang));
  return {"", Success ? 0 : 1};
}

} // namespace dfeheaders
