// The last word of a kind is the one that counts.
#include "dfe/headers/group_words.h"

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace dfe::headers {
namespace {

// The last of the words that start so, or "".
absl::string_view LastWord(absl::string_view group, absl::string_view start) {
  absl::string_view last;
  for (absl::string_view word : absl::StrSplit(group, '\n')) {
    if (absl::StartsWith(word, start)) last = word;
  }
  return last;
}

}  // namespace

// The language is a line of its own.
bool IsC(absl::string_view group) { return absl::StrContains(group, "\nc\n"); }

bool IsOptimised(absl::string_view group) {
  const absl::string_view word = LastWord(group, "-O");
  return !word.empty() && word != "-O0";
}

bool HasDebugInfo(absl::string_view group) {
  const absl::string_view word = LastWord(group, "-g");
  return !word.empty() && word != "-g0";
}

bool LooksAtAllDeclarations(absl::string_view group) {
  if (IsC(group)) return false;
  bool looks = false;
  for (absl::string_view word : absl::StrSplit(group, '\n')) {
    if (word == "-w") return false;
    if (word == "-Weverything" || word == "-Wunsafe-buffer-usage") {
      looks = true;
    } else if (word == "-Wno-everything" ||
               word == "-Wno-unsafe-buffer-usage") {
      looks = false;
    }
  }
  return looks;
}

}  // namespace dfe::headers
