// Whether two object files mean the same: code, data, symbols, relocations and
// line tables. Most pairs are equal byte by byte; the others are read as ELF64
// and compared by what a linker sees of them, so that only numbering may
// differ: the order of symbols, of string tables, and of literals in sections
// whose equal strings the linker merges (there a string is where its text is).
#ifndef DFE_HEADERS_OBJECT_COMPARE_H_
#define DFE_HEADERS_OBJECT_COMPARE_H_

#include <string>
#include <string_view>

namespace dfe::headers {

// The first difference in words, "" if there is none.
std::string CompareObjects(std::string_view a, std::string_view b);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_OBJECT_COMPARE_H_
