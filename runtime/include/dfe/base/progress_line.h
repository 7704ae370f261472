// What a long command is at, for whoever waits: one line of a terminal that is
// written over and over, and gone before anything else is printed there.
#ifndef DFE_BASE_PROGRESS_LINE_H_
#define DFE_BASE_PROGRESS_LINE_H_

#include <ostream>
#include <string>

#include "absl/strings/string_view.h"

namespace dfe {

class ProgressLine {
 public:
  // Where there is no terminal: a build's log shall hold nothing of it, one of
  // a measurement each step.
  enum class Elsewhere { kNothing, kLines };

  // Only standard error can be a terminal. `name` comes first on the line.
  ProgressLine(absl::string_view name, std::ostream& stream,
               Elsewhere elsewhere);
  ~ProgressLine() { Clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void Show(absl::string_view text);
  void Clear();

 private:
  const std::string name_;
  std::ostream& stream_;
  const bool terminal_;
  const Elsewhere elsewhere_;
  bool shown_ = false;
};

}  // namespace dfe

#endif  // DFE_BASE_PROGRESS_LINE_H_
