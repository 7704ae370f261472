// One call: may it be kept, who compiles it, its key, take it or make it.
#include "dfe/dispatch/cc_objects.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "dfe/dispatch/cc_dependencies.h"
#include "dfe/dispatch/cc_reads.h"
#include "dfe/dispatch/compile_turn.h"
#include "dfe/dispatch/spawn.h"
#include "dfe/dispatch/text_lines.h"
#include "dfe/format/envelope.h"
#include "dfe/format/kept_unit.h"

namespace dfe::dispatch {
namespace {

constexpr char kSelf[] = "dfe-cc";
constexpr std::string_view kSearchOptions[] = {"-isystem", "-iquote",
                                               "-idirafter", "-I"};
// In an identity, before a folder where the compiler looks for headers.
constexpr std::string_view kFolderLine = "search ";

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

int64_t ToNanoseconds(const struct timespec& time) {
  return static_cast<int64_t>(time.tv_sec) * 1000000000 + time.tv_nsec;
}

// Words that only say where headers are found.
bool NamesSearchFolder(std::string_view word) {
  return std::any_of(
      std::begin(kSearchOptions), std::end(kSearchOptions),
      [&](std::string_view option) { return StartsWith(word, option); });
}

bool HasDebugInformation(const CcInvocation& call) {
  return std::any_of(
      call.flags.begin() + 1, call.flags.end(),
      [](const std::string& word) { return StartsWith(word, "-g"); });
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
  const std::string program = FindProgram(call.words[0]);
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
    const std::string path = FindProgram(say("-print-prog-name=" + part));
    if (path.empty()) {
      if (!Contains(version, "clang")) return "";
      continue;
    }
    if (!AppendProgram(path, &identity)) return "";
  }
  // Where it looks for headers by itself.
  std::vector<std::string> words = {"/usr/bin/env", "LC_ALL=C", call.words[0]};
  words.insert(words.end(), more.begin(), more.end());
  words.insert(words.end(), {"-E", "-v", "-x", call.language, "/dev/null"});
  const std::optional<Captured> run =
      RunCaptured(kSelf, std::move(words), Capture::kErrorAndOutput);
  if (!run || run->usage.exit_code != 0) return "";
  size_t at = run->text.find("search starts here:\n");
  const size_t end = run->text.find("End of search list.", at);
  if (end == std::string::npos) return "";
  while ((at = run->text.find("\n ", at)) < end) {
    at += 2;
    const std::string folder =
        run->text.substr(at, run->text.find('\n', at) - at);
    identity.append(kFolderLine).append(folder) += '\n';
  }
  (void)WriteFileAtomically(kept, identity);
  return identity;
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

size_t LinkerWords(const std::vector<std::string>& words, size_t at) {
  const std::string& word = words[at];
  bool known = false;
  for (std::string_view one :
       {"-static", "-static-pie", "-shared", "-pie", "-no-pie", "-nopie", "-s",
        "-rdynamic", "-static-libgcc", "-static-libstdc++", "-shared-libgcc",
        "-nostdlib", "-nodefaultlibs", "-nostartfiles", "-nolibc", "-Xlinker",
        "-z"}) {
    known = known || word == one;
  }
  for (std::string_view start : {"-Wl,", "-L", "-l"}) {
    known = known || StartsWith(word, start);
  }
  const size_t count = TakesNextWord(word) ? 2 : 1;
  return known && at + count <= words.size() ? count : 0;
}

std::string WordRefusal(const CcInvocation& call) {
  if (call.output.empty()) return "names no output";
  for (size_t i = 1; i < call.flags.size(); ++i) {
    if (const size_t linker = LinkerWords(call.flags, i); linker > 0) {
      i += linker - 1;
      continue;
    }
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
                                    "-Wp,"}) {
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
  if (!why.empty()) return why;
  if (call.dependency_file.empty()) {
    // Ours would be one too many: the last -MF decides.
    return std::any_of(
               call.words.begin(), call.words.end(),
               [](const std::string& word) { return StartsWith(word, "-M"); })
               ? "words about a dependency file without one"
               : "";
  }
  if (call.only_user_dependencies) {
    return "dependency file without headers of the system";
  }
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
  for (const std::string& path : {call.ObjectName(), call.dependency_file}) {
    struct stat status = {};
    // Through a link, or to a device, the compiler writes as it likes.
    if (!path.empty() && lstat(path.c_str(), &status) == 0 &&
        !S_ISREG(status.st_mode)) {
      return "output is no plain file";
    }
  }
  return "";
}

namespace {

// Where this compiler looks by itself, from its identity.
std::vector<std::string> SearchFolders(const CcInvocation& call,
                                       std::string_view identity) {
  std::vector<std::string> folders;
  while (!identity.empty()) {
    const size_t end = std::min(identity.find('\n'), identity.size());
    const std::string_view line = identity.substr(0, end);
    identity.remove_prefix(std::min(end + 1, identity.size()));
    if (StartsWith(line, kFolderLine)) {
      folders.emplace_back(line.substr(kFolderLine.size()));
    }
  }
  for (size_t i = 1; i < call.flags.size(); ++i) {
    for (std::string_view option : kSearchOptions) {
      if (!StartsWith(call.flags[i], option)) continue;
      if (call.flags[i].size() > option.size()) {
        folders.push_back(call.flags[i].substr(option.size()));
      } else if (i + 1 < call.flags.size()) {
        folders.push_back(call.flags[++i]);
      }
      break;
    }
  }
  // As dependency files show it.
  for (std::string& folder : folders) {
    while (StartsWith(folder, "./")) folder.erase(0, 2);
  }
  return folders;
}

// The names of headers that macros of the command line stand for.
std::vector<std::string> NamesInWords(const CcInvocation& call) {
  std::vector<std::string> names;
  for (const std::string& word : call.flags) {
    const size_t open = word.find_first_of("<\"");
    const size_t close = word.find_last_of(">\"");
    if (open != std::string::npos && close > open) {
      names.push_back(word.substr(open + 1, close - open - 1));
    }
  }
  return names;
}

// What names a kept object before anything was read but the source, "" if that
// cannot be.
std::string KeyOf(const CcInvocation& call, const std::string& folder,
                  const std::string& identity) {
  const std::optional<std::string> source = ContentOf(call.source);
  if (!source) return "";
  std::string key = "dfe-object 2\n" + identity + call.language + "\n" +
                    call.source + "\n" + HashName(*source);
  for (size_t i = 1; i < call.flags.size(); ++i) key += "\n" + call.flags[i];
  for (const std::string& word : call.words) {
    if (StartsWith(word, "-M")) key += "\n" + word;
  }
  // Two versions of a library have texts in common, but not their headers.
  key += "\n" + folder;
  if (!call.dependency_file.empty() || HasDebugInformation(call)) {
    key += "\n" + call.output;
  }
  return HashName(key);
}

// What the call makes, as it was made before; false if it was not, or not of
// what is there now.
bool TakeKept(const CcInvocation& call, const std::string& kept,
              const std::string& identity,
              const std::vector<std::string>& folders) {
  const std::optional<std::string> bytes = ContentOf(kept);
  if (!bytes) return false;
  auto opened = OpenEnvelope(*bytes, kept, kKeptObjectSignature,
                             kKeptObjectVersion, identity);
  const auto* envelope = std::get_if<Envelope>(&opened);
  if (envelope == nullptr) return false;
  const std::optional<KeptObject> object = KeptObject::Parse(envelope->payload);
  if (!object || !ReadsTheSame(*object, folders) ||
      (!call.dependency_file.empty() &&
       WriteFileAtomically(call.dependency_file, object->dependencies)) ||
      WriteFileAtomically(call.output, object->object)) {
    return false;
  }
  // Pruning goes by use, and file systems do not note each reading.
  utimensat(AT_FDCWD, kept.c_str(), nullptr, 0);
  return true;
}

}  // namespace

ObjectResult CompileOrTake(const CcInvocation& call, const std::string& folder,
                           const std::string& session,
                           const std::string& objects) {
  ObjectResult result;
  std::optional<CompileTurn> turn;
  auto await_turn = [&] {
    if (!turn) turn.emplace(session, CompileTurn::Compiler::kOther);
  };
  auto plain = [&](std::string reason) {
    await_turn();
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

  // 2. Its key, and take it.
  const std::string identity = Identity(call, session);
  if (identity.empty()) return plain("compiler cannot be told");
  const std::vector<std::string> folders = SearchFolders(call, identity);
  const std::string name = KeyOf(call, folder, identity);
  if (name.empty()) return plain("source cannot be read");
  const std::string kept = objects + "/" + name.substr(0, 2) + "/" + name;
  if (TakeKept(call, kept, identity, folders)) {
    result.reason = "none";
    return result;
  }

  // 3. Or make it. The compiler says what it reads, which changes nothing of
  //    the object.
  await_turn();
  struct timespec started = {};
  clock_gettime(CLOCK_REALTIME, &started);
  std::vector<std::string> words = call.words;
  std::string said = call.dependency_file;
  if (said.empty()) {
    said = session + "/cc/reads." + std::to_string(getpid());
    words.insert(words.begin() + 1, {"-MD", "-MF", said});
  }
  const std::optional<Captured> run = RunCaptured(kSelf, std::move(words));
  const std::string dependencies = ContentOf(said).value_or("");
  if (call.dependency_file.empty()) unlink(said.c_str());
  if (!run) return plain("diagnostics cannot be kept");
  if (run->usage.exit_code != 0) {
    // Our words may be what failed: on a full disk, or by another compiler.
    result.cpu_us += run->usage.cpu_us;
    return plain("failed");
  }
  (void)!write(STDERR_FILENO, run->text.data(), run->text.size());
  result.exit_code = 0;
  result.cpu_us += run->usage.cpu_us;
  if (!run->text.empty()) {
    result.reason = "compiler said something";
    return result;
  }

  // 4. Keep it, if nothing that it was made from was touched since it began.
  //    20 ms: file systems' clocks tick.
  const std::vector<std::string> files = NamesInDependencies(dependencies);
  if (files.empty()) {
    result.reason = "dependencies cannot be told";
    return result;
  }
  KeptObject object;
  result.reason = RecordReads(files, folders, NamesInWords(call), &object);
  if (!result.reason.empty()) return result;
  // Only now, as they were read again for the record. What a search finds
  // besides may have come while the compiler ran, too.
  const int64_t start = ToNanoseconds(started);
  if (std::max(NewestChange(files, start), NewestChange(object.found, start)) +
          20000000 >
      start) {
    result.reason = "made from files that are new";
    return result;
  }
  result.reason = "not kept yet";
  const std::optional<std::string> bytes = ContentOf(call.output);
  if (!bytes) return result;
  if (!call.dependency_file.empty()) object.dependencies = dependencies;
  object.object = *bytes;
  mkdir(objects.c_str(), 0777);
  mkdir((objects + "/" + name.substr(0, 2)).c_str(), 0777);
  // A full disk means that it is compiled again next time.
  (void)WriteFileAtomically(
      kept, SealEnvelope(kKeptObjectSignature, kKeptObjectVersion, identity,
                         object.Serialize()));
  return result;
}

}  // namespace dfe::dispatch
