// By the search as the unit spells it, by a folder that ends there, or by the
// whole name.
#include "dfe/headers/header_lines.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace dfe::headers {

bool IsRelative(const HeaderRecord::File& file) {
  return !absl::StartsWith(file.name, "/");
}

std::string LineFor(const HeaderRecord& record,
                    const HeaderRecord::Route* route,
                    const HeaderRecord::File& file) {
  if (route == nullptr || (route->flags & kRouteNext) != 0) return "";
  if (route->search != 0) {
    const bool angled = (route->flags & kRouteAngled) != 0 ||
                        file.name == record.search_folders[route->search - 1] +
                                         "/" + route->spelled;
    return angled ? absl::StrCat("#include <", route->spelled, ">")
                  : absl::StrCat("#include \"", route->spelled, "\"");
  }
  if (IsRelative(file)) {
    for (const std::string& folder : record.search_folders) {
      absl::string_view rest = file.name;
      if (!absl::StartsWith(folder, "/") &&
          absl::ConsumePrefix(&rest, absl::StrCat(folder, "/"))) {
        return absl::StrCat("#include \"", rest, "\"");
      }
    }
    return "";
  }
  // A file named absolutely counts as the user's own.
  if ((file.flags & kFileSystem) != 0) return "";
  return absl::StrCat("#include \"", file.name, "\"");
}

}  // namespace dfe::headers
