// One rule and the lines of -MP: read, put in order, written as Clang would.
#include "dfe/dispatch/cc_dependencies.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace dfe::dispatch {
namespace {

// Where Clang's DependencyFileGenerator breaks a line.
constexpr size_t kMaxColumns = 75;

// As Clang shows a name.
std::string_view WithoutDot(std::string_view name) {
  while (name.substr(0, 2) == "./") {
    name.remove_prefix(2);
    while (name.substr(0, 1) == "/") name.remove_prefix(1);
  }
  return name;
}

// The name that a word of a makefile stands for.
std::string Unescaped(std::string_view word) {
  std::string name;
  for (size_t i = 0; i < word.size(); ++i) {
    const char next = i + 1 < word.size() ? word[i + 1] : '\0';
    if ((word[i] == '\\' && (next == ' ' || next == '#')) ||
        (word[i] == '$' && next == '$')) {
      ++i;
    }
    name += word[i];
  }
  return name;
}

// The other way, as Clang writes it for make.
std::string Escaped(std::string_view name) {
  std::string word;
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] == ' ') {
      // Backslashes before a blank stand for themselves if they are doubled.
      for (size_t at = i; at > 0 && name[at - 1] == '\\'; --at) word += '\\';
      word += '\\';
    }
    if (name[i] == '#') word += '\\';
    if (name[i] == '$') word += '$';
    word += name[i];
  }
  return word;
}

// A word of the rule, and where the plain compile has it.
struct Listed {
  int rank;
  size_t place;  // as it came
  std::string word;
  bool is_source;
};

struct Rule {
  std::string_view targets;  // with the colon
  std::vector<std::string_view> words;
  std::string_view rest;  // the lines after it
};

// True for a blank that ends a word.
bool Ends(std::string_view text, size_t at) {
  return (text[at] == ' ' && (at == 0 || text[at - 1] != '\\')) ||
         text[at] == '\n';
}

// The rule at the start; one without words is none.
Rule ReadRule(std::string_view text) {
  Rule rule;
  size_t at = 0;
  while (at < text.size() &&
         !(text[at] == ':' && at + 1 < text.size() && Ends(text, at + 1))) {
    ++at;
  }
  if (at == text.size()) return rule;
  rule.targets = text.substr(0, at + 1);
  ++at;
  while (at < text.size() && text[at] != '\n') {
    if (text[at] == ' ') {
      ++at;
    } else if (text.substr(at, 2) == "\\\n") {
      at += 2;
    } else {
      const size_t start = at;
      while (at < text.size() && !Ends(text, at)) ++at;
      rule.words.push_back(text.substr(start, at - start));
    }
  }
  rule.rest = text.substr(std::min(at + 1, text.size()));
  return rule;
}

}  // namespace

std::string PlainDependencies(std::string_view text,
                              const std::vector<std::string>& node_sources,
                              const std::vector<std::string>& order,
                              const std::vector<std::string>& asked,
                              const std::vector<FileName>& names) {
  const Rule rule = ReadRule(text);
  std::map<std::string, int, std::less<>> ranks;
  for (const std::string& name : order) {
    ranks.emplace(WithoutDot(name), static_cast<int>(ranks.size()));
  }

  // 1. What stays, in order.
  std::vector<Listed> kept;
  std::set<std::string, std::less<>> seen;
  int rank = -1;  // of the word before: one that is not known goes with it
  for (std::string_view word : rule.words) {
    const std::string name = Unescaped(word);
    if (std::find(node_sources.begin(), node_sources.end(), name) !=
        node_sources.end()) {
      continue;
    }
    std::string plain = DependencyName(word, names);
    if (!seen.insert(plain).second) continue;
    const auto known = ranks.find(Unescaped(plain));
    if (known != ranks.end()) rank = known->second;
    // The source is the first that the plain compile meets.
    const bool is_source = known != ranks.end() && rank == 0;
    kept.push_back({rank, kept.size(), std::move(plain), is_source});
  }
  for (const std::string& name : asked) {
    const auto known = ranks.find(WithoutDot(name));
    std::string plain = Escaped(WithoutDot(name));
    if (rule.words.empty() || known == ranks.end() ||
        !seen.insert(plain).second) {
      continue;
    }
    kept.push_back({known->second, kept.size(), std::move(plain), false});
  }
  // No stable sort: its buffer is one that Clang calls deprecated.
  std::sort(kept.begin(), kept.end(), [](const Listed& a, const Listed& b) {
    return std::tie(a.rank, a.place) < std::tie(b.rank, b.place);
  });

  // 2. The rule.
  std::string out(rule.targets);
  size_t columns = rule.targets.size() - (rule.targets.rfind('\n') + 1);
  for (const Listed& file : kept) {
    const size_t size = Unescaped(file.word).size();
    if (columns + size + 1 + 2 > kMaxColumns) {
      out += " \\\n ";
      columns = 2;
    }
    out += ' ';
    out += file.word;
    columns += size + 1;
  }
  if (!rule.words.empty()) out += '\n';

  // 3. A line "FILE:" for each file but the source, with -MP; nothing else is
  //    known to stand there.
  std::string_view rest = rule.words.empty() ? text : rule.rest;
  bool phony = false;
  std::string others;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!rule.words.empty() && !line.empty() && line.back() == ':') {
      phony = true;
    } else {
      others.append(line) += '\n';
    }
  }
  if (phony) {
    for (const Listed& file : kept) {
      if (!file.is_source) out += file.word + ":\n";
    }
  }
  return out + others;
}

std::vector<std::string> NamesInDependencies(std::string_view text) {
  std::vector<std::string> names;
  for (std::string_view word : ReadRule(text).words) {
    names.push_back(Unescaped(word));
  }
  return names;
}

}  // namespace dfe::dispatch
