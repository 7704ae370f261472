// One call: may it be kept, who compiles it, its key, take it or make it.
#include "dfe/dispatch/cc_objects.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "dfe/dispatch/spawn.h"
#include "dfe/format/envelope.h"

namespace dfe::dispatch {
namespace {

constexpr char kSelf[] = "dfe-cc";
constexpr std::string_view kSignature = "dfe-obj\n";
constexpr uint32_t kVersion = 1;

bool StartsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

int64_t ToNanoseconds(const struct timespec& time) {
  return static_cast<int64_t>(time.tv_sec) * 1000000000 + time.tv_nsec;
}

// Words that only say where headers are found; what is found is in the text.
bool NamesSearchFolder(std::string_view word) {
  for (std::string_view option : {"-I", "-isystem", "-iquote", "-idirafter"}) {
    if (StartsWith(word, option)) return true;
  }
  return false;
}

bool HasDebugInformation(const CcInvocation& call) {
  return std::any_of(
      call.flags.begin() + 1, call.flags.end(),
      [](const std::string& word) { return StartsWith(word, "-g"); });
}

// A program as PATH has it.
std::string Resolved(const std::string& program) {
  if (Contains(program, "/")) return program;
  const char* variable = std::getenv("PATH");
  std::string_view path = variable == nullptr ? "" : variable;
  while (!path.empty()) {
    const size_t end = std::min(path.find(':'), path.size());
    const std::string candidate =
        std::string(path.substr(0, end)) + "/" + program;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return "";
}

// Path, size and time of a file; nothing if it is not there.
bool AppendState(const std::string& path, std::string* text) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0) return false;
  *text += path + " " + std::to_string(status.st_size) + " " +
           std::to_string(ToNanoseconds(status.st_mtim)) + "\n";
  return true;
}

// What a program says, "" on any fault.
std::string SaidBy(std::vector<std::string> words) {
  std::optional<Captured> run =
      RunCaptured(kSelf, std::move(words), Capture::kErrorAndOutput);
  return run && run->usage.exit_code == 0 ? run->output : "";
}

// A program and the libraries that it is loaded with.
bool AppendProgram(const std::string& path, std::string* text) {
  if (!AppendState(path, text)) return false;
  // The loader of a program that has one prints the libraries; a static
  // program prints its version.
  const std::string libraries =
      SaidBy({"/usr/bin/env", "LD_TRACE_LOADED_OBJECTS=1", path, "--version"});
  size_t at = 0;
  while ((at = libraries.find("=> /", at)) != std::string::npos) {
    at += 3;
    const size_t end = libraries.find(" (", at);
    if (end == std::string::npos) return false;
    if (!AppendState(libraries.substr(at, end - at), text)) return false;
    at = end;
  }
  return true;
}

// All that makes objects of a text, or "" if it cannot be told. Asked once for
// a session: a compiler that is replaced in the middle of a build is not
// noticed, as with the compilers of shared headers.
std::string Identity(const CcInvocation& call, const std::string& session) {
  const std::string program = Resolved(call.words[0]);
  if (program.empty()) return "";
  std::string asked = "dfe-compiler 1\n" + program + "\n" + call.language;
  for (const char* name : {"PATH", "LD_LIBRARY_PATH", "LD_PRELOAD",
                           "GCC_EXEC_PREFIX", "COMPILER_PATH"}) {
    const char* value = std::getenv(name);
    asked += std::string("\n") + name + "=" + (value == nullptr ? "" : value);
  }
  const std::vector<std::string> more = call.ToolchainWords();
  for (const std::string& word : more) asked += "\n" + word;
  const std::string kept = session + "/cc/compilers/" + HashName(asked);
  if (std::optional<std::string> known = ContentOf(kept)) return *known;

  std::string identity;
  auto say = [&](const std::string& question) {
    std::vector<std::string> words = {call.words[0]};
    words.insert(words.end(), more.begin(), more.end());
    words.push_back(question);
    std::string said = SaidBy(std::move(words));
    said.erase(std::min(said.find_last_not_of('\n') + 1, said.size()));
    return said;
  };
  const std::string version = say("--version");
  if (version.empty() || !AppendProgram(program, &identity)) return "";
  identity += version + "\n";
  for (const std::string part :
       {call.language == "c" ? "cc1" : "cc1plus", "as"}) {
    // Clang has no part of these names, and says the name.
    const std::string path = Resolved(say("-print-prog-name=" + part));
    if (path.empty()) {
      if (!Contains(version, "clang")) return "";
      continue;
    }
    if (!AppendProgram(path, &identity)) return "";
  }
  (void)WriteFileAtomically(kept, identity);
  return identity;
}

// The words that preprocess what the call compiles, to standard output.
std::vector<std::string> PreprocessingWords(const CcInvocation& call) {
  std::vector<std::string> words;
  for (size_t i = 0; i < call.words.size(); ++i) {
    const std::string& word = call.words[i];
    if (word == "-o") {
      ++i;
    } else if (word == "-c") {
      words.emplace_back("-E");
    } else if (!StartsWith(word, "-o") || StartsWith(word, "-objc")) {
      words.push_back(word);
    }
  }
  return words;
}

// The newest change of any of these files, now if one is gone.
int64_t NewestChange(const std::vector<std::string>& files, int64_t now) {
  int64_t newest = 0;
  for (const std::string& file : files) {
    struct stat status = {};
    if (stat(file.c_str(), &status) != 0) return now;
    newest = std::max(
        {newest, ToNanoseconds(status.st_mtim), ToNanoseconds(status.st_ctim)});
  }
  return newest;
}

}  // namespace

std::string WordRefusal(const CcInvocation& call) {
  if (call.output.empty()) return "names no output";
  for (size_t i = 1; i < call.flags.size(); ++i) {
    const std::string& word = call.flags[i];
    const bool has_value = word == "-I" || word == "-D" || word == "-U" ||
                           word == "-isystem" || word == "-iquote" ||
                           word == "-idirafter" || word == "-target";
    bool known = has_value || NamesSearchFolder(word) || word == "-w" ||
                 word == "-pipe" || word == "-ansi" || word == "-pthread";
    for (std::string_view option : {"-D", "-U", "-O", "-g", "-f", "-m", "-W",
                                    "-std=", "-pedantic", "--target="}) {
      known = known || StartsWith(word, option);
    }
    for (std::string_view option : {"-fdump",
                                    "-fprofile",
                                    "-fcs-profile",
                                    "-ftest-coverage",
                                    "-gsplit-dwarf",
                                    "-fprebuilt",
                                    "-fauto-profile",
                                    "-fplugin",
                                    "-fpass-plugin",
                                    "-fstack-usage",
                                    "-fcallgraph-info",
                                    "-fsave-optimization",
                                    "-fopt",
                                    "-fcoverage",
                                    "-fmodule",
                                    "-fsanitize",
                                    "-fxray",
                                    "-fcompare-debug",
                                    "-fdiagnostics",
                                    "-fthinlto",
                                    "-foffload",
                                    "-fcrash",
                                    "-ftime",
                                    "-fmem-report",
                                    "-fproc-stat",
                                    "-mllvm",
                                    "-Wa,",
                                    "-Wp,",
                                    "-Wl,"}) {
      known = known && !StartsWith(word, option);
    }
    if (!known || word.find("native") != std::string::npos) {
      return "word that objects are not kept for: " + word;
    }
    if (has_value) ++i;
  }
  return "";
}

std::string ObjectRefusal(const CcInvocation& call) {
  std::string why = WordRefusal(call);
  if (!why.empty() || call.dependency_file.empty()) return why;
  bool names_target = false;
  bool names_file = false;
  for (const std::string& word : call.words) {
    names_target =
        names_target || StartsWith(word, "-MT") || StartsWith(word, "-MQ");
    names_file = names_file || StartsWith(word, "-MF");
  }
  return names_target && names_file ? ""
                                    : "dependency file without -MF and -MT";
}

std::string OutputRefusal(const CcInvocation& call) {
  for (const char* name :
       {"DEPENDENCIES_OUTPUT", "SUNPRO_DEPENDENCIES", "GCC_COMPARE_DEBUG",
        "CCC_ADD_ARGS", "CCC_OVERRIDE_OPTIONS"}) {
    if (std::getenv(name) != nullptr) return std::string(name) + " is set";
  }
  for (const std::string* path : {&call.output, &call.dependency_file}) {
    struct stat status = {};
    // Through a link, or to a device, the compiler writes as it likes.
    if (!path->empty() && lstat(path->c_str(), &status) == 0 &&
        !S_ISREG(status.st_mode)) {
      return "output is no plain file";
    }
  }
  return "";
}

bool ReadsMoreFiles(std::string_view text) {
  for (std::string_view word : {".incbin", ".include", "#embed"}) {
    if (Contains(text, word)) return true;
  }
  return false;
}

NamedFiles FilesInMarkers(std::string_view preprocessed) {
  // # LINE "PATH" FLAGS, with 3 among the flags for a system header.
  std::set<std::string> all;
  std::set<std::string> of_user;
  while (!preprocessed.empty()) {
    const size_t end = std::min(preprocessed.find('\n'), preprocessed.size());
    const std::string_view line = preprocessed.substr(0, end);
    preprocessed.remove_prefix(std::min(end + 1, preprocessed.size()));
    if (!StartsWith(line, "# ") || line.size() < 3 || line[2] < '0' ||
        line[2] > '9') {
      continue;
    }
    const size_t open = line.find('"');
    const size_t close = line.rfind('"');
    if (open == std::string_view::npos || close <= open) continue;
    std::string path;
    for (size_t i = open + 1; i < close; ++i) {
      if (line[i] == '\\' && i + 1 < close) ++i;
      path += line[i];
    }
    // "<built-in>", and the folder, which -g adds: "/folder//".
    if (path.empty() || path[0] == '<' || path.back() == '/') continue;
    all.insert(path);
    if (!Contains(line.substr(close), " 3")) of_user.insert(path);
  }
  return {{all.begin(), all.end()}, {of_user.begin(), of_user.end()}};
}

ObjectResult CompileOrTake(const CcInvocation& call, const std::string& folder,
                           const std::string& session,
                           const std::string& objects) {
  ObjectResult result;
  auto plain = [&](std::string reason) {
    const Usage usage = RunAndWait(kSelf, call.words);
    result.exit_code = usage.exit_code;
    result.cpu_us += usage.cpu_us;
    result.reason = std::move(reason);
    return result;
  };

  // 1. May it be kept?
  std::string why = ObjectRefusal(call);
  if (why.empty()) why = EnvironmentRefusal();
  if (why.empty()) why = OutputRefusal(call);
  if (!why.empty()) return plain(why);

  // 2. Its key.
  const std::string identity = Identity(call, session);
  if (identity.empty()) return plain("compiler cannot be told");
  struct timespec started = {};
  clock_gettime(CLOCK_REALTIME, &started);
  const std::optional<Captured> text =
      RunCaptured(kSelf, PreprocessingWords(call), Capture::kErrorAndOutput);
  if (text) result.cpu_us += text->usage.cpu_us;
  if (!text || text->usage.exit_code != 0 || !text->text.empty()) {
    return plain("cannot be preprocessed silently");
  }
  if (ReadsMoreFiles(text->output)) return plain("assembly reads files");
  const bool debug = HasDebugInformation(call);
  std::string key = "dfe-object 1\n" + identity + call.language;
  for (size_t i = 1; i < call.flags.size(); ++i) {
    const std::string& word = call.flags[i];
    if (!debug && NamesSearchFolder(word)) {
      // The folder is a word of its own behind the bare option.
      if (word == "-I" || word == "-isystem" || word == "-iquote" ||
          word == "-idirafter") {
        ++i;
      }
      continue;
    }
    key += "\n" + word;
  }
  if (debug) key += "\n" + folder + "\n" + call.output;
  const NamedFiles files = FilesInMarkers(text->output);
  for (const std::string& file : files.of_user) {
    const std::optional<std::string> bytes = ContentOf(file);
    if (!bytes) return plain("header cannot be read: " + file);
    key += "\n" + file + " " + HashName(*bytes);
  }
  key += "\n" + std::to_string(text->output.size()) + "\n" + text->output;
  const std::string name = HashName(key);
  const std::string kept = objects + "/" + name.substr(0, 2) + "/" + name;

  // 3. Take it.
  if (const std::optional<std::string> bytes = ContentOf(kept)) {
    auto opened = OpenEnvelope(*bytes, kept, kSignature, kVersion, identity);
    const auto* envelope = std::get_if<Envelope>(&opened);
    if (envelope != nullptr &&
        !WriteFileAtomically(call.output, envelope->payload)) {
      // Pruning goes by use, and file systems do not note each reading.
      utimensat(AT_FDCWD, kept.c_str(), nullptr, 0);
      result.reason = "none";
      return result;
    }
  }

  // 4. Or make it, and keep it if nothing that it was made from was touched
  //    since before the text was made. 20 ms: file systems' clocks tick.
  const std::optional<Captured> run = RunCaptured(kSelf, call.words);
  if (!run) return plain("diagnostics cannot be kept");
  (void)!write(STDERR_FILENO, run->text.data(), run->text.size());
  result.exit_code = run->usage.exit_code;
  result.cpu_us += run->usage.cpu_us;
  result.reason = "not kept yet";
  if (result.exit_code != 0 || !run->text.empty()) return result;
  const int64_t start = ToNanoseconds(started);
  if (NewestChange(files.all, start) + 20000000 > start) {
    result.reason = "made from files that are new";
    return result;
  }
  const std::optional<std::string> object = ContentOf(call.output);
  if (!object) return result;
  mkdir(objects.c_str(), 0777);
  mkdir((objects + "/" + name.substr(0, 2)).c_str(), 0777);
  // A full disk means that it is compiled again next time.
  (void)WriteFileAtomically(
      kept, SealEnvelope(kSignature, kVersion, identity, *object));
  return result;
}

}  // namespace dfe::dispatch
