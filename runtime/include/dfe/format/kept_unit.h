// What is kept of one rustc unit, and of one C or C++ file of a build script:
// of what it was made, and what it made.
//
// All are payloads of an envelope (dfe/format/envelope.h), whose identity is
// that of the compiler and the key. Numbers are little-endian, a text is its
// length in 4 bytes and its bytes, a blob its length in 8 bytes and its bytes.
//
// Inputs, signature "dfe-uin\n", version 1:
//
//   4  F, number of files        then F texts: paths as the compiler says them,
//                                relative ones to the folder it was called in
//   4  V, number of variables    then V texts: names that the source asks for
//
// Outputs, signature "dfe-unit", version 1:
//
//   text  messages: what the compiler wrote to standard error
//   text  dependency information, the file that --emit=dep-info makes
//   blob  metadata (.rmeta), empty if it was not asked for
//   blob  library (.rlib)
//
// Object, signature "dfe-obj\n", version 2, the compiler's identity:
//
//   text  dependency file, empty if none was asked for
//   4  F, number of files        then F times two texts: path and HashName
//   4  N, number of names        then N texts: what the files ask for
//   4  S, number of others       then S texts: paths that searches for names
//                                come upon (dfe/dispatch/cc_reads.h)
//   blob  the object
//
// In messages and dependency information of units the folder of the outputs is
// written as kOutDir, so that another folder can take them.
//
// A payload has nothing behind its last field. Parsing takes memory in
// proportion to the payload, whatever numbers it claims.
#ifndef DFE_FORMAT_KEPT_UNIT_H_
#define DFE_FORMAT_KEPT_UNIT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dfe {

inline constexpr std::string_view kUnitInputsSignature = "dfe-uin\n";
inline constexpr std::string_view kKeptUnitSignature = "dfe-unit";
inline constexpr uint32_t kUnitVersion = 1;
inline constexpr std::string_view kKeptObjectSignature = "dfe-obj\n";
inline constexpr uint32_t kKeptObjectVersion = 2;

// No text of a compiler has this byte, and none that does is kept.
inline constexpr std::string_view kOutDir = "\x01/";

struct UnitInputs {
  std::vector<std::string> files;
  std::vector<std::string> variables;

  std::string Serialize() const;
  static std::optional<UnitInputs> Parse(std::string_view payload);
};

// Points into the payload that was parsed, or to what is serialised.
struct KeptUnit {
  std::string_view messages;
  std::string_view dep_info;
  std::string_view metadata;
  std::string_view library;

  std::string Serialize() const;
  static std::optional<KeptUnit> Parse(std::string_view payload);
};

struct KeptObject {
  struct File {
    std::string path;  // a relative one is of the folder of the call
    std::string hash;
  };
  std::string dependencies;
  std::vector<File> files;
  std::vector<std::string> names;
  std::vector<std::string> found;
  std::string_view object;  // points as in KeptUnit

  std::string Serialize() const;
  static std::optional<KeptObject> Parse(std::string_view payload);
};

}  // namespace dfe

#endif  // DFE_FORMAT_KEPT_UNIT_H_
