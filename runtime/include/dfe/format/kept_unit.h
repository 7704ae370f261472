// What is kept of one rustc unit: of what it was made, and what it made.
//
// Both are payloads of an envelope (dfe/format/envelope.h), whose identity is
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
// In messages and dependency information the folder of the outputs is written
// as kOutDir, so that another folder can take them.
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

}  // namespace dfe

#endif  // DFE_FORMAT_KEPT_UNIT_H_
