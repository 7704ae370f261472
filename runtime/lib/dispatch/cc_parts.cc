// A compile in parts, in the order of the functions: what may be, the talk with
// the plugin, and the joining.
#include "dfe/dispatch/cc_parts.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "dfe/dispatch/cc_invocation.h"
#include "dfe/dispatch/spawn.h"
#include "dfe/dispatch/text_lines.h"

namespace dfe::dispatch {
namespace {

constexpr char kSelf[] = "dfe-cc";

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Takes a line off the text.
std::string_view TakeLine(std::string_view* text) {
  const std::string_view line = text->substr(0, text->find('\n'));
  text->remove_prefix(std::min(text->size(), line.size() + 1));
  return line;
}

// Words as `clang -###` quotes them.
std::vector<std::string> Unquoted(std::string_view line) {
  std::vector<std::string> words;
  bool inside = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') {
      inside = !inside;
      if (inside) words.emplace_back();
    } else if (inside) {
      if (line[i] == '\\' && i + 1 < line.size()) ++i;
      words.back() += line[i];
    }
  }
  return words;
}

// Words, or how they begin, of jobs that write more than the object, measure
// it, hear from the optimiser or the backend, or want the whole file for other
// reasons.
// clang-format off
constexpr std::string_view kWholeFileOnly[] = {
    "-R", "-Wframe-larger-than", "-add-plugin", "-ast-", "-coverage-",
    "-disable-llvm-optzns", "-disable-llvm-passes", "-dwarf-debug-flags",
    "-emit-module", "-fbasic-block", "-fcoverage-mapping", "-fcuda", "-fdump",
    "-fembed", "-fexperimental", "-flto", "-fmemory-pro", "-fmodule",
    "-fopenmp-is", "-fpass", "-fprofile", "-fsanitize", "-fsplit-machine",
    "-fthin", "-ftime", "-funique", "-fwarn-stack", "-fwhole", "-fxray",
    "-gcodeview", "-load", "-mllvm", "-opt-record", "-plugin", "-print-",
    "-record-command-line", "-save-temps", "-split-dwarf", "-stack-usage",
    "-stats", "-test-coverage"};
// clang-format on

// The word after `option`, or "".
std::string After(const std::vector<std::string>& words,
                  std::string_view option) {
  auto at = std::find(words.begin(), words.end(), option);
  return at == words.end() || at + 1 == words.end() ? "" : at[1];
}

}  // namespace

std::optional<PartsOrder> ParsePartsOrder(std::string_view text) {
  PartsOrder order;
  order.parts = static_cast<int>(ToNumber(TakeLine(&text)));
  const std::string_view when = TakeLine(&text);
  order.always = when == "always";
  order.plugin = std::string(TakeLine(&text));
  if (order.parts < 2 || order.parts > kMostParts || order.plugin.empty() ||
      (!order.always && when != "idle")) {
    return std::nullopt;
  }
  return order;
}

std::string PartsOrderText(const PartsOrder& order) {
  return std::to_string(std::min(order.parts, kMostParts)) +
         (order.always ? "\nalways\n" : "\nidle\n") + order.plugin + "\n";
}

std::vector<std::string> CompilerJob(std::string_view printed,
                                     std::string* refusal) {
  std::vector<std::string> job;
  int jobs = 0;
  while (!printed.empty()) {
    const std::string_view line = TakeLine(&printed);
    if (StartsWith(line, " \"")) {
      ++jobs;
      job = Unquoted(line);
    } else if (Contains(line, "warning: ") || Contains(line, "error: ")) {
      *refusal = "the compiler's driver has something to say";
    }
  }
  if (refusal->empty() &&
      (jobs != 1 || job.size() < 8 || job[1] != "-cc1" ||
       std::find(job.begin(), job.end(), "-emit-obj") == job.end())) {
    *refusal = "not one job that makes an object";
  }
  return job;
}

std::string PartsRefusal(const std::vector<std::string>& job) {
  const std::string target = After(job, "-triple");
  if (!StartsWith(target, "x86_64-") || !Contains(target, "-linux")) {
    return "compiles for " + target;
  }
  const std::string language = After(job, "-x");
  if (language != "c" && language != "c++") return "language " + language;
  if (After(job, "-o").empty()) return "no output";
  bool optimises = false;
  for (size_t i = 0; i < job.size(); ++i) {
    const std::string& word = job[i];
    if (word == "-load" && i + 1 < job.size() && IsImportsPlugin(job[i + 1])) {
      continue;
    }
    if (word == "-O1" || word == "-O2" || word == "-O3" || word == "-Os" ||
        word == "-Oz") {
      optimises = true;
    }
    for (std::string_view option : kWholeFileOnly) {
      if (StartsWith(word, option)) return word;
    }
  }
  return optimises ? "" : "not optimised";
}

std::vector<std::string> PartWords(const std::vector<std::string>& job,
                                   const std::string& bitcode,
                                   const std::string& object) {
  std::vector<std::string> words;
  for (size_t i = 0; i < job.size(); ++i) {
    const std::string& word = job[i];
    const bool has_next = i + 1 < job.size();
    if ((word == "-dependency-file" || word == "-MT" ||
         word == "-include-pch" || word == "-include" ||
         (word == "-load" && has_next && IsImportsPlugin(job[i + 1]))) &&
        has_next) {
      ++i;
    } else if (word == "-o" && has_next) {
      ++i;
      words.insert(words.end(), {"-o", object});
    } else if (word == "-x" && has_next) {
      ++i;
      words.insert(words.end(), {"-x", "ir"});
    } else if (word != "-MP" && word != "-sys-header-deps") {
      words.push_back(word);
    }
  }
  words.back() = bitcode;
  return words;
}

int IdleCores(std::string_view loadavg, int cores) {
  // "0.20 0.18 0.12 3/80 11206": 3 of 80 are running, the reader among them.
  for (int field = 0; field < 3; ++field) {
    loadavg.remove_prefix(std::min(loadavg.size(), loadavg.find(' ')));
    loadavg.remove_prefix(loadavg.empty() ? 0 : 1);
  }
  const auto running = static_cast<int>(ToNumber(loadavg));
  return running < 1 ? 0 : std::max(0, cores - (running - 1));
}

namespace {

std::string ReadDescriptor(int fd) {
  std::string text;
  char buffer[1 << 12];
  lseek(fd, 0, SEEK_SET);
  while (true) {
    const ssize_t n = read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return text;
    text.append(buffer, static_cast<size_t>(n));
  }
}

// A line from the plugin; nothing when it has no more to say.
std::optional<std::string> ReadLine(int fd) {
  std::string line;
  while (true) {
    char c = 0;
    const ssize_t n = read(fd, &c, 1);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return std::nullopt;
    if (c == '\n') return line;
    line += c;
  }
}

int Cores() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

// The least that is idle in a few looks: one that comes and goes is not ours.
int IdleNow() {
  int idle = kMostParts;
  for (int look = 0; look < 3; ++look) {
    if (look > 0) usleep(2000);
    const int fd = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    idle = std::min(idle, IdleCores(ReadDescriptor(fd), Cores()));
    close(fd);
  }
  return idle;
}

// A process that makes one part, and what it said.
struct Running {
  Child child;
  int said = -1;
};

Running StartPart(const std::vector<std::string>& words) {
  Running part;
  part.said = memfd_create("dfe-cc", MFD_CLOEXEC);
  part.child = Start(kSelf, words, {.error_to = part.said});
  return part;
}

// One compile in parts.
class Compile {
 public:
  Compile(const PartsOrder& order, std::vector<std::string> job,
          std::string scratch)
      : order_(order),
        job_(std::move(job)),
        scratch_(std::move(scratch)),
        output_(After(job_, "-o")),
        // Beside the output, so that the last step is a rename.
        first_(output_ + ".dfe." + std::to_string(getpid())),
        tools_(job_[0].substr(0, job_[0].rfind('/') + 1)) {}

  PartsResult Run();

 private:
  void Talk(int channel);
  std::string Join();
  std::string Tool(std::vector<std::string> words);
  std::string ObjectOf(int part) const {
    return scratch_ + "/" + std::to_string(part) + ".o";
  }

  const PartsOrder& order_;
  std::vector<std::string> job_;
  const std::string scratch_;
  const std::string output_;
  const std::string first_;
  const std::string tools_;
  int wanted_ = 1;
  bool complete_ = false;
  std::string reason_ = "the compiler did not ask";
  std::vector<Running> parts_;
  PartsResult result_;
};

void Compile::Talk(int channel) {
  while (std::optional<std::string> line = ReadLine(channel)) {
    if (StartsWith(*line, "no ")) {
      reason_ = line->substr(3);
    } else if (StartsWith(*line, "ask ")) {
      wanted_ =
          order_.always ? order_.parts : std::min(order_.parts, IdleNow());
      reason_ = wanted_ < 2 ? "no core is idle" : "none";
      const std::string answer = std::to_string(wanted_) + "\n";
      (void)!write(channel, answer.data(), answer.size());
    } else if (StartsWith(*line, "part ")) {
      const std::string part = line->substr(5);
      parts_.push_back(
          StartPart(PartWords(job_, scratch_ + "/" + part + ".bc",
                              ObjectOf(static_cast<int>(ToNumber(part))))));
    } else if (*line == "done") {
      complete_ = true;
    }
  }
}

// Runs a tool that stands beside the compiler. Returns what is wrong, or "".
std::string Compile::Tool(std::vector<std::string> words) {
  const std::string name = words[0];
  words[0] = tools_ + name;
  const Running run = StartPart(words);
  const Usage usage = Wait(run.child);
  result_.cpu_us += usage.cpu_us;
  const std::string said = ReadDescriptor(run.said);
  close(run.said);
  return usage.exit_code == 0 && said.empty() ? "" : name + " failed";
}

// Makes the output of the objects of the parts. Returns what is wrong, or "".
std::string Compile::Join() {
  const std::string whole = scratch_ + "/all.o";
  std::vector<std::string> link = {"ld.lld", "-r", "-o", whole, first_};
  for (size_t part = 1; part <= parts_.size(); ++part) {
    link.push_back(ObjectOf(static_cast<int>(part)));
  }
  std::string why = Tool(std::move(link));
  if (!why.empty()) return why;
  // The symbols of .llvm_addrsig are numbers of what the joined object has in
  // another order; linkers do without it, but may warn of a stale one.
  return Tool({"llvm-objcopy", "--localize-symbols=" + scratch_ + "/locals",
               "--remove-section=.llvm_addrsig", whole, first_});
}

PartsResult Compile::Run() {
  struct stat there = {};
  if (lstat(output_.c_str(), &there) == 0 && !S_ISREG(there.st_mode)) {
    result_.reason = "its output is no plain file";
    return result_;
  }
  for (const char* tool : {"ld.lld", "llvm-objcopy"}) {
    if (access((tools_ + tool).c_str(), X_OK) != 0) {
      result_.reason = std::string("no ") + tool + " beside the compiler";
      return result_;
    }
  }
  int ends[2];
  if (mkdir(scratch_.c_str(), 0777) != 0 ||
      socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    result_.reason = "no room for parts";
    return result_;
  }

  // 1. The front end, and the first part. Its end of the channel is open in no
  //    other process, so the channel ends with it.
  std::vector<std::string> words = job_;
  *(std::find(words.begin(), words.end(), "-o") + 1) = first_;
  words.insert(words.end() - 1, "-fpass-plugin=" + order_.plugin);
  fcntl(ends[1], F_SETFD, 0);
  setenv("DFE_PASS_MODE", "parts", 1);
  setenv("DFE_PASS_PARTS_DIR", scratch_.c_str(), 1);
  setenv("DFE_PASS_PARTS_CHANNEL", std::to_string(ends[1]).c_str(), 1);
  const Running first = StartPart(words);
  for (const char* name :
       {"DFE_PASS_MODE", "DFE_PASS_PARTS_DIR", "DFE_PASS_PARTS_CHANNEL"}) {
    unsetenv(name);
  }
  close(ends[1]);

  // 2. The other parts, while it goes on.
  Talk(ends[0]);
  close(ends[0]);
  const Usage usage = Wait(first.child);
  result_.cpu_us += usage.cpu_us;
  result_.exit_code = usage.exit_code;
  result_.text = ReadDescriptor(first.said);
  close(first.said);
  std::string why;
  for (const Running& part : parts_) {
    const Usage of_part = Wait(part.child);
    result_.cpu_us += of_part.cpu_us;
    if (of_part.exit_code != 0) why = "a part failed";
    // Nobody can tell where in the order of messages it would stand.
    if (why.empty() && !ReadDescriptor(part.said).empty()) {
      why = "a part has something to say";
    }
    close(part.said);
  }

  // 3. One object of all. A compile that failed for the user's reasons did so
  //    before it asked.
  const bool in_parts = wanted_ >= 2;
  if (usage.exit_code != 0) {
    unlink(first_.c_str());
    result_.reason = "the compile failed";
    result_.done = usage.exit_code == 1 && !in_parts;
    return result_;
  }
  if (in_parts && why.empty() &&
      (!complete_ || parts_.size() + 1 != static_cast<size_t>(wanted_))) {
    why = "the plugin did not finish";
  }
  if (in_parts && why.empty()) why = Join();
  if (why.empty() && rename(first_.c_str(), output_.c_str()) != 0) {
    why = "its output cannot be written";
  }
  if (!why.empty()) {
    unlink(first_.c_str());
    result_.reason = why;
    return result_;
  }
  result_.done = true;
  result_.object = output_;
  result_.parts = wanted_ < 2 ? 1 : wanted_;
  result_.reason = reason_;
  return result_;
}

}  // namespace

PartsResult CompileInParts(const PartsOrder& order,
                           const std::vector<std::string>& words,
                           const std::string& scratch) {
  PartsResult result;
  std::vector<std::string> ask = words;
  ask.insert(ask.begin() + 1, "-###");
  const Running run = StartPart(ask);
  const Usage usage = Wait(run.child);
  const std::string printed = ReadDescriptor(run.said);
  close(run.said);
  if (usage.exit_code != 0) {
    result.reason = "the compiler does not say its job";
    return result;
  }
  const std::vector<std::string> job = CompilerJob(printed, &result.reason);
  if (result.reason.empty()) result.reason = PartsRefusal(job);
  if (!result.reason.empty()) return result;
  result = Compile(order, job, scratch).Run();
  result.cpu_us += usage.cpu_us;
  return result;
}

}  // namespace dfe::dispatch
