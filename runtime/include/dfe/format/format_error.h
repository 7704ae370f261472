// What can be wrong with a file that one of our formats reads or writes.
//
// The class of a fault is `kind`; nobody may search the text. The text is
// `what: where: expected X, got Y`, lower case, without a full stop.
#ifndef DFE_FORMAT_FORMAT_ERROR_H_
#define DFE_FORMAT_FORMAT_ERROR_H_

#include <string>

namespace dfe {

enum class FormatErrorKind {
  kIo,         // the operating system refused
  kTruncated,  // a proper beginning, but the end is missing
  kForeign,    // not a file of this format
  kVersion,    // ours, written by another version
  kIdentity,   // ours, but about another compiler
  kCorrupt,    // checksum or contents contradict each other
};

struct FormatError {
  FormatErrorKind kind;
  std::string message;
};

// The name of a kind as it is printed: "io", "truncated", …
const char* FormatErrorKindName(FormatErrorKind kind);

}  // namespace dfe

#endif  // DFE_FORMAT_FORMAT_ERROR_H_
