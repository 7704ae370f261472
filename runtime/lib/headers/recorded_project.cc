// Whose calls are recorded; dfe-cc in PATH; what it recorded, kept.
#include "dfe/headers/recorded_project.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "dfe/dispatch/cc_shim.h"
#include "dfe/format/envelope.h"
#include "dfe/headers/compile_db.h"

namespace dfe::headers {
namespace {

namespace fs = std::filesystem;

std::string Canonical(const std::string& folder) {
  std::error_code error;
  const fs::path path = fs::canonical(folder, error);
  return error ? folder : path.string();
}

absl::Status MakeLink(const std::string& target, const std::string& link) {
  char known[4096];
  const ssize_t length = readlink(link.c_str(), known, sizeof known);
  if (length >= 0 &&
      target == std::string(known, static_cast<size_t>(length))) {
    return absl::OkStatus();
  }
  // By renaming, because another build can be at work with the old one.
  const std::string temporary = absl::StrCat(link, ".tmp.", getpid());
  unlink(temporary.c_str());
  if (symlink(target.c_str(), temporary.c_str()) != 0 ||
      rename(temporary.c_str(), link.c_str()) != 0) {
    return absl::UnavailableError(
        absl::StrCat("compilers: ", link,
                     ": expected to make a link, got: ", std::strerror(errno)));
  }
  return absl::OkStatus();
}

// Whether a script in the folder is one for cargo, as far as can be told.
bool CallsCargo(const fs::path& folder) {
  std::error_code error;
  for (fs::path at = folder; at != at.parent_path(); at = at.parent_path()) {
    if (fs::exists(at / "Cargo.toml", error)) return true;
  }
  for (const fs::directory_entry& entry :
       fs::directory_iterator(folder, error)) {
    if (fs::exists(entry.path() / "Cargo.toml", error)) return true;
  }
  return false;
}

}  // namespace

bool HasMakefile(const std::string& folder) {
  std::error_code error;
  for (const char* name : {"GNUmakefile", "makefile", "Makefile"}) {
    if (fs::is_regular_file(fs::path(folder) / name, error)) return true;
  }
  return false;
}

std::string RecordedFolder(const std::vector<std::string>& words,
                           const std::string& directory) {
  const std::string program = ProgramName(words[0]);
  for (const char* tool : {"cmake", "ctest", "cpack", "meson"}) {
    if (program == tool) return "";
  }
  const bool ninja = program == "ninja" || program == "samu";
  if (ninja && !FindCompileDb(words, directory).empty()) return "";
  const bool knows_folder = ninja || program == "make" || program == "gmake";
  const std::string folder =
      knows_folder ? WorkingFolder(words, directory) : directory;
  std::error_code error;
  for (const char* other : {"CMakeCache.txt", "Cargo.toml"}) {
    if (fs::exists(fs::path(folder) / other, error)) return "";
  }
  if (!knows_folder && CallsCargo(folder)) return "";
  return Canonical(folder);
}

std::string RecordedDb(const std::string& cache, const std::string& folder) {
  return absl::StrCat(cache, "/headers/commands/", HashName(Canonical(folder)),
                      ".json");
}

absl::StatusOr<std::string> MakeShims(const std::string& cache,
                                      const std::string& dfe_cc,
                                      const std::string& path) {
  std::string folder =
      absl::StrCat(cache, "/headers/compilers/", HashName(dfe_cc));
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("compilers: ", folder,
                     ": expected to make a folder, got: ", error.message()));
  }
  if (absl::StrContains(folder, ':')) {
    return absl::FailedPreconditionError(
        absl::StrCat("compilers: ", folder,
                     ": expected a path that PATH can hold, got ':'"));
  }
  std::set<std::string> names;
  for (const std::string& entry :
       std::vector<std::string>(absl::StrSplit(path, ':'))) {
    if (!absl::StartsWith(entry, "/") || entry == folder) continue;
    for (const fs::directory_entry& program :
         fs::directory_iterator(entry, error)) {
      const std::string name = program.path().filename().string();
      if (dispatch::IsShimName(name) &&
          access(program.path().c_str(), X_OK) == 0)
        names.insert(name);
    }
  }
  for (const std::string& name : names) {
    absl::Status made = MakeLink(dfe_cc, absl::StrCat(folder, "/", name));
    if (!made.ok()) return made;
  }
  return folder;
}

absl::StatusOr<int> KeepRecordedCalls(const std::string& session,
                                      const std::string& db) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(session + "/cc/commands", error)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<CompileCommand> commands;
  for (const fs::path& file : files) {
    auto bytes = ReadFile(file.string());
    const auto* text = std::get_if<std::string>(&bytes);
    if (text == nullptr) continue;
    // What a signal cut short is no call.
    std::optional<dispatch::RecordedCall> call =
        dispatch::ParseRecordedCall(*text);
    if (!call) continue;
    commands.push_back({std::move(call->directory), std::move(call->words)});
  }
  if (commands.empty()) return 0;
  return MergeIntoCompileDb(db, commands);
}

}  // namespace dfe::headers
