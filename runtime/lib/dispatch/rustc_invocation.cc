// Parsing of rustc command lines; see the header.
#include "dfe/dispatch/rustc_invocation.h"

#include <cctype>
#include <cstdio>

#include "dfe/dispatch/text_lines.h"

namespace dfe::dispatch {
namespace {

// Options of rustc that take their value as the next word, as cargo and people
// write them. Any other word that starts with '-' stands alone.
bool TakesNextWord(std::string_view word) {
  static constexpr std::string_view kNames[] = {"--crate-name",
                                                "--crate-type",
                                                "--emit",
                                                "--out-dir",
                                                "--target",
                                                "--edition",
                                                "--cfg",
                                                "--check-cfg",
                                                "--extern",
                                                "--cap-lints",
                                                "--error-format",
                                                "--json",
                                                "--print",
                                                "--sysroot",
                                                "--diagnostic-width",
                                                "--color",
                                                "--codegen",
                                                "--explain",
                                                "--allow",
                                                "--warn",
                                                "--deny",
                                                "--forbid",
                                                "--force-warn",
                                                "--remap-path-prefix",
                                                "--remap-path-scope",
                                                "-C",
                                                "-Z",
                                                "-L",
                                                "-l",
                                                "-o",
                                                "-A",
                                                "-W",
                                                "-D",
                                                "-F"};
  for (std::string_view name : kNames) {
    if (word == name) return true;
  }
  return false;
}

std::string Normalised(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c == '_') c = '-';
  }
  return out;
}

std::vector<std::string> SplitCommas(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    size_t comma = text.find(',');
    out.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return out;
}

bool ReadLines(const char* path, std::vector<std::string>* out) {
  FILE* file = std::fopen(path, "re");
  if (file == nullptr) return false;
  std::string line;
  int c;
  while ((c = std::fgetc(file)) != EOF) {
    if (c == '\n') {
      out->push_back(std::move(line));
      line.clear();
    } else {
      line.push_back(static_cast<char>(c));
    }
  }
  if (!line.empty()) out->push_back(std::move(line));
  bool ok = std::ferror(file) == 0;
  std::fclose(file);
  return ok;
}

bool Contains(const std::vector<std::string>& list, std::string_view item) {
  for (const std::string& s : list) {
    if (s == item) return true;
  }
  return false;
}

}  // namespace

RustcInvocation::RustcInvocation(std::vector<std::string> raw) {
  for (std::string& word : raw) {
    if (word.size() > 1 && word[0] == '@') {
      if (ReadLines(word.c_str() + 1, &words)) continue;
      complete = false;
    }
    words.push_back(std::move(word));
  }
  Scan();
}

std::vector<RustcInvocation::Argument> RustcInvocation::Arguments() const {
  std::vector<Argument> arguments;
  for (size_t i = 1; i < words.size(); ++i) {
    std::string_view word = words[i];
    Argument argument{word, {}, false, i, 1};
    if (StartsWith(word, "--")) {
      size_t equals = word.find('=');
      if (equals != std::string_view::npos) {
        argument.name = word.substr(0, equals);
        argument.value = word.substr(equals + 1);
        argument.has_value = true;
      }
    } else if (word.size() > 2 &&
               (StartsWith(word, "-C") || StartsWith(word, "-Z") ||
                StartsWith(word, "-L") || StartsWith(word, "-l"))) {
      argument.name = word.substr(0, 2);
      argument.value = word.substr(2);
      argument.has_value = true;
    }
    if (!argument.has_value && TakesNextWord(argument.name) &&
        i + 1 < words.size()) {
      argument.value = words[++i];
      argument.has_value = true;
      argument.count = 2;
    }
    arguments.push_back(argument);
  }
  return arguments;
}

void RustcInvocation::Scan() {
  options_.clear();
  crate_name.clear();
  crate_types.clear();
  emit.clear();
  target.clear();
  out_dir.clear();
  input.clear();
  test = false;
  bool asks = false;
  bool has_input = false;
  for (const Argument& argument : Arguments()) {
    const std::string_view name = argument.name;
    const std::string_view value = argument.value;
    const std::string_view word = words[argument.first];
    if (name == "-C" || name == "--codegen" || name == "-Z") {
      size_t equals = value.find('=');
      options_.push_back(
          {name == "-Z" ? 'Z' : 'C', Normalised(value.substr(0, equals)),
           equals == std::string_view::npos
               ? std::string()
               : std::string(value.substr(equals + 1)),
           equals != std::string_view::npos, argument.first, argument.count});
    } else if (name == "--crate-name") {
      crate_name = value;
    } else if (name == "--crate-type") {
      for (std::string& t : SplitCommas(value))
        crate_types.push_back(std::move(t));
    } else if (name == "--emit") {
      for (const std::string& e : SplitCommas(value)) {
        emit.push_back(e.substr(0, e.find('=')));
      }
    } else if (name == "--target") {
      target = value;
    } else if (name == "--out-dir") {
      out_dir = value;
    } else if (name == "--test") {
      test = true;
    } else if (name == "--print" || name == "-vV" || name == "--version" ||
               name == "-V" || name == "--help" || name == "-h") {
      asks = true;
    } else if (word[0] != '-' && word.size() > 3 &&
               word.substr(word.size() - 3) == ".rs") {
      has_input = true;
      input = word;
    } else if (word == "-") {
      asks = true;  // source on standard input: a probe
    }
  }
  // cargo's own probe is called "___".
  is_compile = !asks && has_input && !crate_name.empty() && crate_name != "___";
}

bool RustcInvocation::HasCrateType(std::string_view type) const {
  return Contains(crate_types, type);
}

bool RustcInvocation::Emits(std::string_view kind) const {
  return Contains(emit, kind);
}

std::optional<std::string> RustcInvocation::Codegen(
    std::string_view name) const {
  std::optional<std::string> found;
  for (const Option& o : options_) {
    if (o.kind == 'C' && o.name == name) found = o.value;
  }
  return found;
}

std::vector<std::string> RustcInvocation::CodegenAll(
    std::string_view name) const {
  std::vector<std::string> found;
  for (const Option& o : options_) {
    if (o.kind == 'C' && o.name == name) found.push_back(o.value);
  }
  return found;
}

std::optional<std::string> RustcInvocation::Unstable(
    std::string_view name) const {
  std::optional<std::string> found;
  for (const Option& o : options_) {
    if (o.kind == 'Z' && o.name == name) found = o.value;
  }
  return found;
}

bool RustcInvocation::RemoveCodegen(std::string_view name) {
  bool removed = false;
  for (size_t i = options_.size(); i-- > 0;) {
    const Option& o = options_[i];
    if (o.kind != 'C' || o.name != name) continue;
    words.erase(words.begin() + static_cast<ptrdiff_t>(o.first),
                words.begin() + static_cast<ptrdiff_t>(o.first + o.count));
    removed = true;
  }
  if (removed) Scan();
  return removed;
}

void RustcInvocation::AddCodegen(std::string_view option) {
  words.push_back("-C" + std::string(option));
  Scan();
}

std::string RustcInvocation::LeafName() const {
  std::string name = crate_name;
  constexpr std::string_view kExamples = "/examples";
  if (test) {
    name += ".test." + input;
  } else if (HasCrateType("cdylib")) {
    name += ".cdylib";
  } else if (out_dir.size() > kExamples.size() &&
             StartsWith(out_dir.substr(out_dir.size() - kExamples.size()),
                        kExamples)) {
    name += ".example";
  }
  return target.empty() ? name : name + "." + target;
}

std::string RustcInvocation::LinkerKey() const {
  std::string key = target;
  auto add = [&key](std::string_view text) {
    key += '\x1f';
    key += text;
  };
  for (const Option& o : options_) {
    bool relevant = o.name == "linker" || o.name == "linker-flavor" ||
                    o.name == "linker-features" ||
                    o.name == "link-self-contained" || o.name == "gcc-ld";
    if (o.kind == 'C' && (o.name == "link-arg" || o.name == "link-args" ||
                          o.name == "pre-link-args")) {
      relevant = o.value.find("-fuse-ld") != std::string::npos ||
                 o.value.find("--ld-path") != std::string::npos ||
                 StartsWith(o.value, "-B") ||
                 o.value.find(" -B") != std::string::npos ||
                 o.value.find("-flto") != std::string::npos ||
                 o.value.find("-plugin") != std::string::npos;
    }
    if (relevant) {
      add(std::string(1, o.kind) + o.name + (o.has_value ? "=" + o.value : ""));
    }
  }
  return key;
}

std::string AsFileName(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_' &&
        c != '-' && c != '.') {
      c = '_';
    }
  }
  return out.empty() || out[0] == '.' ? "_" + out : out;
}

}  // namespace dfe::dispatch
