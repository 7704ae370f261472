// Reads two ELF64 relocatable files as a linker does and compares them.
#include "dfe/headers/object_compare.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace dfe::headers {
namespace {

constexpr uint32_t kAddrsig = 0x6fff4c03;             // SHT_LLVM_ADDRSIG
constexpr uint32_t kDependentLibraries = 0x6fff4c04;  // SHT_LLVM_…
constexpr uint32_t kCallGraphProfile = 0x6fff4c09;
constexpr uint32_t kBlockMap = 0x6fff4c0a;
constexpr uint32_t kUnwind = 0x70000001;      // SHT_X86_64_UNWIND
constexpr uint32_t kAttributes = 0x70000003;  // of ARM and RISC-V

// One section as a linker sees it.
struct Section {
  std::string header;  // type, flags, alignment and so on
  std::string_view bytes;
  // By place: relocations, in their order; or members of a group. Without
  // places: symbols or texts, sorted.
  std::map<uint64_t, std::vector<std::string>> references;
  bool operator==(const Section&) const = default;
};

struct Object {
  std::string header;  // machine, flags, ABI
  // By name and number among those of that name, so in order.
  std::map<std::string, Section> sections;
  std::vector<std::string> symbols;  // sorted
};

template <typename T>
std::optional<T> At(std::string_view bytes, uint64_t offset) {
  if (offset > bytes.size() || sizeof(T) > bytes.size() - offset) {
    return std::nullopt;
  }
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

// The text that starts there and has its end within the table.
std::optional<std::string_view> TextAt(std::string_view table,
                                       uint64_t offset) {
  if (offset >= table.size()) return std::nullopt;
  const std::string_view rest = table.substr(offset);
  const size_t end = rest.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  return rest.substr(0, end);
}

// Where LLVM makes a table of distances of one of addresses, it has the other's
// name and this ending.
constexpr absl::string_view kDistances = ".rel";

// A section that is named after a label of the compiler's own, as in
// .rodata..Lconstinit.79, has the label's number in its name. Such a label is
// seen by nobody else, and sections that differ in nothing but the number are
// told apart by their order.
std::string WithoutNumber(std::string name) {
  if (name.find("..L") == std::string::npos) return name;
  if (absl::EndsWith(name, kDistances)) {
    name.resize(name.size() - kDistances.size());
    return absl::StrCat(WithoutNumber(std::move(name)), kDistances);
  }
  const size_t end = name.find_last_not_of("0123456789");
  if (end != std::string::npos && end + 1 < name.size() && name[end] == '.') {
    name.erase(end);
  }
  return name;
}

// Numbers at the end of local names count things: functions that were emitted
// (GCC_except_table7), variables of one name (x.7), __COUNTER__. Nobody else
// can name what is local, and place and size tell it apart here.
std::string LocalName(std::string_view name) {
  const size_t last = name.find_last_not_of("0123456789");
  return std::string(name.substr(0, last == name.npos ? 0 : last + 1));
}

// Whether all that a section of this type says is in its bytes and in the
// relocations of these: none that is left out may hold numbers of symbols.
bool SpeaksForItself(uint32_t type) {
  switch (type) {
    case SHT_NULL:
    case SHT_PROGBITS:
    case SHT_NOBITS:
    case SHT_NOTE:
    case SHT_INIT_ARRAY:
    case SHT_FINI_ARRAY:
    case SHT_PREINIT_ARRAY:
    case SHT_GNU_ATTRIBUTES:
    case kDependentLibraries:
    case kCallGraphProfile:
    case kBlockMap:
    case kUnwind:
    case kAttributes:
      return true;
    default:
      return false;
  }
}

// Whether a section, by its id, says nothing to linker and program.
bool IsForDebuggers(std::string_view id) {
  constexpr std::string_view kStart = ".debug_";
  return id.substr(0, kStart.size()) == kStart &&
         id.substr(0, id.find('#')) != ".debug_frame";
}

// Reads one object. Whatever is not understood in full is no object: then only
// equal bytes are the same.
class ObjectReader {
 public:
  ObjectReader(std::string_view bytes, Compared what)
      : bytes_(bytes), what_(what) {}

  std::optional<Object> Read() {
    if (!ReadHeaders() || !NameSections() || !ReadSymbols()) return {};
    for (uint64_t i = 1; i < headers_.size(); ++i) {
      if (!ReadSection(i)) return {};
    }
    for (uint64_t i = 1; i < headers_.size(); ++i) {
      if (IsLiterals(i) && !by_place_.contains(i) && !ForgetOrder(i)) return {};
      if (IsFrames(i) && !by_place_.contains(i)) ForgetFrameOrder(i);
    }
    object_.symbols = symbols_;
    std::sort(object_.symbols.begin(), object_.symbols.end());
    return std::move(object_);
  }

 private:
  bool ReadHeaders() {
    const auto header = At<Elf64_Ehdr>(bytes_, 0);
    if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_ident[EI_CLASS] != ELFCLASS64 ||
        header->e_ident[EI_DATA] != ELFDATA2LSB || header->e_type != ET_REL ||
        header->e_shentsize != sizeof(Elf64_Shdr)) {
      return false;
    }
    machine_ = header->e_machine;
    object_.header = absl::StrCat(header->e_machine, " ", header->e_flags, " ",
                                  header->e_ident[EI_OSABI], " ",
                                  header->e_ident[EI_ABIVERSION]);
    uint64_t count = header->e_shnum;
    names_ = header->e_shstrndx;
    const auto zero = At<Elf64_Shdr>(bytes_, header->e_shoff);
    if (!zero) return false;
    // More sections than the header can count are counted in section 0.
    if (count == 0) count = zero->sh_size;
    if (names_ == SHN_XINDEX) names_ = zero->sh_link;
    if (count > bytes_.size() / sizeof(Elf64_Shdr)) return false;
    for (uint64_t i = 0; i < count; ++i) {
      const auto section =
          At<Elf64_Shdr>(bytes_, header->e_shoff + i * sizeof(Elf64_Shdr));
      if (!section) return false;
      headers_.push_back(*section);
      std::string_view contents;
      if (section->sh_type != SHT_NOBITS && i != 0) {
        if (section->sh_offset > bytes_.size() ||
            section->sh_size > bytes_.size() - section->sh_offset) {
          return false;
        }
        contents = bytes_.substr(section->sh_offset, section->sh_size);
      }
      contents_.push_back(contents);
    }
    return names_ < count;
  }

  // Names that do not depend on numbering: sections of one name (COMDATs with
  // -fno-unique-section-names) by their order.
  bool NameSections() {
    std::map<std::string, int> seen;
    for (size_t i = 0; i < headers_.size(); ++i) {
      const auto text = i == 0 ? std::string_view()
                               : TextAt(contents_[names_], headers_[i].sh_name);
      if (!text) return false;
      std::string name = WithoutNumber(std::string(*text));
      ids_.push_back(absl::StrCat(name, "#", seen[name]++));
    }
    return true;
  }

  // Whether a section holds nothing but strings that the linker merges: it
  // takes each by itself, so their order means nothing.
  bool IsLiterals(uint64_t section) const {
    constexpr uint64_t kMerged = SHF_MERGE | SHF_STRINGS;
    return section < headers_.size() &&
           headers_[section].sh_type == SHT_PROGBITS &&
           (headers_[section].sh_flags & (kMerged | SHF_COMPRESSED)) ==
               kMerged &&
           headers_[section].sh_entsize == 1;
  }

  // Whether a section is a table of distances from its own begin, as LLVM's
  // RelLookupTableConverter makes them for `switch`, each with a relocation:
  // what is added there is the place that is meant and that of the entry.
  bool IsTableOfDistances(uint64_t section, size_t relocations) const {
    const Elf64_Shdr& header = headers_[section];
    return machine_ == EM_X86_64 && header.sh_type == SHT_PROGBITS &&
           (header.sh_flags & SHF_EXECINSTR) == 0 &&
           absl::StartsWith(ids_[section], ".rodata..Lswitch.table.") &&
           absl::EndsWith(ids_[section], absl::StrCat(kDistances, "#0")) &&
           header.sh_size == relocations * sizeof(uint32_t);
  }

  // Whether a section holds the records by which the stack is unwound.
  bool IsFrames(uint64_t section) const {
    const Elf64_Shdr& header = headers_[section];
    return ids_[section] == ".eh_frame#0" &&
           (header.sh_type == SHT_PROGBITS || header.sh_type == kUnwind) &&
           (header.sh_flags & SHF_COMPRESSED) == 0;
  }

  // The text at a place of a section of literals.
  std::optional<std::string> Literal(uint64_t section, uint64_t offset) const {
    if (!IsLiterals(section)) return std::nullopt;
    const auto text = TextAt(contents_[section], offset);
    if (!text) return std::nullopt;
    return absl::StrCat("literal ", ids_[section], " ", text->size(), " ",
                        absl::string_view(text->data(), text->size()));
  }

  // A literal's own symbol is worth its text; it may be named and placed
  // otherwise. What is named by its place instead keeps the order of the
  // section.
  bool ReadSymbols() {
    uint64_t tables = 0;
    std::string_view wide;
    for (uint64_t i = 1; i < headers_.size(); ++i) {
      if (headers_[i].sh_type == SHT_SYMTAB) {
        table_ = i;
        ++tables;
      } else if (headers_[i].sh_type == SHT_SYMTAB_SHNDX) {
        wide = contents_[i];
      }
    }
    if (tables != 1 || headers_[table_].sh_link >= headers_.size()) {
      return false;
    }
    const std::string_view strings = contents_[headers_[table_].sh_link];
    const std::string_view entries = contents_[table_];
    for (uint64_t i = 0; i * sizeof(Elf64_Sym) < entries.size(); ++i) {
      const auto symbol = At<Elf64_Sym>(entries, i * sizeof(Elf64_Sym));
      if (!symbol) return false;
      uint64_t at = symbol->st_shndx;
      const bool is_wide = at == SHN_XINDEX;
      if (is_wide) {
        const auto index = At<uint32_t>(wide, i * sizeof(uint32_t));
        if (!index) return false;
        at = *index;
      }
      const bool placed = is_wide || at < SHN_LORESERVE;
      if (placed && at >= headers_.size()) return false;
      const auto name = symbol->st_name == 0 ? std::string_view()
                                             : TextAt(strings, symbol->st_name);
      if (!name) return false;
      const bool local = ELF64_ST_BIND(symbol->st_info) == STB_LOCAL;
      const bool of_section =
          local && ELF64_ST_TYPE(symbol->st_info) == STT_SECTION;
      section_of_.push_back(of_section && placed ? at : 0);
      if (placed && !of_section && IsLiterals(at)) {
        const auto text = Literal(at, symbol->st_value);
        // Its text ends where it ends, or nobody says where.
        if (text && local &&
            symbol->st_size <=
                TextAt(contents_[at], symbol->st_value)->size() + 1) {
          symbols_.push_back(*text);
          continue;
        }
        by_place_.insert(at);
      }
      if (placed && !of_section && IsFrames(at)) by_place_.insert(at);
      symbols_.push_back(
          absl::StrCat(local ? LocalName(*name) : std::string(*name), " ",
                       symbol->st_info, " ", symbol->st_other, " ",
                       placed ? ids_[at] : absl::StrCat("special ", at), " ",
                       symbol->st_value, " ", symbol->st_size));
    }
    return true;
  }

  bool IsLeftOut(uint64_t number) const {
    return what_ == Compared::kProgram && number < ids_.size() &&
           IsForDebuggers(ids_[number]);
  }

  bool ReadSection(uint64_t number) {
    const Elf64_Shdr& section = headers_[number];
    switch (section.sh_type) {
      case SHT_SYMTAB:
      case SHT_STRTAB:
      case SHT_SYMTAB_SHNDX:
        return true;
      case SHT_RELA:
        if (IsLeftOut(section.sh_info)) return true;
        return ReadRelocations(section, contents_[number]);
      case SHT_GROUP:
        return ReadGroup(number);
      case kAddrsig:
        return ReadAddrsig(number);
      default:
        break;
    }
    if (IsLeftOut(number)) return true;
    if (!SpeaksForItself(section.sh_type)) return false;
    // What it is linked to orders it, or keeps it.
    if (section.sh_link >= headers_.size() ||
        ((section.sh_flags & SHF_INFO_LINK) != 0 &&
         section.sh_info >= headers_.size())) {
      return false;
    }
    Section& own = object_.sections[ids_[number]];
    own.header =
        absl::StrCat(section.sh_type, " ", section.sh_flags, " ",
                     section.sh_addralign, " ", section.sh_entsize, " ",
                     section.sh_size, " ", ids_[section.sh_link], " ",
                     (section.sh_flags & SHF_INFO_LINK) != 0
                         ? ids_[section.sh_info]
                         : absl::StrCat("", section.sh_info));
    own.bytes = contents_[number];
    return true;
  }

  bool ReadRelocations(const Elf64_Shdr& section, std::string_view entries) {
    if (section.sh_info == 0 || section.sh_info >= headers_.size() ||
        section.sh_link != table_) {
      return false;
    }
    Section& target = object_.sections[ids_[section.sh_info]];
    if (IsLiterals(section.sh_info)) by_place_.insert(section.sh_info);
    const bool distances = IsTableOfDistances(
        section.sh_info, entries.size() / sizeof(Elf64_Rela));
    for (uint64_t at = 0; at < entries.size(); at += sizeof(Elf64_Rela)) {
      const auto entry = At<Elf64_Rela>(entries, at);
      if (!entry) return false;
      const uint64_t symbol = ELF64_R_SYM(entry->r_info);
      const uint64_t type = ELF64_R_TYPE(entry->r_info);
      if (symbol >= symbols_.size()) return false;
      std::string to = absl::StrCat(symbols_[symbol], " ", entry->r_addend);
      const uint64_t literals = section_of_[symbol];
      if (IsFrames(literals)) by_place_.insert(literals);
      if (IsLiterals(literals)) {
        // By way of the section's symbol the addend is the place. Only where it
        // is relative to the code does it also hold the distance to the end of
        // the instruction.
        const bool absolute = machine_ == EM_X86_64 &&
                              (type == R_X86_64_64 || type == R_X86_64_32 ||
                               type == R_X86_64_32S);
        const bool distance = distances && type == R_X86_64_PC32;
        const uint64_t from = distance ? entry->r_offset : 0;
        const auto addend = static_cast<uint64_t>(entry->r_addend);
        const auto text =
            (absolute || distance) && entry->r_addend >= 0 && addend >= from
                ? Literal(literals, addend - from)
                : std::nullopt;
        if (text) {
          to = *text;
        } else {
          by_place_.insert(literals);
        }
      }
      target.references[entry->r_offset].push_back(absl::StrCat(type, " ", to));
    }
    return true;
  }

  // What a group is, its signature's symbol, and the members by name.
  bool ReadGroup(uint64_t number) {
    const Elf64_Shdr& section = headers_[number];
    const std::string_view entries = contents_[number];
    const auto kind = At<uint32_t>(entries, 0);
    if (!kind || section.sh_link != table_ ||
        section.sh_info >= symbols_.size()) {
      return false;
    }
    // Its symbol is its name; groups come in the order in which functions are
    // emitted, and the linker takes each by itself. Members keep theirs.
    auto [own, is_new] = object_.sections.try_emplace(
        absl::StrCat(ids_[number].substr(0, ids_[number].rfind('#')), " of ",
                     symbols_[section.sh_info]));
    if (!is_new) return false;
    Section& group = own->second;
    group.header =
        absl::StrCat("group ", *kind, " ", symbols_[section.sh_info]);
    for (uint64_t at = 4; at < entries.size(); at += 4) {
      const auto member = At<uint32_t>(entries, at);
      if (!member || *member >= ids_.size()) return false;
      group.references[at].push_back(ids_[*member]);
    }
    return true;
  }

  // The symbols whose address counts: others may be folded into one.
  bool ReadAddrsig(uint64_t number) {
    Section& own = object_.sections[ids_[number]];
    own.header = "addrsig";
    const std::string_view entries = contents_[number];
    uint64_t symbol = 0;
    int shift = 0;
    for (const char c : entries) {
      const auto byte = static_cast<unsigned char>(c);
      if (shift > 28) return false;
      symbol |= static_cast<uint64_t>(byte & 0x7f) << shift;
      shift += 7;
      if (byte >= 0x80) continue;
      if (symbol >= symbols_.size()) return false;
      own.references[0].push_back(symbols_[symbol]);
      symbol = 0;
      shift = 0;
    }
    std::sort(own.references[0].begin(), own.references[0].end());
    return shift == 0;
  }

  // Leaves the set of texts: all that refers to them does so by text.
  bool ForgetOrder(uint64_t number) {
    Section& own = object_.sections[ids_[number]];
    std::string_view rest = own.bytes;
    while (!rest.empty()) {
      const auto text = TextAt(rest, 0);
      if (!text) return false;
      own.references[0].emplace_back(*text);
      rest.remove_prefix(text->size() + 1);
    }
    std::sort(own.references[0].begin(), own.references[0].end());
    own.bytes = {};
    return true;
  }

  // Leaves the set of records. Each is for the code that it names, and code has
  // one record: neither the linker nor who unwinds takes the first that fits.
  // Left as it is: what is not understood.
  void ForgetFrameOrder(uint64_t number) {
    Section& own = object_.sections[ids_[number]];
    std::map<uint64_t, std::string> common;  // CIEs by their place
    std::vector<std::string> records;
    size_t used = 0;
    for (uint64_t at = 0; at < own.bytes.size();) {
      const auto length = At<uint32_t>(own.bytes, at);
      const auto id = At<uint32_t>(own.bytes, at + 4);
      // None: the end mark and records of 64 bits.
      if (!length || !id || *length < 4 || *length >= 0xfffffff0 ||
          *length > own.bytes.size() - at - 4) {
        return;
      }
      const uint64_t end = at + 4 + *length;
      std::string text = absl::StrCat(*length, " ");
      text.append(own.bytes.substr(at + 8, end - at - 8));
      for (auto it = own.references.lower_bound(at);
           it != own.references.end() && it->first < end; ++it) {
        ++used;
        for (const std::string& reference : it->second) {
          absl::StrAppend(&text, "\n", it->first - at, " ", reference.size(),
                          " ", reference);
        }
      }
      if (*id == 0) {
        common[at] = text;
        text.insert(0, "common ");
      } else {
        // The number is the distance back to the record with the common part.
        const auto of = common.find(at + 4 - *id);
        if (of == common.end()) return;
        absl::StrAppend(&text, "\nof ", of->second);
      }
      records.push_back(std::move(text));
      at = end;
    }
    if (used != own.references.size()) return;
    std::sort(records.begin(), records.end());
    own.references.clear();
    own.references[0] = std::move(records);
    own.bytes = {};
  }

  std::string_view bytes_;
  Compared what_;
  uint64_t machine_ = 0;
  uint64_t names_ = 0;
  uint64_t table_ = 0;  // of symbols
  std::vector<Elf64_Shdr> headers_;
  std::vector<std::string_view> contents_;
  std::vector<std::string> ids_;
  std::vector<std::string> symbols_;
  std::vector<uint64_t> section_of_;  // of a section's symbol, else 0
  // Literals, and records of unwinding, that something refers to by their
  // place.
  std::set<uint64_t> by_place_;
  Object object_;
};

}  // namespace

std::string CompareObjects(std::string_view a, std::string_view b,
                           Compared what) {
  if (a.empty() || b.empty()) return "no object";
  if (a == b) return "";
  const std::optional<Object> left = ObjectReader(a, what).Read();
  const std::optional<Object> right = ObjectReader(b, what).Read();
  if (!left || !right) return "bytes";
  if (left->header != right->header) return "machine or ABI";
  for (const auto& [name, section] : left->sections) {
    auto found = right->sections.find(name);
    if (found == right->sections.end()) {
      return absl::StrCat("section ", name, " is missing");
    }
    const Section& other = found->second;
    if (section.header != other.header) {
      return absl::StrCat("section ", name, ": header");
    }
    if (section.bytes != other.bytes) {
      return absl::StrCat("section ", name, ": bytes");
    }
    if (section.references != other.references) {
      return absl::StrCat("section ", name, ": relocations");
    }
  }
  for (const auto& [name, section] : right->sections) {
    if (!left->sections.contains(name)) {
      return absl::StrCat("section ", name, " is new");
    }
  }
  if (left->symbols != right->symbols) {
    for (size_t i = 0;; ++i) {
      if (i >= left->symbols.size()) {
        return absl::StrCat("symbol ", right->symbols[i], " is new");
      }
      if (i >= right->symbols.size() || left->symbols[i] != right->symbols[i]) {
        return absl::StrCat("symbol ", left->symbols[i]);
      }
    }
  }
  return "";
}

}  // namespace dfe::headers
