// Functions that several programs of a project share, and so are better
// compiled once, by their libraries, than by each leaf that defers them.
//
// Who needs what is learned in two ways. A leaf over libraries that deferred
// writes what it needed (`*.needs`, by -Z dead-fn-elimination=emit:). Where
// nothing was known, libraries did not defer: then the compiler lists their
// functions by symbol (names:), and the linker's map says which symbols each
// leaf kept (`*.seeds`). All of them are text:
//
//   needs, seeds  `rustc-dead-fn-elimination 1 VERSION`, 32 hex digits a line
//                 (a function's DefPathHash), `end`
//   names         `rustc-dead-fn-names 1 VERSION`; a line `HASH SYMBOL N…` for
//                 each function and `- - N…` for what else leads to one, where
//                 N are the numbers of the lines that its code refers to,
//                 counted from 0; `end`
//
// VERSION is the compiler's, as in `rustc -vV`. A file of another version, or a
// damaged one, does not count: who compiles a function changes time alone.
#ifndef DFE_BUILD_SHARED_FUNCTIONS_H_
#define DFE_BUILD_SHARED_FUNCTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dfe/store/store.h"

namespace dfe {

// One line of a file of names.
struct NamedItem {
  std::string hash;  // "" for what is no function of the library
  std::string symbol;
  std::vector<uint32_t> leads_to;  // lines
};

// nullopt if it is damaged, or not of `version`. Linear in the size of `text`.
std::optional<std::vector<NamedItem>> ParseNames(absl::string_view text,
                                                 absl::string_view version);
// The same for a file of needs or seeds.
std::optional<std::vector<std::string>> ParseNeeds(absl::string_view text,
                                                   absl::string_view version);

// Counts for each function the leaves that need it, over all `*.needs` of
// `folder` and all `*.seeds` by its `*.names`, and writes those of two leaves
// and more to `out` in one step, for seeds:. Of more than two leaves, those of
// any: what only one needs takes instances of generic functions along, which
// each leaf would make, and libraries make once (of eight programs, each with
// half of a library to itself, 92 CPU seconds and 87). A function that was
// found by its symbol brings along all that it leads to, because what the
// optimizer inlined everywhere has no symbol, and would not be inlined again if
// it were compiled elsewhere.
//
// What libraries compile no leaf needs to, so leaves do not name it again: the
// functions in an `out` of the same version are kept. Starting over is
// `dfe clean seeds`, or another compiler.
//
// `rustc` is RustToolchain::identity, of which the first line is the version.
// Returns how many functions `out` has. It has none, but is there, if what two
// leaves need is known and is not the same; otherwise there is no file then.
absl::StatusOr<size_t> ShareNeeds(const std::string& folder,
                                  absl::string_view rustc,
                                  const std::string& out);

// Whether a build like `like` (its project, command, profile and compiler) made
// several leaves when it had everything to build.
bool MadeSeveralLeaves(store::Store& store, const store::BuildRecord& like);

// Whether the last such clean build, by any command, did not defer as nothing
// was known: then what was compiled stays as it is until the next clean build.
bool WasLearning(store::Store& store, const store::BuildRecord& like);

}  // namespace dfe

#endif  // DFE_BUILD_SHARED_FUNCTIONS_H_
