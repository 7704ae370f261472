// By the standard library: dispatch starts once for each file.
#include "dfe/dispatch/text_lines.h"

#include <charconv>

namespace dfe::dispatch {

std::vector<std::string_view> Split(std::string_view text, char at) {
  std::vector<std::string_view> out;
  while (true) {
    const size_t end = text.find(at);
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

int64_t ToNumber(std::string_view text) {
  int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> out = Split(text, '\n');
  if (out.back().empty()) out.pop_back();
  return out;
}

}  // namespace dfe::dispatch
