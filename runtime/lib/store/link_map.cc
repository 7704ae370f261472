// The reader of lld's map; the format is in the header.
//
// Garbage is expected: lines of linker scripts, a map cut off by a full disk.
// So each line stands for itself, and what does not parse is only counted. The
// last line counts as garbage if its end is missing, because half a name would
// pass for another symbol.
#include "dfe/store/link_map.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "dfe/store/symbol_crate.h"

namespace dfe::store {
namespace {

// Demangled names of some KiB occur; longer lines are no lines of a map.
constexpr size_t kMaxLine = 1 << 20;
// A larger section is garbage; and so no sum of sizes can overflow.
constexpr uint64_t kMaxSize = uint64_t{1} << 40;

// Lines of a stream, in memory of one buffer and one line.
class LineReader {
 public:
  explicit LineReader(std::istream* in) : in_(in), buffer_(1 << 16) {}

  // False at the end. `complete`: the line ended and was not too long.
  bool Next(std::string* line, bool* complete) {
    line->clear();
    bool too_long = false;
    bool any = false;
    while (true) {
      if (begin_ == end_ && !Fill()) {
        *complete = false;
        return any;
      }
      any = true;
      const char* start = buffer_.data() + begin_;
      size_t left = end_ - begin_;
      const void* found = std::memchr(start, '\n', left);
      size_t size =
          found == nullptr
              ? left
              : static_cast<size_t>(static_cast<const char*>(found) - start);
      if (line->size() + size > kMaxLine) {
        too_long = true;
      } else {
        line->append(start, size);
      }
      begin_ += size;
      if (found != nullptr) {
        ++begin_;
        *complete = !too_long;
        return true;
      }
    }
  }

 private:
  bool Fill() {
    if (!in_->good()) return false;
    in_->read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    begin_ = 0;
    end_ = static_cast<size_t>(in_->gcount());
    return end_ > 0;
  }

  std::istream* in_;
  std::vector<char> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

struct Line {
  uint64_t address = 0;
  int64_t size = 0;
  size_t depth = 0;  // spaces before the text: 0, 8 or 16
  absl::string_view text;
};

template <typename Number>
bool ConsumeField(absl::string_view* text, int base, Number* value) {
  *text = absl::StripLeadingAsciiWhitespace(*text);
  auto [end, error] =
      std::from_chars(text->data(), text->data() + text->size(), *value, base);
  if (error != std::errc()) return false;
  text->remove_prefix(static_cast<size_t>(end - text->data()));
  return absl::StartsWith(*text, " ");
}

bool ParseLine(absl::string_view text, Line* line) {
  uint64_t load_address;
  uint64_t size;
  uint64_t alignment;
  if (!ConsumeField(&text, 16, &line->address) ||
      !ConsumeField(&text, 16, &load_address) ||
      !ConsumeField(&text, 16, &size) || !ConsumeField(&text, 10, &alignment)) {
    return false;
  }
  if (size > kMaxSize) return false;
  line->size = static_cast<int64_t>(size);
  text.remove_prefix(1);
  line->depth = std::min(text.find_first_not_of(' '), text.size());
  line->text = text.substr(line->depth);
  return !line->text.empty() &&
         (line->depth == 0 || line->depth == 8 || line->depth == 16);
}

bool IsHeader(absl::string_view line) {
  std::vector<absl::string_view> words =
      absl::StrSplit(line, ' ', absl::SkipEmpty());
  return absl::StrJoin(words, " ") == "VMA LMA Size Align Out In Symbol";
}

// A name as it stands in a symbol table, not a demangled one.
bool IsLinkName(absl::string_view text) {
  for (char c : text) {
    if (!absl::ascii_isalnum(c) && c != '_' && c != '.' && c != '$' &&
        c != '@') {
      return false;
    }
  }
  return !text.empty();
}

// `.text.unlikely._ZN…` -> `_ZN…`; "" for a section of many functions.
absl::string_view NameInSection(absl::string_view section) {
  if (!absl::ConsumePrefix(&section, ".text.")) return "";
  for (absl::string_view kind :
       {"hot.", "unlikely.", "startup.", "exit.", "unknown.", "split."}) {
    if (absl::ConsumePrefix(&section, kind)) break;
  }
  return IsLinkName(section) ? section : "";
}

// Without ThinLTO's suffix for a local function that was made global.
absl::string_view WithoutPromotion(absl::string_view name) {
  size_t at = name.rfind(".llvm.");
  if (at == absl::string_view::npos || at == 0) return name;
  for (char c : name.substr(at + 6)) {
    if (!absl::ascii_isdigit(c)) return name;
  }
  return name.substr(0, at);
}

// Marks of code and data on some machines, such as `$x.3`.
bool IsMappingSymbol(absl::string_view name) {
  return name.size() >= 2 && name[0] == '$' &&
         (name[1] == 'x' || name[1] == 'd' || name[1] == 'a' ||
          name[1] == 't') &&
         (name.size() == 2 || name[2] == '.');
}

// The archive or object, by its own name: what is in `()`, the folder and
// `OUT.lto.` are left out.
absl::string_view InputName(absl::string_view path) {
  size_t archive = std::min(path.find(".rlib("), path.find(".a("));
  if (archive != absl::string_view::npos) {
    path = path.substr(0, path.find('(', archive));
  }
  path.remove_prefix(path.rfind('/') + 1);  // npos + 1 == 0
  size_t lto = path.find(".lto.");
  if (lto != absl::string_view::npos &&
      path.find('.', lto + 5) != absl::string_view::npos) {
    path.remove_prefix(lto + 5);
  }
  return path;
}

class MapParser {
 public:
  void Add(absl::string_view text) {
    Line line;
    if (!ParseLine(text, &line)) {
      ++map_.garbage_lines;
      return;
    }
    switch (line.depth) {
      case 0:
        OutputSection(line);
        break;
      case 8:
        InputSection(line);
        break;
      default:
        Symbol(line);
    }
  }
  void AddGarbage() { ++map_.garbage_lines; }

  LinkMap Finish() {
    EndInput();
    std::sort(
        map_.inputs.begin(), map_.inputs.end(),
        [](const LinkPart& a, const LinkPart& b) { return a.name < b.name; });
    return std::move(map_);
  }

 private:
  void OutputSection(const Line& line) {
    EndInput();
    in_text_ = line.text == ".text" || absl::StartsWith(line.text, ".text.");
    if (in_text_) map_.text_bytes += line.size;
  }

  void InputSection(const Line& line) {
    EndInput();
    size_t colon = line.text.rfind(":(");
    if (colon == absl::string_view::npos || line.text.back() != ')') {
      // An assignment or a fill of a linker script.
      if (!absl::StrContains(line.text, " = ")) ++map_.garbage_lines;
      return;
    }
    if (!in_text_) return;
    absl::string_view file = line.text.substr(0, colon);
    std::string name(InputName(file));
    auto [known, is_new] = input_index_.emplace(name, map_.inputs.size());
    if (is_new) map_.inputs.push_back({.name = name});
    input_ = known->second;
    has_input_ = true;
    map_.inputs[input_].bytes += line.size;
    input_crate_ = CrateOfInput(file);
    section_name_ = std::string(NameInSection(
        line.text.substr(colon + 2, line.text.size() - colon - 3)));
    first_ = map_.symbols.size();
  }

  void Symbol(const Line& line) {
    if (!in_text_ || !has_input_ || IsMappingSymbol(line.text)) return;
    LiveSymbol symbol;
    symbol.name = std::string(line.text);
    symbol.size = line.size;
    symbol.alias =
        map_.symbols.size() > first_ && line.address == last_address_;
    last_address_ = line.address;
    if (!symbol.alias) ++map_.inputs[input_].functions;
    map_.symbols.push_back(std::move(symbol));
  }

  // All symbols of an input section are known: gives them their names.
  void EndInput() {
    if (!has_input_) return;
    has_input_ = false;
    std::string section_path = LegacyPath(section_name_);
    bool named = false;  // the section's own name was given away
    for (size_t i = first_; i < map_.symbols.size(); ++i) {
      LiveSymbol& symbol = map_.symbols[i];
      std::string shown = symbol.name.substr(0, symbol.name.find(" (.llvm."));
      symbol.exact = IsLinkName(shown);
      if (!symbol.exact && !section_path.empty() && shown == section_path) {
        symbol.name = section_name_;
        symbol.exact = true;
      }
      named = named || symbol.name == section_name_;
      std::string path = LegacyPath(shown);
      symbol.readable = Readable(path.empty() ? shown : path);
    }
    bool mangled = absl::StartsWith(section_name_, "_");
    for (size_t i = first_; i < map_.symbols.size(); ++i) {
      LiveSymbol& symbol = map_.symbols[i];
      if (!symbol.exact && !named && mangled) {
        symbol.name = section_name_;
        symbol.exact = true;
        named = true;
      }
      if (symbol.exact) {
        symbol.name = std::string(WithoutPromotion(symbol.name));
        symbol.crate = CrateOfSymbol(symbol.name);
      }
      if (symbol.crate.empty()) symbol.crate = input_crate_;
    }
  }

  LinkMap map_;
  absl::flat_hash_map<std::string, size_t> input_index_;
  bool in_text_ = false;
  // The input section that symbols are being added to.
  bool has_input_ = false;
  size_t input_ = 0;
  std::string input_crate_;
  std::string section_name_;
  size_t first_ = 0;  // its first symbol
  uint64_t last_address_ = 0;
};

}  // namespace

absl::StatusOr<LinkMap> ParseLinkMap(std::istream& in,
                                     absl::string_view where) {
  LineReader reader(&in);
  std::string line;
  bool complete = false;
  if (!reader.Next(&line, &complete) || !complete || !IsHeader(line)) {
    return absl::DataLossError(absl::StrCat(
        "link map: ", where,
        ": expected a map of lld with a line of column names, got ",
        line.empty() ? "none" : absl::StrCat("'", line.substr(0, 60), "'")));
  }
  MapParser parser;
  while (reader.Next(&line, &complete)) {
    if (complete) {
      parser.Add(line);
    } else {
      parser.AddGarbage();
    }
  }
  if (in.bad()) {
    return absl::DataLossError(absl::StrCat(
        "link map: ", where, ": expected a file, got a read error"));
  }
  return parser.Finish();
}

absl::StatusOr<LinkMap> LoadLinkMap(const std::string& path) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return absl::NotFoundError(absl::StrCat(
        "link map: ", path, ": expected a file, got: ", std::strerror(errno)));
  }
  return ParseLinkMap(in, path);
}

std::vector<LinkPart> ByCrate(const LinkMap& map) {
  absl::flat_hash_map<std::string, LinkPart> crates;
  for (const LiveSymbol& symbol : map.symbols) {
    if (symbol.alias) continue;
    LinkPart& part = crates[symbol.crate.empty() ? "(none)" : symbol.crate];
    ++part.functions;
    part.bytes += symbol.size;
  }
  std::vector<LinkPart> parts;
  for (auto& [name, part] : crates) {
    part.name = name;
    parts.push_back(std::move(part));
  }
  std::sort(parts.begin(), parts.end(),
            [](const LinkPart& a, const LinkPart& b) {
              if (a.bytes != b.bytes) return a.bytes > b.bytes;
              return a.name < b.name;
            });
  return parts;
}

LinkRecord ToLinkRecord(const LinkMap& map, absl::string_view leaf,
                        absl::string_view artifact) {
  LinkRecord record;
  record.leaf = std::string(leaf);
  record.artifact = std::string(artifact);
  record.text_bytes = map.text_bytes;
  for (const LiveSymbol& symbol : map.symbols) {
    if (!symbol.alias) ++record.live_symbols;
  }
  record.crates = ByCrate(map);
  record.inputs = map.inputs;
  return record;
}

}  // namespace dfe::store
