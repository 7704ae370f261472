// Names of Rust symbols: which crate they come from, and how people read them.
// Not a full demangler: of the v0 scheme it follows only the path to the crate.
#ifndef DFE_STORE_SYMBOL_CRATE_H_
#define DFE_STORE_SYMBOL_CRATE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace dfe::store {

// The crate of the first path in a mangled name, of either scheme; of an impl
// in the legacy scheme the type's crate, or the trait's for a type without one
// (&T, [T]). Empty for what is no Rust name.
//   _ZN4core3fmt9Formatter3pad17h…E  core      _RNvCs1a_3dep5alive  dep
std::string CrateOfSymbol(absl::string_view mangled);

// The crate that a linked file belongs to: `…/libfoo-1a2b.rlib(member)`,
// `out.lto.libfoo-1a2b.rlib(member at 8).o`, `foo-1a2b.foo.3c-cgu.0.rcgu.o`.
// Empty if the name does not tell.
std::string CrateOfInput(absl::string_view path);

// `core::fmt::Formatter::pad::h…` of a legacy name as lld prints it (escapes
// such as $LT$ stay). Empty if it is no such name.
std::string LegacyPath(absl::string_view mangled);

// For people: escapes of the legacy scheme replaced, the hash removed.
std::string Readable(absl::string_view demangled);

}  // namespace dfe::store

#endif  // DFE_STORE_SYMBOL_CRATE_H_
