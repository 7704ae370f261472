// Of what one rustc unit is made, as a key: equal keys make equal libraries.
//
// The rule is cargo's own for a fresh unit, with contents in place of times:
// words, compiler, libraries below, the sources and variables that the compiler
// lists in its dependency information. Standard library only.
#ifndef DFE_DISPATCH_UNIT_KEY_H_
#define DFE_DISPATCH_UNIT_KEY_H_

#include <optional>
#include <string>
#include <string_view>

#include "dfe/dispatch/rustc_invocation.h"
#include "dfe/format/kept_unit.h"

namespace dfe::dispatch {

// Why what the unit makes is not kept, or "": it links, or its words say more
// than a key holds or have more written than library, metadata and dependency
// information. `compilers` are the programs that may compile it, a line each.
std::string UnitRefusal(const RustcInvocation& unit,
                        std::string_view compilers);

// The variables of this process that a unit's macros may read: those that cargo
// sets for its package, and those of rustc. Sorted, a line each.
std::string UnitVariables();

// What the unit is made from, without what its sources are and ask for.
// `compiler` is the identity of the compiler, `variables` as UnitVariables
// says. Reads the libraries below. Nothing, if one cannot be read.
std::optional<std::string> UnitKey(const RustcInvocation& unit,
                                   std::string_view compiler,
                                   std::string_view variables);

// What dependency information of rustc lists; nothing if it lists no file.
std::optional<UnitInputs> InputsOf(std::string_view dep_info);

// The whole key: the inputs' contents and values besides, and whether a file
// appeared that a module of that name could be. Nothing if a file is gone.
std::optional<std::string> KeyWithInputs(std::string_view key,
                                         const UnitInputs& inputs);

// True if a procedural macro is among the libraries below: what such a macro
// reads on its own, nobody tells.
bool UsesProceduralMacros(const RustcInvocation& unit);

// True for a package whose files nobody edits, because cargo checked them
// against a lock file: of a registry, of a git checkout, or vendored.
bool SourcesAreFixed();

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_UNIT_KEY_H_
