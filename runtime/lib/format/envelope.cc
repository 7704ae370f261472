// Frames, checksums and atomic files; see the header for the layout.
#include "dfe/format/envelope.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <limits>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace dfe {
namespace {

constexpr size_t kChecksumSize = 8;

FormatError IoError(const char* what, const std::string& path) {
  return {FormatErrorKind::kIo, std::string("cannot ") + what + ": " + path +
                                    ": " + std::strerror(errno)};
}

FormatError Error(FormatErrorKind kind, std::string_view where,
                  std::string_view field, const std::string& expected,
                  const std::string& got) {
  std::string text = "cannot read: ";
  text.append(where).append(": ").append(field);
  text.append(": expected ").append(expected).append(", got ").append(got);
  return {kind, std::move(text)};
}

std::string Quoted(std::string_view text) {
  std::string out = "'";
  for (char c : text.substr(0, 64)) {
    out += (c >= 0x20 && c < 0x7f) ? c : '?';
  }
  return out + "'";
}

}  // namespace

const char* FormatErrorKindName(FormatErrorKind kind) {
  switch (kind) {
    case FormatErrorKind::kIo:
      return "io";
    case FormatErrorKind::kTruncated:
      return "truncated";
    case FormatErrorKind::kForeign:
      return "foreign";
    case FormatErrorKind::kVersion:
      return "version";
    case FormatErrorKind::kIdentity:
      return "identity";
    case FormatErrorKind::kCorrupt:
      return "corrupt";
  }
  return "unknown";
}

void AppendLittle32(std::string& out, uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) {
    out += static_cast<char>(value >> shift);
  }
}

void AppendLittle64(std::string& out, uint64_t value) {
  AppendLittle32(out, static_cast<uint32_t>(value));
  AppendLittle32(out, static_cast<uint32_t>(value >> 32));
}

uint32_t ReadLittle32(const char* bytes) {
  uint32_t value = 0;
  for (int i = 3; i >= 0; --i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

uint64_t ReadLittle64(const char* bytes) {
  return static_cast<uint64_t>(ReadLittle32(bytes + 4)) << 32 |
         ReadLittle32(bytes);
}

uint64_t HashBytes(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

namespace {

std::string AsName(XXH128_hash_t hash) {
  std::string out;
  for (const uint64_t half : {hash.high64, hash.low64}) {
    for (int shift = 60; shift >= 0; shift -= 4) {
      out += "0123456789abcdef"[half >> shift & 15];
    }
  }
  return out;
}

}  // namespace

std::string HashName(std::string_view bytes) {
  return AsName(XXH3_128bits(bytes.data(), bytes.size()));
}

std::optional<std::string> HashNameOfFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  XXH3_state_t state;
  XXH3_128bits_reset(&state);
  char buffer[1 << 16];
  ssize_t n = 0;
  do {
    n = ::read(fd, buffer, sizeof buffer);
    if (n > 0) XXH3_128bits_update(&state, buffer, static_cast<size_t>(n));
  } while (n > 0 || (n < 0 && errno == EINTR));
  ::close(fd);
  if (n < 0) return std::nullopt;
  return AsName(XXH3_128bits_digest(&state));
}

std::string SealEnvelope(std::string_view signature, uint32_t version,
                         std::string_view identity, std::string_view payload) {
  std::string out;
  out.reserve(kFrameHeadSize + identity.size() + payload.size() +
              kChecksumSize);
  out.append(signature);
  AppendLittle32(out, version);
  AppendLittle32(out, static_cast<uint32_t>(identity.size()));
  AppendLittle64(out, payload.size());
  out.append(identity);
  out.append(payload);
  AppendLittle64(out, HashBytes(out));
  return out;
}

std::variant<Envelope, FormatError> OpenEnvelope(
    std::string_view bytes, std::string_view where, std::string_view signature,
    uint32_t version, std::string_view expected_identity) {
  const std::string_view start = bytes.substr(0, signature.size());
  if (start != signature.substr(0, start.size())) {
    return Error(FormatErrorKind::kForeign, where, "signature",
                 Quoted(signature), Quoted(start));
  }
  auto too_short = [&](uint64_t expected) {
    return Error(FormatErrorKind::kTruncated, where, "length",
                 std::to_string(expected) + " bytes",
                 std::to_string(bytes.size()));
  };
  if (bytes.size() < 12) return too_short(kFrameHeadSize + kChecksumSize);
  const uint32_t got_version = ReadLittle32(bytes.data() + 8);
  if (got_version != version) {
    return Error(FormatErrorKind::kVersion, where, "version",
                 std::to_string(version), std::to_string(got_version));
  }
  if (bytes.size() < kFrameHeadSize + kChecksumSize) {
    return too_short(kFrameHeadSize + kChecksumSize);
  }
  const uint64_t identity_size = ReadLittle32(bytes.data() + 12);
  const uint64_t payload_size = ReadLittle64(bytes.data() + 16);
  const uint64_t available = bytes.size() - kFrameHeadSize - kChecksumSize;
  if (identity_size > available || payload_size > available - identity_size) {
    // A length that no file can have is damage, not a missing end.
    if (payload_size > (uint64_t{1} << 48)) {
      return Error(FormatErrorKind::kCorrupt, where, "payload length",
                   "at most 2^48", std::to_string(payload_size));
    }
    return too_short(kFrameHeadSize + identity_size + payload_size +
                     kChecksumSize);
  }
  if (identity_size + payload_size != available) {
    return Error(FormatErrorKind::kCorrupt, where, "length",
                 std::to_string(kFrameHeadSize + identity_size + payload_size +
                                kChecksumSize) +
                     " bytes",
                 std::to_string(bytes.size()));
  }
  const size_t body = bytes.size() - kChecksumSize;
  const uint64_t stored = ReadLittle64(bytes.data() + body);
  const uint64_t computed = HashBytes(bytes.substr(0, body));
  if (stored != computed) {
    return Error(FormatErrorKind::kCorrupt, where, "checksum",
                 std::to_string(stored), std::to_string(computed));
  }
  const std::string_view identity = bytes.substr(kFrameHeadSize, identity_size);
  if (!expected_identity.empty() && identity != expected_identity) {
    return Error(FormatErrorKind::kIdentity, where, "identity",
                 Quoted(expected_identity), Quoted(identity));
  }
  return Envelope{identity,
                  bytes.substr(kFrameHeadSize + identity_size, payload_size)};
}

namespace {

// Reads until `enough` says of what has been read that it is.
std::variant<std::string, FormatError> ReadUntil(
    const std::string& path, bool (*enough)(std::string_view bytes)) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return IoError("open", path);
  struct stat info;
  if (::fstat(fd, &info) != 0) {
    FormatError error = IoError("stat", path);
    ::close(fd);
    return error;
  }
  std::string bytes;
  char buffer[1 << 16];
  while (!enough(bytes)) {
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      FormatError error = IoError("read", path);
      ::close(fd);
      return error;
    }
    if (n == 0) break;
    if (bytes.empty() && static_cast<size_t>(n) == sizeof buffer) {
      bytes.reserve(static_cast<size_t>(info.st_size));
    }
    bytes.append(buffer, static_cast<size_t>(n));
  }
  ::close(fd);
  return bytes;
}

}  // namespace

std::variant<std::string, FormatError> ReadFile(const std::string& path) {
  return ReadUntil(path, [](std::string_view) { return false; });
}

std::optional<uint64_t> FrameSize(std::string_view bytes) {
  if (bytes.size() < kFrameHeadSize) return std::nullopt;
  const uint64_t payload_size = ReadLittle64(bytes.data() + 16);
  if (payload_size > std::numeric_limits<int64_t>::max()) return std::nullopt;
  return kFrameHeadSize + ReadLittle32(bytes.data() + 12) + payload_size +
         kChecksumSize;
}

size_t FirstFrameSize(std::string_view bytes) {
  const std::optional<uint64_t> size = FrameSize(bytes);
  return size && *size < bytes.size() ? static_cast<size_t>(*size)
                                      : bytes.size();
}

std::variant<std::string, FormatError> ReadFirstFrame(const std::string& path) {
  auto read = ReadUntil(path, [](std::string_view bytes) {
    return FirstFrameSize(bytes) < bytes.size();
  });
  if (auto* bytes = std::get_if<std::string>(&read)) {
    bytes->resize(FirstFrameSize(*bytes));
  }
  return read;
}

std::optional<std::string> ContentOf(const std::string& path) {
  auto bytes = ReadFile(path);
  auto* text = std::get_if<std::string>(&bytes);
  if (text == nullptr) return std::nullopt;
  return std::move(*text);
}

std::optional<FormatError> WriteFileAtomically(const std::string& path,
                                               std::string_view bytes) {
  static std::atomic<unsigned> counter{0};
  const std::string temporary = path + ".tmp." + std::to_string(::getpid()) +
                                "." + std::to_string(counter++);
  const int fd =
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0) return IoError("create", temporary);
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      FormatError error = IoError("write", temporary);
      ::close(fd);
      ::unlink(temporary.c_str());
      return error;
    }
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  if (::close(fd) != 0 || ::rename(temporary.c_str(), path.c_str()) != 0) {
    FormatError error = IoError("rename to", path);
    ::unlink(temporary.c_str());
    return error;
  }
  return std::nullopt;
}

}  // namespace dfe
