// Reads the command line of a C or C++ compiler.
#include "dfe/dispatch/cc_invocation.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "dfe/dispatch/text_lines.h"
#include "dfe/format/envelope.h"

namespace dfe::dispatch {
namespace {

std::string_view Suffix(std::string_view path) {
  const size_t slash = path.rfind('/');
  const size_t dot = path.rfind('.');
  if (dot == std::string_view::npos ||
      (slash != std::string_view::npos && dot < slash)) {
    return {};
  }
  return path.substr(dot);
}

std::string_view LanguageOf(std::string_view path) {
  const std::string_view suffix = Suffix(path);
  if (suffix == ".c") return "c";
  for (std::string_view known : {".cc", ".cpp", ".cxx", ".c++", ".C", ".CPP"}) {
    if (suffix == known) return "c++";
  }
  return {};
}

// Options of cc1 that put something before the file, or replace what is made.
bool ChangesInput(std::string_view of_cc1) {
  for (std::string_view option :
       {"-include", "-imacros", "-fmodule", "-emit-", "-x", "-dependency-file",
        "-ivfsoverlay", "-E", "-S"}) {
    if (StartsWith(of_cc1, option)) return true;
  }
  return false;
}

// What projects vary from file to file, and what does not concern the search
// for the compiler's own parts.
bool IsOfTheFile(std::string_view word) {
  if (StartsWith(word, "-gcc")) return false;
  for (std::string_view option :
       {"-D", "-U", "-I", "-isystem", "-iquote", "-idirafter", "-include", "-W",
        "-w", "-O", "-g", "-std=", "-f", "-Xclang", "-mllvm", "-pedantic",
        "-pipe"}) {
    if (StartsWith(word, option)) return true;
  }
  return false;
}

}  // namespace

bool TakesNextWord(std::string_view word) {
  for (std::string_view option : {"-I",
                                  "-D",
                                  "-U",
                                  "-isystem",
                                  "-iquote",
                                  "-idirafter",
                                  "-include",
                                  "-isysroot",
                                  "-target",
                                  "-Xclang",
                                  "-mllvm",
                                  "-arch",
                                  "-framework",
                                  "-F",
                                  "-iwithprefix",
                                  "-iwithprefixbefore",
                                  "-iprefix",
                                  "-imultilib",
                                  "--param",
                                  "-Xpreprocessor",
                                  "-Xassembler",
                                  "-Xlinker",
                                  "-L",
                                  "-l",
                                  "-z",
                                  "-T",
                                  "-u",
                                  "-B",
                                  "-gcc-toolchain",
                                  "--sysroot",
                                  "-ccc-gcc-name"}) {
    if (word == option) return true;
  }
  return false;
}

bool IsImportsPlugin(std::string_view path) {
  return path.substr(path.rfind('/') + 1) == "dfe-imports.so";
}

CcInvocation::CcInvocation(std::vector<std::string> given)
    : words(std::move(given)) {
  bool compiles = false;
  bool writes_dependencies = false;
  std::string named;
  auto refuse = [this](const std::string& why) {
    if (refusal.empty()) refusal = why;
  };
  if (words.empty()) {
    refuse("no compiler");
    return;
  }
  flags.push_back(words[0]);
  const std::string_view launcher =
      std::string_view(words[0]).substr(words[0].rfind('/') + 1);
  if (IsLauncherName(launcher)) refuse("goes through " + std::string(launcher));
  for (size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i];
    const bool has_next = i + 1 < words.size();
    if (word == "-c") {
      compiles = true;
    } else if (word == "-o" && has_next) {
      output = words[++i];
    } else if (StartsWith(word, "-o") && word.size() > 2 &&
               !StartsWith(word, "-objc")) {
      output = word.substr(2);
    } else if (word == "-MD" || word == "-MMD") {
      writes_dependencies = true;
      only_user_dependencies = word == "-MMD";
    } else if (word == "-MF" && has_next) {
      named = words[++i];
    } else if ((word == "-MT" || word == "-MQ") && has_next) {
      ++i;
    } else if (StartsWith(word, "-MF") && word.size() > 3) {
      named = word.substr(3);
    } else if (word == "-MP" || StartsWith(word, "-MT") ||
               StartsWith(word, "-MQ")) {
    } else if (StartsWith(word, "-M") || word == "-E" || word == "-S" ||
               word == "-fsyntax-only" || word == "-###") {
      refuse("makes no object");
    } else if (StartsWith(word, "-Wp,-M")) {
      // The kernel's form: -Wp,-MMD,FILE.
      const size_t comma = word.find(',', 4);
      writes_dependencies = true;
      only_user_dependencies = StartsWith(word, "-Wp,-MMD");
      if (comma != std::string::npos) named = word.substr(comma + 1);
    } else if (word == "-include" && has_next) {
      // Comes first in a precompiled header, too.
      flags.push_back(word);
      flags.push_back(words[++i]);
    } else if (StartsWith(word, "-include") || word == "-imacros" ||
               StartsWith(word, "-fmodule") || StartsWith(word, "-fpch")) {
      refuse("has headers in front already: " + word);
      flags.push_back(word);
    } else if (word == "-x" || StartsWith(word, "-x")) {
      refuse("names its language: -x");
    } else if (StartsWith(word, "@")) {
      refuse("argument file");
    } else if (StartsWith(word, "--config")) {
      refuse("names a configuration file: " + word);
    } else if (StartsWith(word, "-ivfsoverlay") ||
               StartsWith(word, "-vfsoverlay") ||
               StartsWith(word, "--vfsoverlay")) {
      refuse("sees files that are not there: " + word);
    } else if (word == "-Xpreprocessor" ||
               (StartsWith(word, "-Wp,") &&
                (word.find("-include") != std::string::npos ||
                 word.find("-imacros") != std::string::npos))) {
      refuse("tells the preprocessor more: " + word);
    } else if (word == "-Xclang" && has_next && ChangesInput(words[i + 1])) {
      refuse("tells the compiler more: " + words[++i]);
    } else if (word == "-fdebug-macro") {
      refuse("keeps macros in debug information: " + word);
    } else if (word == "-gmodules" || word == "-frecord-command-line" ||
               word == "-frecord-gcc-switches" ||
               word == "-grecord-command-line" ||
               word == "-grecord-gcc-switches") {
      refuse("keeps its command line in the object: " + word);
    } else if ((word == "-target" && has_next ? words[i + 1] : word)
                       .find("-windows") != std::string::npos &&
               (word == "-target" || StartsWith(word, "--target="))) {
      // There the variable INCLUDE names search folders, among others.
      refuse("compiles for Windows");
    } else if (word == "-save-temps" || StartsWith(word, "-save-temps=") ||
               word == "-gsplit-dwarf" || StartsWith(word, "--coverage") ||
               word == "-fprofile-arcs" || word == "-ftest-coverage" ||
               StartsWith(word, "-fdiagnostics-format") ||
               word == "--serialize-diagnostics" ||
               word == "-serialize-diagnostics") {
      refuse("writes more files: " + word);
    } else if (word == "-") {
      refuse("reads its standard input");
    } else if (StartsWith(word, "-")) {
      flags.push_back(word);
      if (TakesNextWord(word) && has_next) flags.push_back(words[++i]);
    } else if (!source.empty() || LanguageOf(word).empty()) {
      refuse(source.empty() ? "not C or C++: " + word : "several files");
    } else {
      source = word;
      language = LanguageOf(word);
    }
  }
  if (source.empty()) refuse("no source");
  if (!compiles) refuse("makes no object");
  // clang++ takes a .c file for C++.
  const std::string& program = words[0];
  const std::string_view base =
      std::string_view(program).substr(program.rfind('/') + 1);
  if (base.find("++") != std::string_view::npos && language == "c") {
    language = "c++";
  }
  if (!writes_dependencies) return;
  if (!named.empty()) {
    dependency_file = named;
    return;
  }
  const std::string& from = output.empty() ? source : output;
  dependency_file = from.substr(0, from.size() - Suffix(from).size()) + ".d";
  if (output.empty()) {
    dependency_file.erase(0, dependency_file.rfind('/') + 1);
  }
}

std::string CcInvocation::ObjectName() const {
  if (!output.empty()) return output;
  const std::string stem =
      source.substr(0, source.size() - Suffix(source).size());
  return stem.substr(stem.rfind('/') + 1) + ".o";
}

std::vector<std::string> CcInvocation::ToolchainWords() const {
  std::vector<std::string> out;
  for (size_t i = 1; i < flags.size(); ++i) {
    const bool has_value = TakesNextWord(flags[i]) && i + 1 < flags.size();
    if (!IsOfTheFile(flags[i])) {
      out.push_back(flags[i]);
      if (has_value) out.push_back(flags[i + 1]);
    }
    if (has_value) ++i;
  }
  return out;
}

std::string CcInvocation::PrecompiledAlready(const std::string& folder) const {
  for (size_t i = 1; i + 1 < flags.size(); ++i) {
    if (flags[i] == "-include") {
      const std::string& file = flags[i + 1];
      std::string path = file[0] == '/' ? "" : folder + "/";
      path += file;
      for (const char* suffix : {".pch", ".gch"}) {
        if (access((path + suffix).c_str(), F_OK) == 0) {
          return "has headers in front already: " + file + suffix;
        }
      }
    }
    if (TakesNextWord(flags[i])) ++i;
  }
  return "";
}

std::string CcInvocation::Key(const std::string& folder) const {
  std::string text = folder;
  for (const std::string& flag : flags) text += '\n' + flag;
  return HashName(text + '\n' + source + '\n' + output);
}

bool IsLauncherName(std::string_view name) {
  for (std::string_view launcher : {"ccache", "sccache", "distcc", "icecc"}) {
    if (name == launcher) return true;
  }
  return false;
}

std::string EnvironmentRefusal() {
  // From clang's driver and its main program. Not here: what only finds
  // programs or libraries (COMPILER_PATH, LIBRARY_PATH), what only dates
  // (SOURCE_DATE_EPOCH: headers that use the date are not shared), colours,
  // crash reports. An empty value is to clang as none.
  for (const char* name :
       {"CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "OBJC_INCLUDE_PATH",
        "OBJCPLUS_INCLUDE_PATH", "CCC_OVERRIDE_OPTIONS",
        "CLANG_NO_DEFAULT_CONFIG", "SDKROOT", "MACOSX_DEPLOYMENT_TARGET",
        "RC_DEBUG_OPTIONS", "CC_PRINT_OPTIONS", "CC_PRINT_HEADERS",
        "CC_LOG_DIAGNOSTICS", "CC_PRINT_PROC_STAT", "CC_PRINT_INTERNAL_STAT"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') {
      return std::string(name) + " is set";
    }
  }
  return "";
}

}  // namespace dfe::dispatch
