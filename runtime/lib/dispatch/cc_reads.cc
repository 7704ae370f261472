// Names in texts, what searches for them find, and the comparison.
#include "dfe/dispatch/cc_reads.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "dfe/format/envelope.h"

namespace dfe::dispatch {
namespace {

bool IsOfName(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '_';
}

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

// memmem, as string_view::find stops at each underscore of a header.
size_t Find(std::string_view text, std::string_view part, size_t from) {
  if (from >= text.size()) return std::string_view::npos;
  const void* at =
      memmem(text.data() + from, text.size() - from, part.data(), part.size());
  return at == nullptr
             ? std::string_view::npos
             : static_cast<size_t>(static_cast<const char*>(at) - text.data());
}

// The last word before a place, blanks aside: "#include" of "# include <".
std::string_view WordBefore(std::string_view text, size_t at) {
  while (at > 0 && IsBlank(text[at - 1])) --at;
  size_t start = at;
  while (start > 0 && IsOfName(text[start - 1])) --start;
  return text.substr(start, at - start);
}

// The whole word that a place is in.
std::string_view WordAt(std::string_view text, size_t at) {
  size_t start = at;
  while (start > 0 && IsOfName(text[start - 1])) --start;
  while (at < text.size() && IsOfName(text[at])) ++at;
  return text.substr(start, at - start);
}

bool IsDirective(std::string_view text, size_t word) {
  while (word > 0 && IsBlank(text[word - 1])) --word;
  return word > 0 && text[word - 1] == '#';
}

// The name in <> or "" at a place, "" if there is none.
std::string_view LiteralAt(std::string_view text, size_t at) {
  while (at < text.size() && IsBlank(text[at])) ++at;
  if (at == text.size() || (text[at] != '<' && text[at] != '"')) return "";
  const char close = text[at] == '<' ? '>' : '"';
  const size_t end = text.find_first_of(std::string{close, '\n'}, at + 1);
  if (end == std::string_view::npos || text[end] != close) return "";
  return text.substr(at + 1, end - at - 1);
}

// True if the word is that of a directive in assembly, ".include". A member of
// something is none, but "\n.incbin" and "\012.incbin" are.
bool IsOfAssembly(std::string_view text, size_t word) {
  if (word == 0 || text[word - 1] != '.') return false;
  const size_t dot = word - 1;
  if (dot == 0 || !IsOfName(text[dot - 1])) return true;
  const size_t start = dot < 4 ? 0 : dot - 4;
  return text.substr(start, dot - start).find('\\') != std::string_view::npos;
}

// True if there is an ".include" or ".incbin", as `name` says.
bool HasAssembly(std::string_view text, std::string_view name) {
  for (size_t at = 0; (at = Find(text, name, at)) != std::string_view::npos;
       ++at) {
    if (WordAt(text, at) == name && IsOfAssembly(text, at)) return true;
  }
  return false;
}

// True if there is an #embed, or one is asked for.
bool Embeds(std::string_view text) {
  for (size_t at = 0; (at = Find(text, "embed", at)) != std::string_view::npos;
       ++at) {
    if (IsDirective(text, at) || WordBefore(text, at) == "__has_") return true;
  }
  return false;
}

// "" or why. `word` is all of __has_include, or of another that asks likewise,
// and `at` is behind it.
std::string NameAskedAt(std::string_view text, size_t word, size_t at,
                        std::vector<std::string>* names) {
  size_t before = word;
  while (before > 0 && (IsBlank(text[before - 1]) || text[before - 1] == '(')) {
    --before;
  }
  const std::string_view asks = WordBefore(text, before);
  if (asks == "defined" || asks == "ifdef" || asks == "ifndef") return "";
  while (at < text.size() && IsBlank(text[at])) ++at;
  const std::string_view name =
      at < text.size() && text[at] == '(' ? LiteralAt(text, at + 1) : "";
  if (name.empty()) return "asks for headers whose names macros make";
  names->emplace_back(name);
  return "";
}

// Adds the names in <> or "" that macros stand for.
void NamesDefined(std::string_view text, std::set<std::string>* names) {
  for (size_t at = 0;
       (at = Find(text, "define", at)) != std::string_view::npos;) {
    const bool directive = IsDirective(text, at);
    at += 6;
    if (!directive) continue;
    const size_t end = std::min(text.find('\n', at), text.size());
    size_t open = at;
    while (open < end && text[open] != '<' && text[open] != '"') ++open;
    if (open == end) continue;
    const std::string_view name = LiteralAt(text, open);
    if (!name.empty()) names->emplace(name);
  }
}

// The names in folders, and what of them exists; each folder is read once.
class Folders {
 public:
  bool Has(const std::string& folder, const std::string& entry) {
    if (entry == ".." || entry == ".") return true;
    const auto [known, is_new] = names_.try_emplace(folder);
    if (is_new) {
      if (DIR* open = opendir(folder.empty() ? "." : folder.c_str())) {
        while (const dirent* one = readdir(open)) {
          known->second.insert(one->d_name);
        }
        closedir(open);
      }
    }
    return known->second.count(entry) != 0;
  }

 private:
  std::unordered_map<std::string, std::unordered_set<std::string>> names_;
};

bool IsPrecompiled(const std::string& path) {
  return path.size() > 4 && path.compare(path.size() - 4, 4, ".gch") == 0;
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return "";
  return path.substr(0, std::max<size_t>(slash, 1));
}

std::string Joined(const std::string& folder, std::string_view name) {
  if (folder.empty() || folder == ".") return std::string(name);
  std::string path = folder;
  if (path.back() != '/') path += '/';
  return path.append(name);
}

// A text with a blank for each comment in /* */; the text itself where it is
// not plain to see what is one: raw strings, a trigraph for the backslash, a
// comment without an end. A quote that opens nothing (1'000, don't) ends with
// its line, and until then hides comments, never text.
std::string WithoutBlockComments(std::string_view text) {
  if (Find(text, "R\"", 0) != std::string_view::npos ||
      Find(text, "?\?/", 0) != std::string_view::npos) {
    return std::string(text);
  }
  std::string left;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == 0 && text.substr(i, 2) == "/*") {
      const size_t end = text.find("*/", i + 2);
      if (end == std::string_view::npos) return std::string(text);
      left += ' ';
      i = end + 1;
      continue;
    }
    if (quote == 0 && text.substr(i, 2) == "//") quote = '\n';
    left += c;
    if (c == '\\' && i + 1 < text.size()) {
      left += text[++i];
    } else if (quote != 0 && (c == quote || c == '\n')) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    }
  }
  return left;
}

}  // namespace

bool ReadsMoreFiles(std::string_view text) {
  auto reads = [](std::string_view part) {
    return Embeds(part) || HasAssembly(part, "incbin") ||
           HasAssembly(part, "include");
  };
  return reads(text) && reads(WithoutBlockComments(text));
}

std::string NamesAskedFor(std::string_view text,
                          std::vector<std::string>* names, bool* of_macros) {
  for (std::string_view start : {"__DATE__", "__TIME"}) {
    for (size_t at = 0;
         (at = Find(text, start, at)) != std::string_view::npos;) {
      const std::string_view word = WordAt(text, at);
      at += word.size();
      if (word == "__DATE__" || word == "__TIME__" || word == "__TIMESTAMP__") {
        return "says when it is compiled";
      }
    }
  }
  if (Embeds(text)) return "embeds files";
  if (HasAssembly(text, "incbin")) return "assembly reads files";
  // All that asks for a header ends in one of these.
  for (std::string_view part : {"include", "import"}) {
    for (size_t at = 0;
         (at = Find(text, part, at)) != std::string_view::npos;) {
      const std::string_view word = WordAt(text, at);
      const auto start = static_cast<size_t>(word.data() - text.data());
      const size_t end = start + word.size();
      at = end;
      if (word == "include" && IsOfAssembly(text, start)) {
        return "assembly reads files";
      }
      if (word == "__has_include" || word == "__has_include_next") {
        std::string why = NameAskedAt(text, start, end, names);
        if (!why.empty()) return why;
      } else if (word.find("has_include") != std::string_view::npos) {
        return "asks for headers by another name";
      } else if ((word == "include" || word == "include_next" ||
                  word == "import") &&
                 IsDirective(text, start)) {
        const std::string_view name = LiteralAt(text, end);
        if (name.empty()) {
          *of_macros = true;
        } else {
          names->emplace_back(name);
        }
      }
    }
  }
  return "";
}

std::vector<std::string> FoundBySearches(
    const std::vector<KeptObject::File>& files,
    const std::vector<std::string>& names,
    const std::vector<std::string>& folders) {
  // 1. Where is searched, and for what.
  std::set<std::string> where = {""};
  for (const std::string& folder : folders) {
    where.insert(folder == "." ? "" : folder);
  }
  std::set<std::string, std::less<>> read;
  std::set<std::string> what;
  auto add = [&](const std::string& name) {
    if (name.empty() || name[0] == '/') return;
    what.insert(name);
    what.insert(name + ".gch");  // which GCC takes in the header's place
  };
  for (const KeptObject::File& file : files) {
    where.insert(FolderOf(file.path));
    read.insert(file.path);
    for (size_t slash = file.path.find('/'); slash != std::string::npos;
         slash = file.path.find('/', slash + 1)) {
      add(file.path.substr(slash + 1));
    }
    add(file.path);
  }
  for (const std::string& name : names) add(name);

  // 2. Few folders have an entry of the name's first part.
  Folders all;
  std::unordered_map<std::string, std::vector<const std::string*>> having;
  std::vector<std::string> found;
  for (const std::string& name : what) {
    const std::string first = name.substr(0, name.find('/'));
    const auto [known, is_new] = having.try_emplace(first);
    if (is_new) {
      for (const std::string& folder : where) {
        if (all.Has(folder, first)) known->second.push_back(&folder);
      }
    }
    for (const std::string* folder : known->second) {
      std::string path = Joined(*folder, name);
      struct stat info = {};
      if (read.count(path) != 0 || stat(path.c_str(), &info) != 0) continue;
      // A folder ends no search, but a folder of precompiled headers does.
      if (S_ISDIR(info.st_mode) && !IsPrecompiled(path)) continue;
      found.push_back(std::move(path));
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::string RecordReads(const std::vector<std::string>& paths,
                        const std::vector<std::string>& folders,
                        const std::vector<std::string>& given,
                        KeptObject* object) {
  std::set<std::string> names(given.begin(), given.end());
  std::set<std::string> hashes;
  std::set<std::string> seen;
  std::vector<std::string> texts;
  bool of_macros = false;
  for (const std::string& path : paths) {
    if (!seen.insert(path).second) continue;
    std::optional<std::string> text = ContentOf(path);
    if (!text) return "dependency cannot be read";
    std::vector<std::string> asked;
    std::string why = NamesAskedFor(*text, &asked, &of_macros);
    if (!why.empty()) return why;
    names.insert(asked.begin(), asked.end());
    object->files.push_back({path, HashName(*text)});
    // Whether two headers are one is then told by their times.
    if (!hashes.insert(object->files.back().hash).second &&
        (Find(*text, "once", 0) != std::string_view::npos ||
         Find(*text, "import", 0) != std::string_view::npos)) {
      return "two headers have the same text";
    }
    texts.push_back(*std::move(text));
  }
  if (of_macros) {
    for (const std::string& text : texts) NamesDefined(text, &names);
  }
  object->names.assign(names.begin(), names.end());
  object->found = FoundBySearches(object->files, object->names, folders);
  return std::any_of(object->found.begin(), object->found.end(), IsPrecompiled)
             ? "precompiled header beside"
             : "";
}

bool ReadsTheSame(const KeptObject& object,
                  const std::vector<std::string>& folders) {
  for (const KeptObject::File& file : object.files) {
    if (HashNameOfFile(file.path) != file.hash) return false;
  }
  return FoundBySearches(object.files, object.names, folders) == object.found;
}

}  // namespace dfe::dispatch
