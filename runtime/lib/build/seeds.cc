// Uniting of seed files; see the header.
#include "dfe/build/seeds.h"

#include <fstream>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "dfe/dispatch/archive_append.h"
#include "dfe/format/seed_set.h"

namespace dfe {

absl::StatusOr<size_t> UniteSeeds(const std::string& folder,
                                  const std::string& out) {
  SeedSet all;
  for (const std::string& path : dispatch::FilesIn(folder, ".seeds")) {
    std::ifstream in(path);
    std::string line;
    if (!std::getline(in, line) || line != "# dfe seeds") {
      // It may be any bytes, so only a readable piece of it is shown.
      return absl::DataLossError(
          absl::StrCat(path, ": line 1: expected '# dfe seeds', got '",
                       absl::CHexEscape(line.substr(0, 16)), "'"));
    }
    while (std::getline(in, line)) {
      if (!line.empty() && line[0] != '#') all.Insert(line);
    }
    if (in.bad())
      return absl::DataLossError(absl::StrCat(path, ": cannot read"));
  }
  if (all.size() == 0) return 0;
  if (auto error = all.Save(out, /*identity=*/"")) {
    return absl::UnavailableError(error->message);
  }
  return all.size();
}

}  // namespace dfe
