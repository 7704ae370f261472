// What the session tells dfe-cc, and what it tells afterwards.
#include "dfe/build/build_scripts.h"

#include <filesystem>
#include <map>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "dfe/dispatch/cc_dispatch.h"
#include "dfe/format/envelope.h"

namespace dfe {

absl::StatusOr<Environment> KeepObjectsOfBuildScripts(
    const std::string& cache,
    const std::function<absl::StatusOr<Environment>(const std::string&)>&
        compilers,
    const std::string& session) {
  absl::StatusOr<Environment> changes = compilers(cache);
  if (!changes.ok()) return changes;
  std::error_code error;
  std::filesystem::create_directories(session + "/cc/compilers", error);
  if (!error) std::filesystem::create_directories(cache + "/objects", error);
  if (error ||
      WriteFileAtomically(session + "/cc/objects", cache + "/objects/cc\n")) {
    return absl::UnavailableError(absl::StrCat(
        "objects: ", cache, ": expected to write there, got an error"));
  }
  return changes;
}

std::string ExplainBuildScripts(const std::string& session) {
  int taken = 0;
  std::map<std::string, int> compiled;
  for (const dispatch::CcEvent& event : dispatch::ReadCcEvents(session)) {
    if (event.reason == "none") {
      ++taken;
    } else {
      ++compiled[event.reason];
    }
  }
  if (taken == 0 && compiled.empty()) return "";
  std::string text = absl::StrCat("C and C++ of build scripts: ", taken,
                                  taken == 1 ? " file" : " files",
                                  " taken from the objects that are kept");
  for (const auto& [reason, count] : compiled) {
    absl::StrAppend(&text, ", ", count, " compiled (", reason, ")");
  }
  return text;
}

}  // namespace dfe
