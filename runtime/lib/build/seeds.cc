// Uniting and counting of seed files; see the header.
#include "dfe/build/seeds.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "dfe/dispatch/archive_append.h"
#include "dfe/format/seed_set.h"

namespace dfe {
namespace {

constexpr absl::string_view kNeedsHeader = "rustc-dead-fn-elimination 1 ";

// The functions in a file of the compiler's, if it is whole and of `version`.
std::optional<std::vector<std::string>> LoadNeeds(const std::string& path,
                                                  absl::string_view version) {
  std::ifstream in(path);
  std::string line;
  if (!std::getline(in, line) || line != absl::StrCat(kNeedsHeader, version)) {
    return std::nullopt;
  }
  std::vector<std::string> needs;
  while (std::getline(in, line)) {
    if (line == "end") return needs;
    if (line.size() != 32) return std::nullopt;
    for (char c : line) {
      if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) {
        return std::nullopt;
      }
    }
    needs.push_back(line);
  }
  return std::nullopt;
}

}  // namespace

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

absl::StatusOr<size_t> ShareNeeds(const std::string& folder,
                                  absl::string_view version,
                                  const std::string& out) {
  std::map<std::string, int> leaves;
  for (const std::string& path : dispatch::FilesIn(folder, ".needs")) {
    for (const std::string& need :
         LoadNeeds(path, version).value_or(std::vector<std::string>())) {
      ++leaves[need];
    }
  }
  for (const std::string& need :
       LoadNeeds(out, version).value_or(std::vector<std::string>())) {
    leaves[need] += 2;
  }
  std::string text = absl::StrCat(kNeedsHeader, version, "\n");
  size_t shared = 0;
  for (const auto& [need, count] : leaves) {
    if (count < 2) continue;
    absl::StrAppend(&text, need, "\n");
    ++shared;
  }
  if (shared == 0) {
    (void)std::remove(out.c_str());  // mostly there is none
    return 0;
  }
  absl::StrAppend(&text, "end\n");
  const std::string part = absl::StrCat(out, ".", getpid(), ".new");
  std::ofstream file(part, std::ios::binary);
  file << text;
  file.close();
  if (!file || std::rename(part.c_str(), out.c_str()) != 0) {
    (void)std::remove(part.c_str());
    return absl::UnavailableError(
        absl::StrCat("seeds: ", out, ": expected a file that can be written"));
  }
  return shared;
}

}  // namespace dfe
