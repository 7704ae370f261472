// One line of a terminal, written over and over.
#include "dfe/base/progress_line.h"

#include <unistd.h>

#include <iostream>

namespace dfe {
namespace {

constexpr absl::string_view kWipe = "\r\x1b[K";

}  // namespace

ProgressLine::ProgressLine(absl::string_view name, std::ostream& stream,
                           Elsewhere elsewhere)
    : name_(name),
      stream_(stream),
      terminal_(&stream == &std::cerr && isatty(STDERR_FILENO) == 1),
      elsewhere_(elsewhere) {}

void ProgressLine::Show(absl::string_view text) {
  if (terminal_) {
    stream_ << kWipe << name_ << ": " << text << std::flush;
    shown_ = true;
  } else if (elsewhere_ == Elsewhere::kLines) {
    stream_ << name_ << ": " << text << '\n' << std::flush;
  }
}

void ProgressLine::Clear() {
  if (shown_) stream_ << kWipe << std::flush;
  shown_ = false;
}

}  // namespace dfe
