// Whether two object files mean the same: code, data, symbols, relocations and
// line tables. Most pairs are equal byte by byte; the others are read as ELF64
// and compared by what a linker sees of them. Only this may differ:
//
//  - the numbers of symbols and sections, and so their order in tables: all
//    that refers to one is compared by what it refers to. Sections of one name
//    keep their order (initialisers run in it).
//    Groups (COMDATs) are told apart by their symbol, not by their order.
//  - the number in the name of a section that is named after a label of the
//    compiler's own (..L), and at the end of a local symbol's name.
//  - the order of strings in a section that the linker merges (SHF_MERGE and
//    SHF_STRINGS, one byte a character), if everything refers to these by their
//    text: by a local symbol at their start, or by an absolute address. If
//    anything names a place in it, the place and all bytes count.
//  - the order of the records in .eh_frame, under the same condition: they
//    follow the order in which functions are emitted, and each is for the
//    function that it names.
//
// What is not understood in full (another class or byte order, a section of a
// type that is not known, contents outside of the file, SHT_REL) is the same
// only byte by byte. Two objects that are not there are not the same.
#ifndef DFE_HEADERS_OBJECT_COMPARE_H_
#define DFE_HEADERS_OBJECT_COMPARE_H_

#include <string>
#include <string_view>

namespace dfe::headers {

enum class Compared {
  kAll,
  // All but what is for debuggers only, .debug_frame excepted. That has another
  // order in a compile with precompiled headers; its meaning is compared by the
  // program dfe-debug-info (llvm-pass/tools/DebugInfo.cpp).
  kProgram,
};

// The first difference in words, "" if there is none.
std::string CompareObjects(std::string_view a, std::string_view b,
                           Compared what = Compared::kAll);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_OBJECT_COMPARE_H_
