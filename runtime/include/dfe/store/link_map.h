// What a link kept: reads the map that lld writes with `-Map FILE`.
//
// The map is text. The first line names the columns `VMA LMA Size Align Out In
// Symbol`; the first three are hexadecimal. After them comes one space, and
// then the depth tells what a line is:
//
//   0 spaces   an output section           .text
//   8 spaces   an input section in it      …/libdep-1a.rlib(m.o):(.text._RN…)
//   16 spaces  a symbol in it              dep::alive   (demangled by default)
//
// Function sections are named by the mangled name, so that the section gives
// the name that the symbol line may have lost to demangling. Objects made from
// bitcode at link are named `OUT.lto.MODULE`. Functions that the linker folded
// into an equal one (--icf) have no section there, but a symbol in that one's.
//
// One pass, line by line, memory for the symbols of .text only. Lines that are
// none of the above are counted and passed over; a file whose first line is
// another one is refused.
#ifndef DFE_STORE_LINK_MAP_H_
#define DFE_STORE_LINK_MAP_H_

#include <cstdint>
#include <istream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dfe/store/store.h"

namespace dfe::store {

struct LiveSymbol {
  // The linker's name, without ThinLTO's `.llvm.N`; where the map does not
  // have it, what the map has, and `exact` is false.
  std::string name;
  std::string readable;  // for people
  std::string crate;     // "" if neither the name nor the input tells
  int64_t size = 0;
  bool exact = true;
  bool alias = false;  // another name of the function before it
};

struct LinkMap {
  std::vector<LiveSymbol> symbols;  // in the order of addresses
  std::vector<LinkPart> inputs;     // by linked file, sorted by name
  int64_t text_bytes = 0;
  int64_t garbage_lines = 0;
};

// DataLoss if it does not begin as a map does; `where` is for messages.
absl::StatusOr<LinkMap> ParseLinkMap(std::istream& in, absl::string_view where);
absl::StatusOr<LinkMap> LoadLinkMap(const std::string& path);

// Functions and bytes by crate, largest first. Symbols without a crate are
// counted as "(none)".
std::vector<LinkPart> ByCrate(const LinkMap& map);

// What Store::FinishBuild takes.
LinkRecord ToLinkRecord(const LinkMap& map, absl::string_view leaf,
                        absl::string_view artifact);

// What live symbols and seeds hold for. Another compiler makes other names of
// the same source, so each has its own.
struct LiveKey {
  std::string project;  // absolute path of the root
  std::string profile;
  std::string rustc;  // RustToolchain::identity
};

// Where SaveLive puts its two files, `<root>/seeds/` or `<root>/maps/`, then
// `<hash of project>/<profile>/<hash of rustc>/`.
std::string SeedsFolder(const std::string& root, const LiveKey& key);
std::string LiveFolder(const std::string& root, const LiveKey& key);

// Writes, each in one step (a reader sees the old or the new file):
//   <SeedsFolder>/<leaf>.seeds  first line `# dfe seeds`, then the exact names,
//                               one a line, sorted; SeedSet::Load reads it
//   <LiveFolder>/<leaf>.live    first line `# dfe live 1`, then a symbol a
//                               line: size, crate, name, readable; tabs between
absl::Status SaveLive(const LinkMap& map, const std::string& root,
                      const LiveKey& key, absl::string_view leaf);

// Reads a .live file. NotFound if it is absent, DataLoss if it is no such file
// or any line of it is damaged.
absl::StatusOr<std::vector<LiveSymbol>> LoadLive(const std::string& path);

}  // namespace dfe::store

#endif  // DFE_STORE_LINK_MAP_H_
