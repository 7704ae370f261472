// The files that keep what a link kept, and their folders.
//
// A file is written under a name of its own and renamed, so a reader or a
// second writer never meets half of one. Names from outside (profiles, crates)
// are cleaned of anything that could lead out of the folder.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "dfe/dispatch/rustc_invocation.h"
#include "dfe/store/link_map.h"

namespace dfe::store {
namespace {

constexpr absl::string_view kLiveHeader = "# dfe live 1";

absl::Status WriteFile(const std::string& folder, const std::string& name,
                       absl::string_view text) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  std::string path = absl::StrCat(folder, "/", name);
  auto fail = [&path](const std::string& got) {
    return absl::PermissionDeniedError(
        absl::StrCat("live symbols: ", path,
                     ": expected a file that can be written, got: ", got));
  };
  if (error) return fail(error.message());
  std::string temporary = absl::StrCat(path, ".", getpid(), ".new");
  errno = 0;
  std::FILE* file = std::fopen(temporary.c_str(), "we");
  if (file == nullptr) return fail(std::strerror(errno));
  bool good = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  good = std::fclose(file) == 0 && good;
  good = good && std::rename(temporary.c_str(), path.c_str()) == 0;
  if (good) return absl::OkStatus();
  std::string got = std::strerror(errno);
  std::remove(temporary.c_str());
  return fail(got);
}

std::string OneField(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"\t", " "}, {"\n", " "}});
}

std::string FolderOf(const LiveKey& key) {
  return absl::StrCat(HashedName(key.project), "/",
                      dispatch::AsFileName(key.profile), "/",
                      HashedName(key.rustc));
}

}  // namespace

std::string SeedsFolder(const std::string& root, const LiveKey& key) {
  return absl::StrCat(root, "/seeds/", FolderOf(key));
}

std::string LiveFolder(const std::string& root, const LiveKey& key) {
  return absl::StrCat(root, "/maps/", FolderOf(key));
}

absl::Status SaveLive(const LinkMap& map, const std::string& root,
                      const LiveKey& key, absl::string_view leaf) {
  const std::string file = dispatch::AsFileName(std::string(leaf));
  std::vector<absl::string_view> names;
  std::string live = absl::StrCat(kLiveHeader, "\n");
  for (const LiveSymbol& symbol : map.symbols) {
    if (symbol.exact) names.push_back(symbol.name);
    absl::StrAppend(&live, symbol.size, "\t", OneField(symbol.crate), "\t",
                    OneField(symbol.name), "\t", OneField(symbol.readable),
                    "\n");
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::string seeds = "# dfe seeds\n";
  for (absl::string_view name : names) absl::StrAppend(&seeds, name, "\n");
  absl::Status saved =
      WriteFile(SeedsFolder(root, key), absl::StrCat(file, ".seeds"), seeds);
  if (!saved.ok()) return saved;
  return WriteFile(LiveFolder(root, key), absl::StrCat(file, ".live"), live);
}

absl::StatusOr<std::vector<LiveSymbol>> LoadLive(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return absl::NotFoundError(
        absl::StrCat("live symbols: ", path, ": expected a file, got none"));
  }
  std::string line;
  if (!std::getline(in, line) || line != kLiveHeader) {
    return absl::DataLossError(
        absl::StrCat("live symbols: ", path, ": expected '", kLiveHeader,
                     "', got '", line.substr(0, 60), "'"));
  }
  std::vector<LiveSymbol> symbols;
  while (std::getline(in, line)) {
    std::vector<absl::string_view> fields = absl::StrSplit(line, '\t');
    LiveSymbol symbol;
    if (in.eof() || fields.size() != 4 ||
        !absl::SimpleAtoi(fields[0], &symbol.size) || symbol.size < 0) {
      return absl::DataLossError(
          absl::StrCat("live symbols: ", path, ": line ", symbols.size() + 2,
                       ": expected four fields and an end of line, got '",
                       line.substr(0, 60), "'"));
    }
    symbol.crate = std::string(fields[1]);
    symbol.name = std::string(fields[2]);
    symbol.readable = std::string(fields[3]);
    symbols.push_back(std::move(symbol));
  }
  return symbols;
}

}  // namespace dfe::store
