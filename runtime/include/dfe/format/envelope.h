// The frame that all binary formats share: signature, version, identity of the
// compiler, payload, checksum. A format adds only its payload.
//
// Layout, all numbers little-endian:
//
//   offset  size  field
//   0       8     signature, ASCII, one per format
//   8       4     version of the payload
//   12      4     I, length of the identity in bytes
//   16      8     P, length of the payload in bytes
//   24      I     identity of the compiler, free text, not terminated
//   24+I    P     payload
//   24+I+P  8     XXH3-64 of all bytes before it
//
// A file has exactly 32+I+P bytes. The checks run in the order signature,
// version, length, checksum, identity, so that a file of another version is
// never called damaged and a damaged one never belongs to another compiler.
#ifndef DFE_FORMAT_ENVELOPE_H_
#define DFE_FORMAT_ENVELOPE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "dfe/format/format_error.h"

namespace dfe {

// The parts of an opened frame; they point into the bytes that were opened.
struct Envelope {
  std::string_view identity;
  std::string_view payload;
};

// Frames `payload`. `signature` has eight bytes.
std::string SealEnvelope(std::string_view signature, uint32_t version,
                         std::string_view identity, std::string_view payload);

// Checks and opens a frame. `where` names the file in messages. An empty
// `expected_identity` accepts any.
std::variant<Envelope, FormatError> OpenEnvelope(
    std::string_view bytes, std::string_view where, std::string_view signature,
    uint32_t version, std::string_view expected_identity);

// Reads a whole file.
std::variant<std::string, FormatError> ReadFile(const std::string& path);

// A file can be several frames, one after the other, of which the first alone
// is often enough. Reads just that, as its own header says where it ends; what
// OpenEnvelope finds wrong with it is left to that.
std::variant<std::string, FormatError> ReadFirstFrame(const std::string& path);

// How many bytes a frame has that begins with `bytes`; nothing if these are
// fewer than kFrameHeadSize, or what they say is more than any memory.
inline constexpr size_t kFrameHeadSize = 24;
std::optional<uint64_t> FrameSize(std::string_view bytes);

// How many bytes the frame has that `bytes` begins with; all of them if they
// are too few to tell, or fewer than it says.
size_t FirstFrameSize(std::string_view bytes);

// The same where it does not matter why it cannot be read.
std::optional<std::string> ContentOf(const std::string& path);

// Writes beside `path` and renames, so that a reader sees the old file or the
// new one and concurrent writers never mix. Nothing is left behind on failure.
std::optional<FormatError> WriteFileAtomically(const std::string& path,
                                               std::string_view bytes);

// Little-endian numbers, independent of the machine.
void AppendLittle32(std::string& out, uint32_t value);
void AppendLittle64(std::string& out, uint64_t value);
uint32_t ReadLittle32(const char* bytes);
uint64_t ReadLittle64(const char* bytes);

// XXH3-64 with seed 0: the hash of symbol names and the checksum of files.
uint64_t HashBytes(std::string_view bytes);

// XXH3-128 with seed 0, as 32 hexadecimal digits: for the names of files.
std::string HashName(std::string_view bytes);
// The same of what is in a file, which is not held in memory: a compiler's
// 374 MB take 0.05 CPU seconds so, and 0.25 and more as strings. Nothing if it
// cannot be read.
std::optional<std::string> HashNameOfFile(const std::string& path);

}  // namespace dfe

#endif  // DFE_FORMAT_ENVELOPE_H_
