// The lines and fields of small texts.
#ifndef DFE_DISPATCH_TEXT_LINES_H_
#define DFE_DISPATCH_TEXT_LINES_H_

#include <cstdint>
#include <string_view>
#include <vector>

namespace dfe::dispatch {

// What is between one `at` and the next; at least one part.
std::vector<std::string_view> Split(std::string_view text, char at);

// The lines of a text, each without its end.
std::vector<std::string_view> Lines(std::string_view text);

inline bool StartsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

// The number that a text begins with, 0 if it is none.
int64_t ToNumber(std::string_view text);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_TEXT_LINES_H_
