// The two mangling schemes of Rust, as far as the crate of a name needs them.
//
// Legacy: `_ZN` then components <length><text>, then `E`; the last component is
// a hash. A type in a component is escaped: `_$LT$dep..S$u20$as$u20$…$GT$`.
// v0: `_R` then a path: a grammar with prefix letters, of which the first
// branch that leads to a crate root is followed.
#include "dfe/store/symbol_crate.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace dfe::store {
namespace {

// Names are at most a few dozen levels deep; garbage must not fill the stack.
constexpr int kMaxDepth = 200;

bool IsIdentifier(absl::string_view text) {
  if (text.empty() || absl::ascii_isdigit(text[0])) return false;
  for (char c : text) {
    if (!absl::ascii_isalnum(c) && c != '_') return false;
  }
  return true;
}

// Takes a decimal number from the front; false if there is none.
bool ConsumeNumber(absl::string_view* text, size_t* number) {
  size_t value = 0;
  size_t digits = 0;
  while (digits < text->size() && absl::ascii_isdigit((*text)[digits])) {
    if (value > std::numeric_limits<size_t>::max() / 10 - 1) return false;
    value = value * 10 + static_cast<size_t>((*text)[digits] - '0');
    ++digits;
  }
  text->remove_prefix(digits);
  *number = value;
  return digits > 0;
}

// The components of a legacy name, hash included; empty if it is none.
std::vector<absl::string_view> LegacyComponents(absl::string_view name) {
  std::vector<absl::string_view> components;
  if (!absl::ConsumePrefix(&name, "_ZN")) return {};
  size_t length;
  while (ConsumeNumber(&name, &length)) {
    if (length == 0 || length > name.size()) return {};
    components.push_back(name.substr(0, length));
    name.remove_prefix(length);
  }
  if (!absl::StartsWith(name, "E") || components.size() < 2) return {};
  // C++ has such names too; only Rust's end in a hash.
  absl::string_view hash = components.back();
  if (hash.size() != 17 || hash[0] != 'h') return {};
  for (char c : hash.substr(1)) {
    if (!absl::ascii_isxdigit(c)) return {};
  }
  return components;
}

// The crate of an escaped path: text up to the first `..`, if it has one.
absl::string_view CrateOfEscapedPath(absl::string_view path) {
  // What may stand before the path of a type.
  constexpr absl::string_view kBefore[] = {
      "$RF$",     "$BP$",       "$LP$",     "$u5b$",     "$LT$", "_$LT$",
      "mut$u20$", "const$u20$", "dyn$u20$", "impl$u20$", "$u20$"};
  bool again = true;
  while (again) {
    again = false;
    for (absl::string_view prefix : kBefore) {
      if (absl::ConsumePrefix(&path, prefix)) again = true;
    }
  }
  size_t end = path.find("..");
  if (end == absl::string_view::npos) return "";
  path = path.substr(0, end);
  return IsIdentifier(path) ? path : "";
}

std::string LegacyCrate(absl::string_view first) {
  if (IsIdentifier(first)) return std::string(first);
  absl::string_view crate = CrateOfEscapedPath(first);
  constexpr absl::string_view kAs = "$u20$as$u20$";
  size_t as = first.find(kAs);
  if (crate.empty() && as != absl::string_view::npos) {
    crate = CrateOfEscapedPath(first.substr(as + kAs.size()));
  }
  return std::string(crate);
}

// Follows a v0 path to its crate root.
class V0Path {
 public:
  explicit V0Path(absl::string_view name) : all_(name), rest_(name) {}

  std::string Path(int depth = 0) {
    if (depth > kMaxDepth || rest_.empty()) return "";
    char tag = Take();
    switch (tag) {
      case 'C':  // a crate root
        return Identifier();
      case 'M':  // <T>: the path of the impl comes first
      case 'X':  // <T as Trait>, likewise
        SkipDisambiguator();
        return Path(depth + 1);
      case 'N':  // a path in a path, after its name space
        if (rest_.empty()) return "";
        Take();
        return Path(depth + 1);
      case 'I':  // a path with generic arguments
        return Path(depth + 1);
      case 'Y':  // <T as Trait> of a trait's own method: a type comes first
        return Type(depth + 1);
      case 'B':
        return BackReference(depth, /*type=*/false);
      default:
        return "";
    }
  }

 private:
  char Take() {
    char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  // The crate of a type, or, for a type without one, of the path behind it.
  std::string Type(int depth) {
    if (depth > kMaxDepth || rest_.empty()) return "";
    char tag = rest_.front();
    if (absl::ascii_islower(tag)) {  // a basic type: u32, str, …
      Take();
      return Path(depth + 1);
    }
    if (tag == 'R' || tag == 'Q') {  // & and &mut, with a lifetime or not
      Take();
      if (absl::ConsumePrefix(&rest_, "L")) SkipBase62();
      return Type(depth + 1);
    }
    if (tag == 'P' || tag == 'O' || tag == 'S' || tag == 'T' || tag == 'A') {
      Take();
      return Type(depth + 1);
    }
    if (tag == 'B') {
      Take();
      return BackReference(depth, /*type=*/true);
    }
    return Path(depth + 1);
  }

  // Offsets count from behind `_R` and only ever point backwards.
  std::string BackReference(int depth, bool type) {
    size_t here = all_.size() - rest_.size() - 1;
    uint64_t target;
    if (!Base62(&target) || target >= here) return "";
    V0Path there(all_);
    there.rest_.remove_prefix(static_cast<size_t>(target));
    return type ? there.Type(depth + 1) : there.Path(depth + 1);
  }

  bool Base62(uint64_t* value) {
    uint64_t sum = 0;
    if (absl::ConsumePrefix(&rest_, "_")) {
      *value = 0;
      return true;
    }
    while (!rest_.empty()) {
      char c = Take();
      uint64_t digit;
      if (c == '_') {
        *value = sum + 1;
        return true;
      }
      if (absl::ascii_isdigit(c)) {
        digit = static_cast<uint64_t>(c - '0');
      } else if (absl::ascii_islower(c)) {
        digit = static_cast<uint64_t>(c - 'a') + 10;
      } else if (absl::ascii_isupper(c)) {
        digit = static_cast<uint64_t>(c - 'A') + 36;
      } else {
        return false;
      }
      if (sum > std::numeric_limits<uint64_t>::max() / 62 - 62) return false;
      sum = sum * 62 + digit;
    }
    return false;
  }
  void SkipBase62() {
    uint64_t unused;
    Base62(&unused);
  }
  void SkipDisambiguator() {
    if (absl::ConsumePrefix(&rest_, "s")) SkipBase62();
  }

  std::string Identifier() {
    SkipDisambiguator();
    absl::ConsumePrefix(&rest_, "u");  // punycode; crates' names are ASCII
    size_t length;
    if (!ConsumeNumber(&rest_, &length)) return "";
    absl::ConsumePrefix(&rest_, "_");
    if (length > rest_.size()) return "";
    absl::string_view name = rest_.substr(0, length);
    return IsIdentifier(name) ? std::string(name) : "";
  }

  absl::string_view all_;
  absl::string_view rest_;
};

// Replaces `$uXX$`, a character by its code, where it is printable.
std::string ReplaceCodes(absl::string_view text) {
  std::string out;
  while (true) {
    size_t start = text.find("$u");
    if (start == absl::string_view::npos) break;
    size_t end = text.find('$', start + 2);
    if (end == absl::string_view::npos) break;
    absl::string_view code = text.substr(start + 2, end - start - 2);
    unsigned value = 0;
    bool good = !code.empty() && code.size() <= 2;
    for (char c : code) {
      good = good && absl::ascii_isxdigit(c);
      value = value * 16 + (absl::ascii_isdigit(c)
                                ? static_cast<unsigned>(c - '0')
                                : static_cast<unsigned>((c | 32) - 'a') + 10);
    }
    if (good && value >= 32 && value < 127) {
      absl::StrAppend(&out, text.substr(0, start),
                      std::string(1, static_cast<char>(value)));
      text.remove_prefix(end + 1);
    } else {
      absl::StrAppend(&out, text.substr(0, end));
      text.remove_prefix(end);
    }
  }
  absl::StrAppend(&out, text);
  return out;
}

// True if it ends in `::h` and 16 hexadecimal digits.
bool HasHash(absl::string_view name) {
  constexpr size_t kSize = 19;
  if (name.size() < kSize) return false;
  name.remove_prefix(name.size() - kSize);
  if (!absl::ConsumePrefix(&name, "::h")) return false;
  for (char c : name) {
    if (!absl::ascii_isxdigit(c)) return false;
  }
  return true;
}

}  // namespace

std::string CrateOfSymbol(absl::string_view mangled) {
  if (absl::ConsumePrefix(&mangled, "_R")) {
    if (!mangled.empty() && absl::ascii_isdigit(mangled[0])) return "";
    return V0Path(mangled).Path();
  }
  std::vector<absl::string_view> components = LegacyComponents(mangled);
  return components.empty() ? "" : LegacyCrate(components.front());
}

std::string LegacyPath(absl::string_view mangled) {
  return absl::StrJoin(LegacyComponents(mangled), "::");
}

std::string CrateOfInput(absl::string_view path) {
  size_t archive = path.find(".rlib(");
  absl::string_view name = path.substr(0, archive);
  name.remove_prefix(name.rfind('/') + 1);  // npos + 1 == 0
  if (archive != absl::string_view::npos) {
    size_t lto = name.rfind(".lto.");
    if (lto != absl::string_view::npos) name.remove_prefix(lto + 5);
    if (!absl::ConsumePrefix(&name, "lib")) return "";
    name = name.substr(0, name.find('-'));
    return IsIdentifier(name) ? std::string(name) : "";
  }
  // An object of rustc's own: OUT.CRATE.HASH-cgu.N.rcgu.o
  size_t unit = name.find("-cgu.");
  if (unit == absl::string_view::npos) return "";
  name = name.substr(0, unit);
  size_t hash = name.rfind('.');
  if (hash == absl::string_view::npos) return "";
  name = name.substr(0, hash);
  name.remove_prefix(name.rfind('.') + 1);
  return IsIdentifier(name) ? std::string(name) : "";
}

std::string Readable(absl::string_view demangled) {
  size_t suffix = demangled.find(" (.llvm.");
  demangled = demangled.substr(0, suffix);
  if (!HasHash(demangled)) return std::string(demangled);
  demangled.remove_suffix(19);
  std::string text = absl::StrReplaceAll(demangled, {{"$LT$", "<"},
                                                     {"$GT$", ">"},
                                                     {"$RF$", "&"},
                                                     {"$BP$", "*"},
                                                     {"$LP$", "("},
                                                     {"$RP$", ")"},
                                                     {"$SP$", "@"},
                                                     {"$C$", ","},
                                                     {"..", "::"}});
  text = ReplaceCodes(text);
  // An underscore was put before a component that began with an escape.
  text = absl::StrReplaceAll(text, {{"::_<", "::<"}, {"::_{", "::{"}});
  if (absl::StartsWith(text, "_<")) text = text.substr(1);
  return text;
}

}  // namespace dfe::store
