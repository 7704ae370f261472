// What a build by Ninja is about to make, as Ninja says itself.
//
// compile_commands.json has all files of a project; a command may build one
// target, or what an edit left out of date. Nothing else needs to be scanned.
#ifndef DFE_HEADERS_NINJA_PROJECT_H_
#define DFE_HEADERS_NINJA_PROJECT_H_

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace dfe::headers {

// The command that says what `words` (`ninja …`, or `cmake --build …` of a
// folder with a build.ninja) would run, and runs none of it. Empty for others,
// and for words with which that is not all that they do.
std::vector<std::string> DryRunWords(const std::vector<std::string>& words,
                                     const std::string& directory);

// The values of -o in the commands that `ninja -n -v` printed.
std::set<std::string> OutputsIn(absl::string_view dry_run);

// The outputs that the command is about to make, as its compiler calls name
// them. Nothing: nobody can tell, so all may be.
std::optional<std::set<std::string>> OutputsToMake(
    const std::vector<std::string>& words, const std::string& directory);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_NINJA_PROJECT_H_
