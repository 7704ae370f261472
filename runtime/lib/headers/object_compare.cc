// Reads two ELF64 relocatable files as a linker does and compares them.
#include "dfe/headers/object_compare.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"

namespace dfe::headers {
namespace {

// One section as a linker sees it.
struct Section {
  uint32_t type = 0;
  uint64_t flags = 0;
  std::string_view bytes;
  // Sorted: offset, type, symbol, addend.
  std::vector<std::string> relocations;
};

struct Object {
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

std::string_view Range(std::string_view bytes, uint64_t offset, uint64_t size) {
  if (offset > bytes.size() || size > bytes.size() - offset) return {};
  return bytes.substr(offset, size);
}

std::string TextAt(std::string_view table, uint64_t offset) {
  if (offset >= table.size()) return "?";
  const std::string_view rest = table.substr(offset);
  return std::string(rest.substr(0, rest.find('\0')));
}

// A section that is named after a label of the compiler's own, as in
// .rodata..Lconstinit.79, has the label's number in its name.
std::string WithoutNumber(std::string name) {
  if (name.find("..L") == std::string::npos) return name;
  const size_t end = name.find_last_not_of("0123456789");
  if (end != std::string::npos && end + 1 < name.size() && name[end] == '.') {
    name.erase(end);
  }
  return name;
}

std::optional<Object> Read(std::string_view bytes) {
  const auto header = At<Elf64_Ehdr>(bytes, 0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
      header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_type != ET_REL) {
    return std::nullopt;
  }
  uint64_t count = header->e_shnum;
  uint64_t names_index = header->e_shstrndx;
  const auto zero = At<Elf64_Shdr>(bytes, header->e_shoff);
  if (!zero) return std::nullopt;
  // More sections than the header can count are counted in section 0.
  if (count == 0) count = zero->sh_size;
  if (names_index == SHN_XINDEX) names_index = zero->sh_link;
  std::vector<Elf64_Shdr> headers;
  for (uint64_t i = 0; i < count; ++i) {
    const auto section =
        At<Elf64_Shdr>(bytes, header->e_shoff + i * sizeof(Elf64_Shdr));
    if (!section) return std::nullopt;
    headers.push_back(*section);
  }
  if (names_index >= count) return std::nullopt;
  auto contents = [&](const Elf64_Shdr& section) {
    return section.sh_type == SHT_NOBITS
               ? std::string_view()
               : Range(bytes, section.sh_offset, section.sh_size);
  };
  const std::string_view names = contents(headers[names_index]);

  // 1. Names that do not depend on numbering: sections of one name (COMDATs
  //    with -fno-unique-section-names) by their order.
  std::vector<std::string> ids;
  std::map<std::string, int> seen;
  for (const Elf64_Shdr& section : headers) {
    std::string name = WithoutNumber(TextAt(names, section.sh_name));
    ids.push_back(absl::StrCat(name, "#", seen[name]++));
  }

  // The text at a place in a section of strings that the linker merges.
  auto literal = [&](uint64_t section, uint64_t offset) {
    constexpr uint64_t kMerged = SHF_MERGE | SHF_STRINGS;
    std::optional<std::string> text;
    if (section < count && (headers[section].sh_flags & kMerged) == kMerged &&
        headers[section].sh_entsize == 1 && offset < headers[section].sh_size) {
      text = absl::StrCat("literal ", ids[section], " ",
                          TextAt(contents(headers[section]), offset));
    }
    return text;
  };

  // 2. Symbols. A literal's own symbol is worth its text; it may be named and
  //    placed otherwise.
  Object object;
  std::vector<std::string> symbols;
  std::vector<uint64_t> section_of;  // of a section's symbol, else 0
  for (const Elf64_Shdr& table : headers) {
    if (table.sh_type != SHT_SYMTAB) continue;
    if (table.sh_link >= count) return std::nullopt;
    const std::string_view strings = contents(headers[table.sh_link]);
    const std::string_view entries = contents(table);
    std::string_view wide;
    for (const Elf64_Shdr& other : headers) {
      if (other.sh_type == SHT_SYMTAB_SHNDX) wide = contents(other);
    }
    for (uint64_t i = 0; i * sizeof(Elf64_Sym) < entries.size(); ++i) {
      const auto symbol = At<Elf64_Sym>(entries, i * sizeof(Elf64_Sym));
      if (!symbol) return std::nullopt;
      uint64_t at = symbol->st_shndx;
      if (at == SHN_XINDEX) at = At<uint32_t>(wide, i * 4).value_or(0);
      const auto type = ELF64_ST_TYPE(symbol->st_info);
      section_of.push_back(type == STT_SECTION ? at : 0);
      if (type != STT_SECTION && ELF64_ST_BIND(symbol->st_info) == STB_LOCAL) {
        if (auto text = literal(at, symbol->st_value)) {
          symbols.push_back(*std::move(text));
          continue;
        }
      }
      const std::string place =
          at < count && (at < SHN_LORESERVE || symbol->st_shndx == SHN_XINDEX)
              ? ids[at]
              : absl::StrCat("special ", at);
      symbols.push_back(absl::StrCat(TextAt(strings, symbol->st_name), " ",
                                     symbol->st_info, " ", symbol->st_other,
                                     " ", place, " ", symbol->st_value, " ",
                                     symbol->st_size));
    }
  }
  object.symbols = symbols;
  std::sort(object.symbols.begin(), object.symbols.end());

  // 3. Contents and relocations.
  for (uint64_t i = 1; i < count; ++i) {
    const Elf64_Shdr& section = headers[i];
    switch (section.sh_type) {
      case SHT_SYMTAB:
      case SHT_STRTAB:
      case SHT_SYMTAB_SHNDX:
      case 0x6fff4c03:  // SHT_LLVM_ADDRSIG: numbers of symbols
        continue;
      case SHT_REL:
        return std::nullopt;  // not on the 64-bit targets we know
      case SHT_RELA: {
        if (section.sh_info >= count) return std::nullopt;
        Section& target = object.sections[ids[section.sh_info]];
        const std::string_view entries = contents(section);
        for (uint64_t at = 0; at < entries.size(); at += sizeof(Elf64_Rela)) {
          const auto entry = At<Elf64_Rela>(entries, at);
          if (!entry) return std::nullopt;
          const uint64_t symbol = ELF64_R_SYM(entry->r_info);
          const uint64_t type = ELF64_R_TYPE(entry->r_info);
          std::string to =
              absl::StrCat(symbol < symbols.size() ? symbols[symbol] : "?", " ",
                           entry->r_addend);
          // By way of the section's symbol the addend is the place; where it
          // is relative to the code, compilers use the literal's own symbol.
          const bool absolute = header->e_machine == EM_X86_64 &&
                                (type == R_X86_64_64 || type == R_X86_64_32 ||
                                 type == R_X86_64_32S);
          if (absolute && symbol < symbols.size() && section_of[symbol] != 0 &&
              entry->r_addend >= 0) {
            if (auto text = literal(section_of[symbol],
                                    static_cast<uint64_t>(entry->r_addend))) {
              to = *std::move(text);
            }
          }
          target.relocations.push_back(
              absl::StrCat(entry->r_offset, " ", type, " ", to));
        }
        std::sort(target.relocations.begin(), target.relocations.end());
        continue;
      }
      case SHT_GROUP: {
        // The signature's symbol, and the members by name.
        Section& group = object.sections[ids[i]];
        group.type = section.sh_type;
        group.relocations.push_back(
            section.sh_info < symbols.size() ? symbols[section.sh_info] : "?");
        const std::string_view entries = contents(section);
        for (uint64_t at = 4; at < entries.size(); at += 4) {
          const uint32_t member = At<uint32_t>(entries, at).value_or(0);
          if (member < count) group.relocations.push_back(ids[member]);
        }
        continue;
      }
      default: {
        Section& own = object.sections[ids[i]];
        own.type = section.sh_type;
        own.flags = section.sh_flags;
        own.bytes = contents(section);
        if (literal(i, 0)) {
          // The set of texts; what refers to them was resolved above.
          std::string_view rest = own.bytes;
          while (!rest.empty()) {
            const std::string text = TextAt(rest, 0);
            own.relocations.push_back("text " + text);
            rest.remove_prefix(std::min(rest.size(), text.size() + 1));
          }
          std::sort(own.relocations.begin(), own.relocations.end());
          own.bytes = {};
        }
        if (section.sh_type == SHT_NOBITS) {
          own.relocations.push_back(absl::StrCat("size ", section.sh_size));
        }
      }
    }
  }
  return object;
}

}  // namespace

std::string CompareObjects(std::string_view a, std::string_view b) {
  if (a == b) return "";
  const std::optional<Object> left = Read(a);
  const std::optional<Object> right = Read(b);
  if (!left || !right) return "bytes";
  for (const auto& [name, section] : left->sections) {
    auto found = right->sections.find(name);
    if (found == right->sections.end()) {
      return absl::StrCat("section ", name, " is missing");
    }
    const Section& other = found->second;
    if (section.type != other.type || section.flags != other.flags) {
      return absl::StrCat("section ", name, ": type or flags");
    }
    if (section.bytes != other.bytes) {
      return absl::StrCat("section ", name, ": bytes");
    }
    if (section.relocations != other.relocations) {
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
