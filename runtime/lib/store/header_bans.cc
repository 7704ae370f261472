// Reading, adding and forgetting; the format is in the header.
#include "dfe/store/header_bans.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "dfe/format/envelope.h"

namespace dfe::store {
namespace {

constexpr std::string_view kSignature = "DFEHBANS";
constexpr uint32_t kVersion = 1;
constexpr char kAdvice[] = ": `dfe clean bans` forgets it";

std::string FileName(const std::string& project) {
  return HashName(project) + ".bans";
}

absl::Status Failed(const std::string& path, absl::string_view expected) {
  return absl::UnavailableError(
      absl::StrCat("bans: ", path, ": expected ", expected,
                   ", got: ", std::strerror(errno), kAdvice));
}

// Of any project, if that is "".
absl::StatusOr<std::vector<std::string>> LoadFile(const std::string& path,
                                                  const std::string& project) {
  struct stat status;
  if (lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return std::vector<std::string>();
    return Failed(path, "to see it");
  }
  auto read = ReadFile(path);
  auto* bytes = std::get_if<std::string>(&read);
  if (bytes == nullptr) return Failed(path, "to read it");
  auto opened = OpenEnvelope(*bytes, path, kSignature, kVersion, project);
  if (auto* error = std::get_if<FormatError>(&opened)) {
    return absl::DataLossError(absl::StrCat("bans: ", error->message, kAdvice));
  }
  std::vector<std::string> bans =
      absl::StrSplit(std::string(std::get<Envelope>(opened).payload), '\0');
  bans.pop_back();  // nothing comes after the last end
  return bans;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> LoadHeaderBans(
    const std::string& root, const std::string& project) {
  return LoadFile(absl::StrCat(root, "/bans/", FileName(project)), project);
}

absl::Status AddHeaderBan(const std::string& root, const std::string& project,
                          const std::string& header) {
  const std::string folder = root + "/bans";
  if (mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) {
    return Failed(folder, "to make it");
  }
  const int lock = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock < 0) return Failed(folder, "a folder");
  absl::Cleanup release = [lock] { close(lock); };
  while (flock(lock, LOCK_EX) != 0) {
    if (errno != EINTR) return Failed(folder, "to lock it");
  }
  absl::StatusOr<std::vector<std::string>> bans = LoadHeaderBans(root, project);
  if (!bans.ok()) return bans.status();
  if (std::find(bans->begin(), bans->end(), header) != bans->end()) {
    return absl::OkStatus();
  }
  bans->push_back(header);
  std::string payload;
  for (const std::string& ban : *bans) {
    payload += ban;
    payload += '\0';
  }
  if (auto error = WriteFileAtomically(
          absl::StrCat(folder, "/", FileName(project)),
          SealEnvelope(kSignature, kVersion, project, payload))) {
    return absl::UnavailableError("bans: " + error->message);
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> ClearHeaderBans(const std::string& root,
                                        const std::string& project) {
  // As everywhere below the cache root: a link is removed, never followed.
  const std::string folder = root + "/bans";
  const int fd =
      open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) {
    if (errno == ENOENT) return 0;
    return Failed(folder, "a folder");
  }
  DIR* stream = fdopendir(fd);
  if (stream == nullptr) {
    close(fd);
    return Failed(folder, "to list it");
  }
  absl::Cleanup release = [stream] { closedir(stream); };
  int64_t cleared = 0;
  while (dirent* entry = readdir(stream)) {
    const std::string name = entry->d_name;
    if (!absl::EndsWith(name, ".bans")) continue;
    if (!project.empty() && name != FileName(project) &&
        name != FileName(project + "/build")) {
      continue;
    }
    const auto bans = LoadFile(absl::StrCat(folder, "/", name), "");
    if (unlinkat(fd, name.c_str(), 0) != 0 && errno != ENOENT) {
      return Failed(absl::StrCat(folder, "/", name), "to remove it");
    }
    cleared += bans.ok() ? static_cast<int64_t>(bans->size()) : 1;
  }
  return cleared;
}

}  // namespace dfe::store
