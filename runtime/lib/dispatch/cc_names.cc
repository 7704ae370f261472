// Plain names of files in place of those that a precompiled header keeps.
#include "dfe/dispatch/cc_names.h"

#include <algorithm>

#include "dfe/dispatch/text_lines.h"

namespace dfe::dispatch {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string KeptName(const std::string& directory, std::string_view name) {
  // Clang takes out "." and doubled slashes, and leaves "..".
  std::string kept;
  const std::string whole = directory + "/" + std::string(name);
  std::string_view rest = whole;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('/'), rest.size());
    const std::string_view part = rest.substr(0, end);
    if (!part.empty() && part != ".") kept.append("/").append(part);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return kept;
}

std::vector<FileName> ParseNames(std::string_view text) {
  std::vector<FileName> names;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const size_t tab = line.find('\t');
    if (tab == std::string_view::npos) continue;
    names.push_back(
        {std::string(line.substr(0, tab)), std::string(line.substr(tab + 1))});
  }
  return names;
}

std::string NamesRefusal(const CcInvocation& call) {
  for (const std::string& word : call.flags) {
    for (std::string_view option :
         {"-fsanitize", "-fcoverage", "-fprofile", "-fxray", "-finstrument",
          "-fsave-optimization-record", "-foptimization-record", "-R",
          "-gembed-source", "-Xclang", "-mllvm", "-fplugin", "-fpass-plugin"}) {
      if (StartsWith(word, option)) return "names of headers count: " + word;
    }
    // Maps names as they are spelled, and these are the plain ones.
    if (StartsWith(word, "-fmacro-prefix-map=")) continue;
    if (word.find("prefix-map") != std::string::npos ||
        word.find("compilation-dir") != std::string::npos) {
      return "names of headers count: " + word;
    }
  }
  return "";
}

std::string NamesRefusal(const FileName& name) {
  // What means something in a word of -fdebug-prefix-map, in a dependency file
  // or in a line of .names.
  // Asked of all files of all units: find_first_of takes ten times as long.
  auto plain = [](std::string_view text) {
    for (const char c : text) {
      switch (c) {
        case ' ':
        case '\t':
        case '\n':
        case '\\':
        case '#':
        case '$':
        case '=':
        case ':':
          return false;
        default:
          break;
      }
    }
    return true;
  };
  return plain(name.absolute) && plain(name.plain)
             ? ""
             : "its name has a special character";
}

std::vector<std::string> DebugNameWords(const CcInvocation& call,
                                        const std::vector<FileName>& names) {
  bool debug = false;
  for (const std::string& word : call.flags) {
    if (StartsWith(word, "-g")) debug = true;
  }
  std::vector<std::string> words;
  if (!debug) return words;
  // The last map that is a prefix is taken: a name that begins with another one
  // must come after it.
  words.reserve(names.size());
  for (const FileName& name : names) {
    words.push_back("-fdebug-prefix-map=" + name.absolute + "=" + name.plain);
  }
  return words;
}

std::string DiagnosticsWithNames(std::string text,
                                 const std::vector<FileName>& names) {
  for (const FileName& name : names) {
    const std::string before = name.absolute + ":";
    for (size_t at = text.find(before); at != std::string::npos;
         at = text.find(before, at)) {
      const size_t end = at + before.size();
      // A place, and the whole of a name, not the end of a longer one.
      if (end < text.size() && IsDigit(text[end])) {
        text.replace(at, name.absolute.size(), name.plain);
        at += name.plain.size();
      } else {
        at = end;
      }
    }
  }
  return text;
}

std::string DependencyName(std::string_view name,
                           const std::vector<FileName>& names) {
  for (const FileName& known : names) {
    if (known.absolute != name) continue;
    std::string_view plain = known.plain;
    // As Clang does.
    while (StartsWith(plain, "./")) {
      plain.remove_prefix(2);
      while (StartsWith(plain, "/")) plain.remove_prefix(1);
    }
    return std::string(plain);
  }
  return std::string(name);
}

}  // namespace dfe::dispatch
