//===- Resident.cpp - a Clang that stays, and forks for each call ---------===//
//
// Loading Clang's libraries and relocating them is 20 of the 33 ms that Clang
// takes for an empty C file, and in C it is up to half of what a small file
// costs whose headers are precompiled. So `dfe build` starts the user's own
// Clang once,
//   clang -fplugin=dfe-resident.so -fsyntax-only -Xclang -plugin
//         -Xclang dfe-resident -Xclang -plugin-arg-dfe-resident
//         -Xclang listen=3,until=4,tested=VERSIONS -x c /dev/null
// with a listening socket and a pipe that ends with the build; each call of
// dfe-cc (dfe/format/resident_call.h) gets a process of its own, as it was
// before any file was read. No state goes from one call to another.
//
//===----------------------------------------------------------------------===//

#include "ResidentCompiler/Compile.h"
#include "dfe/format/envelope.h"
#include "dfe/format/resident_call.h"
#include "clang/AST/ASTConsumer.h"
#include "clang/Basic/Version.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendPluginRegistry.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

using namespace clang;

namespace dfeheaders {

namespace {

/// What came through the socket.
struct Received {
  std::string Frame;
  std::vector<int> Descriptors;
};

// Reads one frame and what came with it. False if that is not what came.
bool receive(int Socket, Received &Call) {
  size_t Wanted = dfe::kFrameHeadSize;
  while (Call.Frame.size() < Wanted) {
    char Buffer[1 << 16];
    alignas(cmsghdr) char
        Control[CMSG_SPACE(sizeof(int) * dfe::kResidentDescriptors)];
    iovec Part = {Buffer,
                  std::min<size_t>(sizeof Buffer, Wanted - Call.Frame.size())};
    msghdr Message = {};
    Message.msg_iov = &Part;
    Message.msg_iovlen = 1;
    Message.msg_control = Control;
    Message.msg_controllen = sizeof Control;
    const ssize_t Size = recvmsg(Socket, &Message, MSG_CMSG_CLOEXEC);
    if (Size < 0 && errno == EINTR)
      continue;
    if (Size <= 0)
      return false;
    for (cmsghdr *Head = CMSG_FIRSTHDR(&Message); Head;
         Head = CMSG_NXTHDR(&Message, Head)) {
      if (Head->cmsg_level != SOL_SOCKET || Head->cmsg_type != SCM_RIGHTS)
        continue;
      const size_t Count = (Head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
      for (size_t I = 0; I < Count; ++I) {
        int Descriptor;
        memcpy(&Descriptor, CMSG_DATA(Head) + I * sizeof(int), sizeof(int));
        Call.Descriptors.push_back(Descriptor);
      }
    }
    Call.Frame.append(Buffer, static_cast<size_t>(Size));
    if (Call.Frame.size() == dfe::kFrameHeadSize) {
      const std::optional<uint64_t> Whole = dfe::FrameSize(Call.Frame);
      if (!Whole || *Whole > dfe::kMaxResidentFrame)
        return false;
      Wanted = *Whole;
    }
  }
  return Call.Descriptors.size() == dfe::kResidentDescriptors;
}

void send(int Socket, StringRef Text) {
  while (!Text.empty()) {
    const ssize_t Size = ::send(Socket, Text.data(), Text.size(), MSG_NOSIGNAL);
    if (Size < 0 && errno == EINTR)
      continue;
    if (Size <= 0)
      return;
    Text = Text.drop_front(static_cast<size_t>(Size));
  }
}

// Variables that were read before this process was asked for anything: of the
// dynamic loader and the C library.
std::string loaderVariables(char **Environment) {
  std::vector<StringRef> Found;
  for (char **Entry = Environment; *Entry; ++Entry) {
    StringRef Text(*Entry);
    if (Text.starts_with("LD_") || Text.starts_with("GLIBC_") ||
        Text.starts_with("MALLOC_"))
      Found.push_back(Text);
  }
  llvm::sort(Found);
  return llvm::join(Found, "\n");
}

// The process of one call. What it refuses, nobody has seen yet.
Compiled serveCall(const Received &Call, int Socket,
                   const std::string &Circumstances) {
  auto Parsed = dfe::ResidentCall::Parse(Call.Frame);
  auto *Wanted = std::get_if<dfe::ResidentCall>(&Parsed);
  if (!Wanted)
    return {std::get<dfe::FormatError>(Parsed).message};
  if (Wanted->words.empty() ||
      Wanted->program != llvm::sys::fs::getMainExecutable(nullptr, nullptr))
    return {"another compiler"};
  if (dfe::WithoutHandledSignals(Wanted->circumstances) != Circumstances)
    return {"other limits or circumstances"};
  std::vector<char *> Environment;
  Environment.reserve(Wanted->environment.size() + 1);
  for (std::string &Entry : Wanted->environment)
    Environment.push_back(Entry.data());
  Environment.push_back(nullptr);
  if (loaderVariables(Environment.data()) != loaderVariables(environ))
    return {"other variables of the dynamic loader"};

  // From here on as the process that the caller would have started. If the
  // caller is no more, it ends as by make, and Clang removes what is half
  // written.
  if (fchdir(Call.Descriptors[3]) != 0)
    return {"the folder is gone"};
  for (int To = 0; To < 3; ++To)
    if (dup2(Call.Descriptors[To], To) != To)
      return {"no descriptors"};
  for (int Descriptor : Call.Descriptors)
    if (Descriptor > 2)
      close(Descriptor);
  fcntl(Socket, F_SETSIG, SIGTERM);
  fcntl(Socket, F_SETOWN, getpid());
  fcntl(Socket, F_SETFL, fcntl(Socket, F_GETFL) | O_ASYNC);
  umask(Wanted->umask);
  environ = Environment.data();
  std::vector<const char *> Words;
  Words.reserve(Wanted->words.size());
  for (const std::string &Word : Wanted->words)
    Words.push_back(Word.c_str());
  Compiled Done = compile(Wanted->program, Words);
  llvm::outs().flush();
  fflush(nullptr);
  return Done;
}

[[noreturn]] void serve(int Socket, const std::string &Circumstances) {
  send(Socket, StringRef(&dfe::kResidentStarted, 1));
  Received Call;
  if (receive(Socket, Call)) {
    const Compiled Done = serveCall(Call, Socket, Circumstances);
    rusage Used = {};
    getrusage(RUSAGE_SELF, &Used);
    dfe::ResidentAnswer Answer;
    Answer.refusal = Done.Refusal;
    Answer.exit_code = static_cast<uint32_t>(Done.ExitCode);
    Answer.cpu_us = static_cast<uint64_t>(
        (Used.ru_utime.tv_sec + Used.ru_stime.tv_sec) * 1000000 +
        Used.ru_utime.tv_usec + Used.ru_stime.tv_usec);
    Answer.peak_rss_kib = static_cast<uint64_t>(Used.ru_maxrss);
    send(Socket, Answer.Render());
  }
  _exit(0);
}

// Serves until the other end of the pipe Until is closed.
void listenUntil(int Listen, int Until) {
  const std::string Circumstances = dfe::Circumstances();
  int Running = 0;
  while (true) {
    // Who ended is looked for from time to time: a handler of a signal would be
    // something that the real program does not have.
    pollfd Events[] = {{Listen, POLLIN, 0}, {Until, POLLIN, 0}};
    const int Ready = poll(Events, 2, Running > 0 ? 50 : -1);
    if (Ready < 0 && errno != EINTR)
      break;
    while (Running > 0 && waitpid(-1, nullptr, WNOHANG) > 0)
      --Running;
    if (Ready <= 0)
      continue;
    if (Events[1].revents != 0)
      break;
    if (Events[0].revents == 0)
      continue;
    const int Socket = accept4(Listen, nullptr, nullptr, SOCK_CLOEXEC);
    if (Socket < 0)
      continue;
    const pid_t Child = fork();
    if (Child == 0) {
      close(Listen);
      close(Until);
      serve(Socket, Circumstances);
    }
    if (Child > 0)
      ++Running;
    close(Socket);
  }
  close(Listen);
  while (Running > 0 && waitpid(-1, nullptr, 0) > 0)
    --Running;
}

// Whether this Clang has one of these versions, between spaces.
bool isOneOf(StringRef Versions) {
  SmallVector<StringRef, 4> Tested;
  Versions.split(Tested, ' ');
  const std::string Own = getClangFullVersion();
  return llvm::any_of(Tested, [&](StringRef Version) {
    return StringRef(Own).contains(("clang version " + Version).str());
  });
}

class ResidentAction : public PluginASTAction {
protected:
  std::unique_ptr<ASTConsumer> CreateASTConsumer(CompilerInstance &,
                                                 StringRef) override {
    return nullptr; // never called
  }
  bool usesPreprocessorOnly() const override { return true; }
  void ExecuteAction() override {
    if (Listen >= 0 && Until >= 0)
      listenUntil(Listen, Until);
  }
  bool ParseArgs(const CompilerInstance &CI,
                 const std::vector<std::string> &Arguments) override {
    SmallVector<StringRef, 3> Parts;
    if (Arguments.size() == 1)
      StringRef(Arguments[0]).split(Parts, ',');
    if (Parts.size() == 3 && Parts[0].consume_front("listen=") &&
        Parts[1].consume_front("until=") && Parts[2].consume_front("tested=") &&
        !Parts[0].getAsInteger(10, Listen) &&
        !Parts[1].getAsInteger(10, Until) && isOneOf(Parts[2]))
      return true;
    DiagnosticsEngine &Diags = CI.getDiagnostics();
    Diags.Report(Diags.getCustomDiagID(
        DiagnosticsEngine::Error,
        "dfe-resident: argument: expected listen=FD,until=FD,tested=VERSIONS, "
        "and a Clang of such a version"));
    return false;
  }

private:
  int Listen = -1, Until = -1;
};

} // namespace
} // namespace dfeheaders

static FrontendPluginRegistry::Add<dfeheaders::ResidentAction>
    Register("dfe-resident", "compile for others, in processes of their own");
