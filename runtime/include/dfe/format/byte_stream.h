// Numbers, texts and lists as files of dfe hold them: a number is LEB128 (7
// bits a byte, low ones first, at most 64 bits), a text is its length and its
// bytes, a list its length and its items.
#ifndef DFE_FORMAT_BYTE_STREAM_H_
#define DFE_FORMAT_BYTE_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dfe {

// Writes to `out`.
class ByteWriter {
 public:
  void Number(uint64_t value) {
    while (value >= 0x80) {
      out += static_cast<char>(value | 0x80);
      value >>= 7;
    }
    out += static_cast<char>(value);
  }
  void Text(std::string_view text) {
    Number(text.size());
    out += text;
  }
  template <typename List, typename Item>
  void Each(const List& list, Item item) {
    Number(list.size());
    for (const auto& entry : list) item(entry);
  }
  std::string out;
};

// Reads until the first fault, which it remembers; after it every read gives
// nothing.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes)
      : rest_(bytes), size_(bytes.size()) {}

  uint64_t Number(const char* what) {
    uint64_t value = 0;
    for (int shift = 0; !failed(); shift += 7) {
      if (rest_.empty()) {
        Fail(what, "a number", "the end");
        break;
      }
      const auto byte = static_cast<unsigned char>(rest_[0]);
      rest_.remove_prefix(1);
      if (shift == 63 && byte > 1) {
        Fail(what, "at most 64 bits", "more");
        break;
      }
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return 0;
  }
  // A number below `end`.
  uint32_t Index(const char* what, uint64_t end) {
    const uint64_t value = Number(what);
    if (failed()) return 0;
    if (value >= end) {
      Fail(what, "less than " + std::to_string(end), std::to_string(value));
      return 0;
    }
    return static_cast<uint32_t>(value);
  }
  std::string Text(const char* what) {
    const uint64_t size = Number(what);
    if (failed()) return {};
    if (size > rest_.size()) {
      Fail(what, std::to_string(size) + " bytes", std::to_string(rest_.size()));
      return {};
    }
    std::string text(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return text;
  }
  // Calls `item` as often as the list is long. Each item has a byte at least,
  // so that a wrong length cannot ask for more memory than the file has bytes.
  template <typename Item>
  void Each(const char* what, Item item) {
    const uint64_t count = Number(what);
    if (count > rest_.size()) {
      Fail(what, "at most " + std::to_string(rest_.size()),
           std::to_string(count));
    }
    for (uint64_t i = 0; i < count && !failed(); ++i) item();
  }
  void Fail(const char* what, const std::string& expected,
            const std::string& got) {
    if (failed()) return;
    error = "byte " + std::to_string(size_ - rest_.size()) + ": " + what +
            ": expected " + expected + ", got " + got;
  }
  bool failed() const { return !error.empty(); }
  bool at_end() const { return rest_.empty(); }

  std::string error;

 private:
  std::string_view rest_;
  size_t size_;
};

}  // namespace dfe

#endif  // DFE_FORMAT_BYTE_STREAM_H_
