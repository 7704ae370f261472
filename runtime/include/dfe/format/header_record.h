// What the headers of one translation unit did to each other: who included
// whom, what each cost, and which macros each read and left behind, in order.
//
// The record is a stream of events in the order in which the preprocessor saw
// them, so that a planner can replay the same headers in another order and tell
// whether any of them would have read something else. Only macros that some
// file or word of the command line defines or undefines are kept: what the
// compiler defines is the same in every order. A read is kept once for each
// instance of a file, between two of its #include lines and two changes of that
// macro. Sized for a thousand headers: a few 100 kB.
//
// A record is true as long as every file is what it was, and as long as each
// search would still end where it did: a header that appears in an earlier
// folder, or an answer of __has_include that changes, makes another program of
// the same files. So a scan also keeps each path that it asked for besides the
// files: what the searches passed over, and what was only asked about.
//
// File: two frames of envelope.h, one after the other. Whether a record is
// still true, and most else, is asked of the first alone, which is a tenth of
// the file; the second is for who plans or shows how a header was reached.
// Numbers are LEB128 (7 bits a byte, low ones first, at most 64 bits), a text
// is its length and its bytes, a list its length and its items.
//
// The first frame has signature "DFEHEADR", version 9 and this payload:
//
//   text              the main file, as the command line names it
//   list of texts     search folders, in order
//   list of files     text name, flags (FileFlag), bytes, content hash (XXH3),
//                     modification time in ns, text guard macro ("" = none),
//                     own tokens, own time in us, instantiations, and a hash
//                     of what its __has_include lines asked for and found (0:
//                     it has none)
//   list of probes    text path, kind (ProbeKind), and of a file: bytes,
//                     modification time in ns; by path. Only of a scan
//   list of numbers   the line that each route stands in
//   number            XXH3 of the payload of the second frame
//
// The second frame has signature "DFEHREST", the same version and identity, and
// this payload:
//
//   list of texts     macros
//   list of numbers   definitions: hash of parameters and body, in which
//                     kTakesParameters is set for a macro that does; the first
//                     is 0 and means "not defined"
//   list of texts     pragmas, one line each
//   list of routes    text as spelled after #include, flags (RouteFlag), and
//                     search folder + 1 (0: not by search, but beside the
//                     includer or by an absolute name)
//   list of leading   text macro and text line: what the main file defines and
//                     undefines before its first #include and its first token,
//                     in order; the line is "" if it has no form of one line
//   list of events    kind (EventKind), then as the kind says:
//     enter           file, route + 1 (0: none), depth: open brackets times
//                     kDepthBracket, and one for each open extern "C" {
//     exit
//     skip            file, route + 1, depth: an #include of a file that its
//                     guard, or #pragma once, kept out
//     read            macro, definition: expanded, tested, or seen as a name
//     define          macro, definition
//     undefine        macro
//     pragma          pragma
//     code            the main file's first token that is no directive
//     counter         __COUNTER__ was expanded
//     name            macro, definition: seen as a name that no bracket
//                     follows, so a macro with parameters is as good as none
//     default         macro, definition, and the macro that must be undefined
//                     for it: a line between #ifndef and #endif with nothing
//                     but definitions between, in a header, whether or not
//                     they were carried out
//
// Every enter has its exit. Order never depends on addresses in memory.
#ifndef DFE_FORMAT_HEADER_RECORD_H_
#define DFE_FORMAT_HEADER_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dfe/format/format_error.h"

namespace dfe {

enum FileFlag : uint32_t {
  kFileOnce = 1u << 0,         // #pragma once or #import
  kFileSystem = 1u << 1,       // a system header
  kFileDate = 1u << 2,         // expands __DATE__, __TIME__ or __TIMESTAMP__
  kFileCounter = 1u << 3,      // expands __COUNTER__
  kFileName = 1u << 4,         // expands __FILE__
  kFilePlace = 1u << 5,        // expands __BASE_FILE__ or __INCLUDE_LEVEL__
  kFileHasInclude = 1u << 6,   // uses __has_include
  kFileIncludeNext = 1u << 7,  // uses #include_next
  kFileBuiltin = 1u << 8,      // no file: what the command line defines
  // Has a word that can make the name of another file part of the program:
  // source_location, __builtin_FILE, in C++ also __PRETTY_FUNCTION__ (a
  // lambda's name is its place).
  kFileTellsNames = 1u << 9,
  // A value of __COUNTER__ is used otherwise than as the end of a name.
  kFileCounterNumber = 1u << 10,
  kFileAsked = 1u << 11,  // found by __has_include, perhaps never read
};
inline constexpr uint32_t kAllFileFlags = (1u << 12) - 1;

enum RouteFlag : uint32_t {
  kRouteAngled = 1u << 0,  // <…> and not "…"
  kRouteNext = 1u << 1,    // #include_next
};
inline constexpr uint32_t kAllRouteFlags = (1u << 2) - 1;

// What was at a path that a scan asked for.
enum class ProbeKind : uint8_t {
  kAbsent,
  kFolder,
  kFile,
};

inline constexpr uint32_t kDepthBracket = 1u << 12;

enum class HeaderEvent : uint8_t {
  kEnter,
  kExit,
  kSkip,
  kRead,
  kDefine,
  kUndefine,
  kPragma,
  kCode,
  kCounter,
  kName,
  kDefault,
};

inline constexpr uint64_t kTakesParameters = 2;

struct HeaderRecord {
  static constexpr uint32_t kVersion = 9;

  struct File {
    std::string name;
    uint32_t flags = 0;
    uint64_t bytes = 0;
    uint64_t content = 0;
    uint64_t modified_ns = 0;
    std::string guard;
    uint64_t tokens = 0;
    uint64_t own_us = 0;
    uint64_t instantiations = 0;
    uint64_t asked = 0;
  };
  struct Probe {
    std::string path;
    ProbeKind kind = ProbeKind::kAbsent;
    uint64_t bytes = 0;
    uint64_t modified_ns = 0;
  };
  struct Route {
    std::string spelled;
    uint32_t flags = 0;
    uint32_t search = 0;
    uint32_t line = 0;
  };
  struct Leading {
    std::string macro;
    std::string line;
  };
  struct Event {
    HeaderEvent kind;
    uint32_t subject = 0;  // file, macro or pragma
    uint32_t value = 0;    // route + 1, or definition
    uint32_t depth = 0;    // open brackets, or the macro that is asked about
  };

  // What the first frame says of the second.
  struct Rest {
    uint64_t hash = 0;
    std::vector<uint32_t> lines;
  };

  std::string main_file;
  std::vector<std::string> search_folders;
  std::vector<File> files;
  std::vector<Probe> probes;
  // Set as long as the second frame was not read; all that follows is then
  // empty.
  std::optional<Rest> rest;
  std::vector<std::string> macros;
  std::vector<uint64_t> definitions = {0};
  std::vector<std::string> pragmas;
  std::vector<Route> routes;
  std::vector<Leading> leading;
  std::vector<Event> events;

  // Both frames.
  static std::variant<HeaderRecord, FormatError> Load(
      const std::string& path, std::string_view expected_identity);
  static std::variant<HeaderRecord, FormatError> Parse(
      std::string_view bytes, std::string_view where,
      std::string_view expected_identity);
  // The first frame. `*name`, if not null, gets its HashName: what tells that a
  // record is still the one that a plan was made from.
  static std::variant<HeaderRecord, FormatError> LoadHead(
      const std::string& path, std::string_view expected_identity,
      std::string* name = nullptr);
  static std::variant<HeaderRecord, FormatError> ParseHead(
      std::string_view frame, std::string_view where,
      std::string_view expected_identity);
  // Adds the second one, unless it is there. Another record at `path` is an
  // error; on errors nothing changes.
  std::optional<FormatError> LoadRest(const std::string& path);
  // XXH3 of the second frame's payload, in which no times and no lines are.
  uint64_t RestHash() const;

  std::optional<FormatError> Save(const std::string& path,
                                  std::string_view identity) const;
  // Of a whole record.
  std::string Serialize(std::string_view identity) const;

  // For people and FileCheck: the files, then the events, indented by the
  // depth of inclusion. Times and probes are left out unless asked for.
  std::string Dump(bool with_costs = false) const;
};

// The two frames: `head` lacks the hash that ends the first payload. For
// HeaderRecord and for tests of what a payload may be.
std::string SealHeaderRecord(std::string_view identity, std::string_view head,
                             std::string_view rest);

}  // namespace dfe

#endif  // DFE_FORMAT_HEADER_RECORD_H_
