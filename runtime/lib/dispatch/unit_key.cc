// Words that are known, the libraries below, then sources and variables.
#include "dfe/dispatch/unit_key.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

#include "dfe/dispatch/plan.h"
#include "dfe/dispatch/text_lines.h"
#include "dfe/format/envelope.h"

extern char** environ;

namespace dfe::dispatch {
namespace {

// Of folders of native libraries that are larger, size and time count.
constexpr off_t kMaxArchiveBytes = off_t{64} << 20;

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         text.substr(text.size() - end.size()) == end;
}

template <size_t N>
bool IsOneOf(std::string_view text, const std::string_view (&list)[N]) {
  return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

// NAME and VALUE of "NAME=VALUE"; no value if there is no '='.
std::pair<std::string_view, std::string_view> SplitEquals(
    std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) return {text, {}};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

// The path of `--extern [OPTIONS:]NAME=PATH`, "" if it has none.
std::string ExternPath(std::string_view value) {
  return std::string(SplitEquals(value).second);
}

std::string_view FileName(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

// Options of code generation that say all that they do.
bool IsKnownCodegen(std::string_view name, std::string_view value) {
  static constexpr std::string_view kKnown[] = {"code-model",
                                                "codegen-units",
                                                "debug-assertions",
                                                "debuginfo",
                                                "default-linker-libraries",
                                                "embed-bitcode",
                                                "extra-filename",
                                                "force-frame-pointers",
                                                "force-unwind-tables",
                                                "inline-threshold",
                                                "link-arg",
                                                "link-args",
                                                "link-self-contained",
                                                "linker",
                                                "linker-features",
                                                "linker-flavor",
                                                "linker-plugin-lto",
                                                "lto",
                                                "metadata",
                                                "no-prepopulate-passes",
                                                "no-redzone",
                                                "no-vectorize-loops",
                                                "no-vectorize-slp",
                                                "opt-level",
                                                "overflow-checks",
                                                "panic",
                                                "prefer-dynamic",
                                                "relocation-model",
                                                "relro-level",
                                                "rpath",
                                                "strip",
                                                "symbol-mangling-version",
                                                "target-feature"};
  // What "native" is, the machine says.
  if (name == "target-cpu") return value != "native";
  if (name == "split-debuginfo") return value == "off";
  return IsOneOf(name, kKnown);
}

bool IsKnown(const RustcInvocation::Argument& argument) {
  static constexpr std::string_view kKnown[] = {"--crate-name",
                                                "--crate-type",
                                                "--edition",
                                                "--error-format",
                                                "--json",
                                                "--cfg",
                                                "--color",
                                                "--check-cfg",
                                                "--cap-lints",
                                                "--out-dir",
                                                "--allow",
                                                "--diagnostic-width",
                                                "--warn",
                                                "--deny",
                                                "--forbid",
                                                "--force-warn",
                                                "-A",
                                                "-W",
                                                "-D",
                                                "-F",
                                                "-g",
                                                "-O",
                                                "--remap-path-prefix"};
  const std::string_view name = argument.name;
  const std::string_view value = argument.value;
  if (name == "-C" || name == "--codegen") {
    auto [option, setting] = SplitEquals(value);
    std::string spelled(option);
    std::replace(spelled.begin(), spelled.end(), '_', '-');
    return IsKnownCodegen(spelled, setting);
  }
  if (name == "-Z") {
    auto [option, setting] = SplitEquals(value);
    return option == "dead-fn-elimination" &&
           (setting.empty() ||
            ((StartsWith(setting, "seeds:") || StartsWith(setting, "names:")) &&
             setting.find(',') == std::string_view::npos));
  }
  if (name == "--emit") return value.find('=') == std::string_view::npos;
  if (name == "--target") return !EndsWith(value, ".json");
  if (name == "--extern") {
    static constexpr std::string_view kOfCompiler[] = {"proc_macro", "std",
                                                       "core", "alloc", "test"};
    return !ExternPath(value).empty() || IsOneOf(value, kOfCompiler);
  }
  if (name == "-L") return true;
  // A whole file name in place of a library's name.
  if (name == "-l") return value.find("verbatim") == std::string_view::npos;
  // Lints by their first letter: -Aunused.
  if (name.size() > 2 && name[0] == '-' &&
      std::string_view("AWDF").find(name[1]) != std::string_view::npos) {
    return true;
  }
  return IsOneOf(name, kKnown);
}

// The folder in which rustc looks for native libraries, or "".
std::string_view NativeFolder(std::string_view value) {
  auto [kind, path] = SplitEquals(value);
  if (path.empty()) return value;
  if (kind == "native" || kind == "all") return path;
  static constexpr std::string_view kOthers[] = {"dependency", "crate",
                                                 "framework"};
  return IsOneOf(kind, kOthers) ? std::string_view() : value;
}

// The static libraries of a folder: a library may have one of them put into
// it, and only its source says which.
std::string Archives(const std::string& folder) {
  std::vector<std::string> names;
  if (DIR* stream = opendir(folder.c_str())) {
    while (const dirent* entry = readdir(stream)) {
      if (EndsWith(entry->d_name, ".a")) names.emplace_back(entry->d_name);
    }
    closedir(stream);
  }
  std::sort(names.begin(), names.end());
  std::vector<struct stat> states(names.size());
  off_t bytes = 0;
  for (size_t i = 0; i < names.size(); ++i) {
    (void)stat((folder + "/" + names[i]).c_str(), &states[i]);
    bytes += states[i].st_size;
  }
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    text += "\n  " + names[i] + " ";
    if (bytes > kMaxArchiveBytes) {
      text += std::to_string(states[i].st_size) + " " +
              std::to_string(states[i].st_mtim.tv_sec) + " " +
              std::to_string(states[i].st_mtim.tv_nsec);
    } else {
      text += HashNameOfFile(folder + "/" + names[i]).value_or("gone");
    }
  }
  return text;
}

// How rustc writes a path in dependency information: a space has a backslash.
std::string Unescaped(std::string_view path) {
  std::string out;
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '\\' && i + 1 < path.size() && path[i + 1] == ' ') ++i;
    out += path[i];
  }
  return out;
}

// `mod name;` is name.rs or name/mod.rs; with both there it is an error.
std::string OtherModuleFile(const std::string& path) {
  constexpr std::string_view kModule = "/mod.rs";
  if (EndsWith(path, kModule)) {
    return path.substr(0, path.size() - kModule.size()) + ".rs";
  }
  if (!EndsWith(path, ".rs")) return "";
  return path.substr(0, path.size() - 3) + std::string(kModule);
}

}  // namespace

std::string UnitRefusal(const RustcInvocation& unit,
                        std::string_view compilers) {
  if (!unit.complete) return "argument file cannot be read";
  if (unit.words.size() < 2 || unit.words[1][0] != '-') {
    return "behind another wrapper";
  }
  if (!IsListed(compilers, unit.words[0])) return "another compiler";
  const bool library =
      !unit.test && !unit.crate_types.empty() &&
      std::all_of(unit.crate_types.begin(), unit.crate_types.end(),
                  [](const std::string& type) {
                    return type == "lib" || type == "rlib";
                  });
  if (!library) return "links";
  bool json = false;
  for (const RustcInvocation::Argument& argument : unit.Arguments()) {
    json =
        json || (argument.name == "--error-format" && argument.value == "json");
    if (unit.words[argument.first] == unit.input) continue;
    if (!IsKnown(argument)) {
      std::string word(argument.name);
      if (argument.has_value) word += " " + std::string(argument.value);
      return "word that units are not kept for: " + word;
    }
  }
  if (!json) return "messages for people";
  static constexpr std::string_view kKinds[] = {"dep-info", "metadata", "link"};
  for (const std::string& kind : unit.emit) {
    if (!IsOneOf(kind, kKinds)) return "makes more: " + kind;
  }
  if (!unit.Emits("link") || !unit.Emits("dep-info")) {
    return "makes no library";
  }
  // Such a folder could not be found again in what the compiler writes.
  if (unit.out_dir.empty() || unit.out_dir[0] != '/' ||
      std::any_of(unit.out_dir.begin(), unit.out_dir.end(), [](char c) {
        return c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' ';
      })) {
    return "folder of outputs";
  }
  return "";
}

std::string UnitVariables() {
  static constexpr std::string_view kNotRead[] = {
      "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "RUSTFLAGS", "RUSTDOCFLAGS",
      "RUST_RECURSION_COUNT"};
  std::vector<std::string> lines;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view name = SplitEquals(*entry).first;
    const bool of_package = StartsWith(name, "CARGO_PKG_") ||
                            StartsWith(name, "CARGO_MANIFEST_") ||
                            name == "CARGO_CRATE_NAME" || name == "OUT_DIR";
    const bool of_compiler =
        (StartsWith(name, "RUST") && !StartsWith(name, "RUSTUP_") &&
         !IsOneOf(name, kNotRead)) ||
        name == "LD_PRELOAD" || name == "SOURCE_DATE_EPOCH";
    if (of_package || of_compiler) lines.emplace_back(*entry);
  }
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

std::optional<std::string> UnitKey(const RustcInvocation& unit,
                                   std::string_view compiler,
                                   std::string_view variables) {
  std::string key =
      "dfe-unit 1\n" + std::string(compiler) + "\n" + std::string(variables);
  if (char* folder = getcwd(nullptr, 0)) {
    key += folder;
    std::free(folder);
  } else {
    return std::nullopt;
  }
  for (const RustcInvocation::Argument& argument : unit.Arguments()) {
    const std::string_view name = argument.name;
    const std::string_view value = argument.value;
    // Where it is put does not change what it is, and only what says nothing is
    // kept, however wide.
    if (name == "--out-dir" || name == "--diagnostic-width") continue;
    if (name == "-L" && NativeFolder(value).empty()) continue;
    key += "\n" + std::string(name) + " ";
    if (name == "--extern" && !ExternPath(value).empty()) {
      const std::string path = ExternPath(value);
      const std::optional<std::string> hash = HashNameOfFile(path);
      if (!hash) return std::nullopt;
      key += SplitEquals(value).first;
      key += " ";
      key += FileName(path);
      key += " " + *hash;
      continue;
    }
    key += value;
    if (name == "-L") key += Archives(std::string(NativeFolder(value)));
    const std::string_view seeds = SplitEquals(value).second;
    if (name == "-Z" && StartsWith(seeds, "seeds:")) {
      key +=
          " " + HashNameOfFile(std::string(seeds.substr(6))).value_or("gone");
    }
  }
  return key;
}

std::optional<UnitInputs> InputsOf(std::string_view dep_info) {
  UnitInputs inputs;
  constexpr std::string_view kVariable = "# env-dep:";
  while (!dep_info.empty()) {
    const size_t end = std::min(dep_info.find('\n'), dep_info.size());
    const std::string_view line = dep_info.substr(0, end);
    dep_info.remove_prefix(std::min(end + 1, dep_info.size()));
    if (StartsWith(line, kVariable)) {
      inputs.variables.emplace_back(
          SplitEquals(line.substr(kVariable.size())).first);
    } else if (!StartsWith(line, "#") && EndsWith(line, ":")) {
      // Each file has a rule without anything, so that make does not mind when
      // it is gone.
      inputs.files.push_back(Unescaped(line.substr(0, line.size() - 1)));
    }
  }
  if (inputs.files.empty()) return std::nullopt;
  return inputs;
}

std::optional<std::string> KeyWithInputs(std::string_view key,
                                         const UnitInputs& inputs) {
  std::string whole(key);
  for (const std::string& file : inputs.files) {
    const std::optional<std::string> hash = HashNameOfFile(file);
    if (!hash) return std::nullopt;
    whole += "\n" + file + " " + *hash;
    const std::string other = OtherModuleFile(file);
    if (!other.empty() && access(other.c_str(), F_OK) == 0) whole += " other";
  }
  for (const std::string& name : inputs.variables) {
    const char* value = std::getenv(name.c_str());
    whole += "\n" + name;
    if (value != nullptr) whole += std::string("=") + value;
  }
  return whole;
}

bool UsesProceduralMacros(const RustcInvocation& unit) {
  for (const RustcInvocation::Argument& argument : unit.Arguments()) {
    if (argument.name != "--extern") continue;
    const std::string path = ExternPath(argument.value);
    if (!path.empty() && !EndsWith(path, ".rlib") &&
        !EndsWith(path, ".rmeta")) {
      return true;
    }
  }
  return false;
}

bool SourcesAreFixed() {
  const char* package = std::getenv("CARGO_MANIFEST_DIR");
  if (package == nullptr) return false;
  const std::string folder = package;
  if (access((folder + "/.cargo-checksum.json").c_str(), F_OK) == 0) {
    return true;
  }
  std::string home;
  if (const char* named = std::getenv("CARGO_HOME")) {
    home = named;
  } else if (const char* user = std::getenv("HOME")) {
    home = std::string(user) + "/.cargo";
  }
  return !home.empty() && (StartsWith(folder, home + "/registry/src/") ||
                           StartsWith(folder, home + "/git/checkouts/"));
}

}  // namespace dfe::dispatch
