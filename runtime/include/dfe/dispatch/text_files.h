// Small text files, whole, and their lines.
#ifndef DFE_DISPATCH_TEXT_FILES_H_
#define DFE_DISPATCH_TEXT_FILES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dfe::dispatch {

std::vector<std::string_view> Split(std::string_view text, char at);

// The lines of a text, each without its end.
std::vector<std::string_view> Lines(std::string_view text);

// The number that a text is, 0 if it is none.
int64_t ToNumber(std::string_view text);

bool StartsWith(std::string_view text, std::string_view start);

// Nothing if it cannot be read.
std::optional<std::string> ReadText(const std::string& path);

// In place of what is there, in one step.
bool WriteText(const std::string& path, std::string_view text);

bool WriteAll(int fd, std::string_view text);

// Whether it can be read.
bool Exists(const std::string& path);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_TEXT_FILES_H_
