// Which classes of the precompiled headers before it a precompiled header needs
// in full.
//
// A debugger is told of all of a class only if something needs it in full, a
// variable or a base class, say. Clang keeps that in the class, so it is lost
// where the class is in one precompiled header and the need in another one that
// is chained onto it: their files say nothing of each other's declarations.
// clang-plugin/lib/Required.cpp writes this file beside the latter, under its
// name and kRequiredClassesSuffix, and reads it when both are used.
//
// File: the frame of envelope.h with signature "DFEREQRD", version 1, as
// identity what Clang calls itself, and as payload a list of pairs of numbers
// (dfe/format/byte_stream.h), in the order of RequiredClass and each once.
#ifndef DFE_FORMAT_REQUIRED_CLASSES_H_
#define DFE_FORMAT_REQUIRED_CLASSES_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dfe/format/format_error.h"

namespace dfe {

inline constexpr char kRequiredClassesSuffix[] = ".required";

struct RequiredClass {
  // How many steps the class's precompiled header comes before this one; 1 is
  // the one that this one is chained onto.
  uint32_t steps = 1;
  // Which declaration of that header it is, by Clang's own numbers.
  uint32_t declaration = 0;

  friend auto operator<=>(const RequiredClass&, const RequiredClass&) = default;
};

struct RequiredClasses {
  std::vector<RequiredClass> classes;

  // Sorts them, and takes each once.
  std::string Serialize(std::string_view identity) const;
  static std::variant<RequiredClasses, FormatError> Parse(
      std::string_view bytes, std::string_view where,
      std::string_view expected_identity);
};

}  // namespace dfe

#endif  // DFE_FORMAT_REQUIRED_CLASSES_H_
