// Payloads, and what a process is from outside.
#include "dfe/format/resident_call.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <utility>

#include "dfe/format/byte_stream.h"
#include "dfe/format/envelope.h"

namespace dfe {
namespace {

constexpr std::string_view kCallSignature = "DFECCALL";
constexpr std::string_view kAnswerSignature = "DFECDONE";
constexpr uint32_t kVersion = 1;

void WriteTexts(ByteWriter& out, const std::vector<std::string>& texts) {
  out.Each(texts, [&](const std::string& text) { out.Text(text); });
}

std::vector<std::string> ReadTexts(ByteReader& in, const char* what) {
  std::vector<std::string> texts;
  in.Each(what, [&] { texts.push_back(in.Text(what)); });
  return texts;
}

uint32_t ReadSmall(ByteReader& in, const char* what) {
  return in.Index(what, uint64_t{1} << 32);
}

// Opens a frame and reads its payload with `read`.
template <typename Message, typename Read>
std::variant<Message, FormatError> ParseFrame(std::string_view frame,
                                              std::string_view signature,
                                              Read read) {
  constexpr char kWhere[] = "resident compiler";
  auto opened = OpenEnvelope(frame, kWhere, signature, kVersion, "");
  if (auto* error = std::get_if<FormatError>(&opened)) return std::move(*error);
  ByteReader in(std::get<Envelope>(opened).payload);
  Message message;
  read(in, message);
  if (!in.failed() && !in.at_end()) in.Fail("message", "its end", "more");
  if (in.failed()) {
    return FormatError{FormatErrorKind::kCorrupt,
                       std::string(kWhere) + ": " + in.error};
  }
  return message;
}

// What a file or link of /proc says of this process.
std::string Said(const char* path) {
  char buffer[4096];
  ssize_t size = readlink(path, buffer, sizeof buffer);
  if (size < 0) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return "";
    size = read(fd, buffer, sizeof buffer);
    close(fd);
  }
  return size < 0 ? "" : std::string(buffer, static_cast<size_t>(size));
}

}  // namespace

std::string ResidentCall::Render() const {
  ByteWriter out;
  out.Text(program);
  WriteTexts(out, words);
  WriteTexts(out, environment);
  out.Number(umask);
  out.Text(circumstances);
  return SealEnvelope(kCallSignature, kVersion, "", out.out);
}

std::variant<ResidentCall, FormatError> ResidentCall::Parse(
    std::string_view frame) {
  return ParseFrame<ResidentCall>(
      frame, kCallSignature, [](ByteReader& in, ResidentCall& call) {
        call.program = in.Text("program");
        call.words = ReadTexts(in, "words");
        call.environment = ReadTexts(in, "environment");
        call.umask = ReadSmall(in, "umask");
        call.circumstances = in.Text("circumstances");
      });
}

std::string ResidentAnswer::Render() const {
  ByteWriter out;
  out.Text(refusal);
  out.Number(exit_code);
  out.Number(cpu_us);
  out.Number(peak_rss_kib);
  return SealEnvelope(kAnswerSignature, kVersion, "", out.out);
}

std::variant<ResidentAnswer, FormatError> ResidentAnswer::Parse(
    std::string_view frame) {
  return ParseFrame<ResidentAnswer>(
      frame, kAnswerSignature, [](ByteReader& in, ResidentAnswer& answer) {
        answer.refusal = in.Text("refusal");
        answer.exit_code = ReadSmall(in, "exit code");
        answer.cpu_us = in.Number("CPU time");
        answer.peak_rss_kib = in.Number("memory");
      });
}

namespace {

// What the process does at a signal.
struct sigaction ActionOf(int number) {
  struct sigaction action = {};
  (void)sigaction(number, nullptr, &action);
  return action;
}

bool Ignores(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == SIG_IGN;
}

bool Handles(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) != 0 ||
         (action.sa_handler != SIG_IGN && action.sa_handler != SIG_DFL);
}

std::string IgnoredLine(int number) {
  return "ignored " + std::to_string(number) + "\n";
}

}  // namespace

std::string Circumstances() {
  std::string text;
  auto add = [&text](const char* what, uint64_t value) {
    text.append(what).append(" ").append(std::to_string(value)).append("\n");
  };
  // Who it is.
  uid_t users[3] = {};
  gid_t groups[3] = {};
  (void)getresuid(&users[0], &users[1], &users[2]);
  (void)getresgid(&groups[0], &groups[1], &groups[2]);
  for (uid_t user : users) add("user", user);
  for (gid_t group : groups) add("group", group);
  gid_t more[256];
  const int count = getgroups(256, more);
  add("groups", static_cast<uint64_t>(count));
  for (int i = 0; i < count; ++i) add("also", more[i]);
  // Its limits, and how it is scheduled.
  for (int resource = 0; resource < RLIM_NLIMITS; ++resource) {
    struct rlimit limit = {};
    (void)getrlimit(static_cast<__rlimit_resource_t>(resource), &limit);
    add("limit", limit.rlim_cur);
    add("of", limit.rlim_max);
  }
  add("nice", static_cast<uint64_t>(getpriority(PRIO_PROCESS, 0)));
  add("policy", static_cast<uint64_t>(sched_getscheduler(0)));
  cpu_set_t cores;
  CPU_ZERO(&cores);
  if (sched_getaffinity(0, sizeof cores, &cores) == 0) {
    for (int core = 0; core < CPU_SETSIZE; ++core) {
      if (CPU_ISSET(core, &cores)) add("core", static_cast<uint64_t>(core));
    }
  }
  add("personality", static_cast<uint64_t>(personality(0xffffffff)));
  // Signals that somebody asked not to hear of.
  sigset_t blocked;
  sigemptyset(&blocked);
  sigprocmask(SIG_BLOCK, nullptr, &blocked);
  for (int number = 1; number < NSIG; ++number) {
    if (Ignores(ActionOf(number))) text += IgnoredLine(number);
    if (sigismember(&blocked, number) == 1) {
      add("blocked", static_cast<uint64_t>(number));
    }
  }
  // What it sees.
  struct stat root = {};
  (void)stat("/", &root);
  add("root", root.st_ino);
  add("on", root.st_dev);
  for (const char* path :
       {"/proc/self/ns/mnt", "/proc/self/ns/user", "/proc/self/ns/pid",
        "/proc/self/cgroup", "/proc/self/attr/current"}) {
    text += Said(path) + "\n";
  }
  return text;
}

std::string WithoutHandledSignals(std::string_view circumstances) {
  std::string text(circumstances);
  for (int number = 1; number < NSIG; ++number) {
    if (!Handles(ActionOf(number))) continue;
    const std::string line = IgnoredLine(number);
    // Whole lines only; the first one is who it is.
    const size_t at = text.find("\n" + line);
    if (at != std::string::npos) text.erase(at + 1, line.size());
  }
  return text;
}

}  // namespace dfe
