// Walking and removing below the cache root; the rule on links is in the
// header. A folder on another device (something mounted into the cache) is
// left alone as well.
#include "dfe/store/cache_folders.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/types/span.h"
#include "dfe/base/options.h"
#include "dfe/dispatch/descriptor.h"
#include "dfe/store/header_bans.h"
#include "dfe/store/store.h"

namespace dfe::store {
namespace {

constexpr absl::string_view kTargetNames[] = {
    "lto", "objects", "seeds", "maps", "headers", "index", "bans", "all"};
constexpr const char* kFolders[] = {"lto", "objects", "seeds", "maps",
                                    "headers"};
constexpr const char* kIndexFiles[] = {
    "index.db",         "index.db-wal",         "index.db-shm",
    "index.db-journal", "index.db.bad",         "index.db.bad-wal",
    "index.db.bad-shm", "index.db.bad-journal", "index.lock"};
// Our own folders are four deep; nothing sensible is deeper than this.
constexpr int kMaxDepth = 32;

using Fd = dispatch::Descriptor;

absl::Status Failed(absl::string_view where, absl::string_view expected,
                    int error) {
  std::string text = absl::StrCat("cache: ", where, ": expected ", expected,
                                  ", got: ", std::strerror(error));
  return error == ENOENT ? absl::NotFoundError(text)
                         : absl::PermissionDeniedError(text);
}

// The root itself may be a link: the user named it.
Fd OpenRoot(const std::string& root) {
  return Fd(open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

// A folder by its name in another one; never through a link.
Fd OpenFolder(int parent, const char* name) {
  return Fd(
      openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

struct Entry {
  std::string name;
  struct stat status;
};

// The entries of a folder, sorted, without "." and "..". What vanishes while
// it is read is left out.
std::vector<Entry> List(int folder) {
  std::vector<Entry> entries;
  int copy = fcntl(folder, F_DUPFD_CLOEXEC, 0);
  DIR* stream = copy < 0 ? nullptr : fdopendir(copy);
  if (stream == nullptr) {
    if (copy >= 0) close(copy);
    return entries;
  }
  rewinddir(stream);
  while (dirent* next = readdir(stream)) {
    Entry entry{next->d_name, {}};
    if (entry.name == "." || entry.name == "..") continue;
    if (fstatat(folder, entry.name.c_str(), &entry.status,
                AT_SYMLINK_NOFOLLOW) == 0) {
      entries.push_back(std::move(entry));
    }
  }
  closedir(stream);
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.name < b.name; });
  return entries;
}

// Removes one name that is no folder; adds what it took to `freed`.
absl::Status RemoveFile(int folder, const std::string& name,
                        const std::string& where, int64_t* freed) {
  struct stat status;
  if (fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return errno == ENOENT ? absl::OkStatus()
                           : Failed(where, "to see it", errno);
  }
  if (unlinkat(folder, name.c_str(), 0) != 0) {
    return errno == ENOENT ? absl::OkStatus()
                           : Failed(where, "to remove it", errno);
  }
  if (S_ISREG(status.st_mode) && status.st_nlink == 1) {
    *freed += status.st_size;
  }
  return absl::OkStatus();
}

// Removes `name` in `parent` with all that is below it.
absl::Status RemoveTree(int parent, const std::string& name,
                        const std::string& where, dev_t device, int depth,
                        int64_t* freed) {
  if (depth > kMaxDepth) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "cache: ", where, ": expected at most ", kMaxDepth, " folders deep"));
  }
  Fd folder = OpenFolder(parent, name.c_str());
  if (!folder.ok()) {
    if (errno == ENOENT) return absl::OkStatus();
    // A file, or a link: of that the name goes, not what it points to.
    if (errno == ENOTDIR || errno == ELOOP) {
      return RemoveFile(parent, name, where, freed);
    }
    return Failed(where, "to open it", errno);
  }
  struct stat status;
  if (fstat(folder.get(), &status) != 0 || status.st_dev != device) {
    return absl::FailedPreconditionError(absl::StrCat(
        "cache: ", where, ": expected a folder, got another file system"));
  }
  for (const Entry& entry : List(folder.get())) {
    std::string path = absl::StrCat(where, "/", entry.name);
    absl::Status removed =
        S_ISDIR(entry.status.st_mode)
            ? RemoveTree(folder.get(), entry.name, path, device, depth + 1,
                         freed)
            : RemoveFile(folder.get(), entry.name, path, freed);
    if (!removed.ok()) return removed;
  }
  // A build at work may have put a new file there: that one stays.
  if (unlinkat(parent, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT &&
      errno != ENOTEMPTY && errno != EEXIST) {
    return Failed(where, "to remove it", errno);
  }
  return absl::OkStatus();
}

struct CachedFile {
  std::string path;  // below the root
  int64_t size;
  absl::Time used;  // read or written, whichever was later
};

// Calls back for each regular file below a folder; follows no link.
void Walk(int folder, const std::string& path, dev_t device, int depth,
          const std::function<void(CachedFile)>& visit) {
  if (depth > kMaxDepth) return;
  for (const Entry& entry : List(folder)) {
    std::string name = absl::StrCat(path, "/", entry.name);
    const struct stat& status = entry.status;
    if (S_ISREG(status.st_mode)) {
      absl::Time read = absl::TimeFromTimespec(status.st_atim);
      absl::Time written = absl::TimeFromTimespec(status.st_mtim);
      visit({name, status.st_size, std::max(read, written)});
    } else if (S_ISDIR(status.st_mode) && status.st_dev == device) {
      Fd below = OpenFolder(folder, entry.name.c_str());
      if (below.ok()) Walk(below.get(), name, device, depth + 1, visit);
    }
  }
}

// Goes down again, name by name: links may have appeared since the walk.
absl::Status RemoveBelow(int root, const std::string& path, int64_t* freed) {
  std::vector<std::string> names = absl::StrSplit(path, '/');
  int parent = root;
  std::vector<Fd> open_folders;
  for (size_t i = 0; i + 1 < names.size(); ++i) {
    Fd next = OpenFolder(parent, names[i].c_str());
    if (!next.ok()) return absl::OkStatus();  // gone, or no folder any more
    parent = next.get();
    open_folders.push_back(std::move(next));
  }
  return RemoveFile(parent, names.back(), path, freed);
}

// With nobody else in it, so that no other process goes on writing to a file
// that is gone. A damaged one has no users worth waiting for.
absl::Status RemoveIndex(const std::string& root, int root_fd, int64_t* freed) {
  std::string path = root + "/index.db";
  struct stat status;
  bool regular =
      fstatat(root_fd, "index.db", &status, AT_SYMLINK_NOFOLLOW) == 0 &&
      S_ISREG(status.st_mode);
  absl::StatusOr<SqliteDatabase> database = absl::NotFoundError("");
  if (regular) {
    database = SqliteDatabase::Open(
        path, {.create = false, .busy_timeout = absl::Seconds(2)});
  }
  if (database.ok()) {
    absl::Status alone = database->Execute("PRAGMA journal_mode=DELETE");
    if (alone.ok()) alone = database->Execute("BEGIN EXCLUSIVE");
    if (absl::IsUnavailable(alone)) {
      return absl::UnavailableError(absl::StrCat(
          "cache: ", path, ": expected no build to use it, got one"));
    }
  }
  for (const char* name : kIndexFiles) {
    absl::Status removed =
        RemoveFile(root_fd, name, absl::StrCat(root, "/", name), freed);
    if (!removed.ok()) return removed;
  }
  return absl::OkStatus();
}

absl::Status RemoveBans(const std::string& root, int root_fd) {
  absl::Status of_headers = ClearHeaderBans(root, "").status();
  if (!of_headers.ok()) return of_headers;
  struct stat status;
  if (fstatat(root_fd, "index.db", &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return absl::OkStatus();
  }
  absl::StatusOr<Store> store = Store::Open(root);
  if (!store.ok()) return store.status();
  return store->ClearBans().status();
}

}  // namespace

absl::StatusOr<CleanTarget> CleanTargetFromName(absl::string_view name) {
  for (size_t i = 0; i < std::size(kTargetNames); ++i) {
    if (kTargetNames[i] == name) return static_cast<CleanTarget>(i);
  }
  absl::string_view near = Nearest(name, kTargetNames);
  return absl::InvalidArgumentError(absl::StrCat(
      "clean: expected lto, objects, seeds, maps, headers, index, bans or all, "
      "got '",
      name, "'",
      near.empty() ? "" : absl::StrCat(": did you mean '", near, "'?")));
}

absl::StatusOr<int64_t> Clean(const std::string& root, CleanTarget target) {
  Fd root_fd = OpenRoot(root);
  if (!root_fd.ok()) {
    if (errno == ENOENT) return 0;
    return Failed(root, "a folder", errno);
  }
  struct stat status;
  if (fstat(root_fd.get(), &status) != 0) return Failed(root, "stat", errno);
  int64_t freed = 0;
  const CleanTarget of_folder[] = {CleanTarget::kLto, CleanTarget::kObjects,
                                   CleanTarget::kSeeds, CleanTarget::kMaps,
                                   CleanTarget::kHeaders};
  for (size_t i = 0; i < std::size(kFolders); ++i) {
    if (target != of_folder[i] && target != CleanTarget::kAll) continue;
    absl::Status removed = RemoveTree(root_fd.get(), kFolders[i],
                                      absl::StrCat(root, "/", kFolders[i]),
                                      status.st_dev, 0, &freed);
    if (!removed.ok()) return removed;
  }
  absl::Status removed;
  if (target == CleanTarget::kAll) {
    removed = RemoveTree(root_fd.get(), "bans", root + "/bans", status.st_dev,
                         0, &freed);
    if (!removed.ok()) return removed;
  }
  if (target == CleanTarget::kIndex || target == CleanTarget::kAll) {
    removed = RemoveIndex(root, root_fd.get(), &freed);
  } else if (target == CleanTarget::kBans) {
    removed = RemoveBans(root, root_fd.get());
  }
  if (!removed.ok()) return removed;
  return freed;
}

absl::StatusOr<int64_t> Prune(const std::string& root, int64_t max_bytes,
                              absl::Duration max_age) {
  Fd root_fd = OpenRoot(root);
  if (!root_fd.ok()) {
    if (errno == ENOENT) return 0;
    return Failed(root, "a folder", errno);
  }
  struct stat status;
  if (fstat(root_fd.get(), &status) != 0) return Failed(root, "stat", errno);
  std::vector<CachedFile> files;
  int64_t total = 0;
  for (const char* name : kFolders) {
    Fd folder = OpenFolder(root_fd.get(), name);
    if (!folder.ok()) continue;
    Walk(folder.get(), name, status.st_dev, 0, [&](CachedFile file) {
      total += file.size;
      files.push_back(std::move(file));
    });
  }
  std::sort(files.begin(), files.end(),
            [](const CachedFile& a, const CachedFile& b) {
              if (a.used != b.used) return a.used < b.used;
              return a.path < b.path;
            });
  absl::Time oldest = absl::Now() - max_age;
  int64_t freed = 0;
  for (const CachedFile& file : files) {
    bool too_much = max_bytes >= 0 && total > max_bytes;
    if (!too_much && file.used >= oldest) break;
    absl::Status removed = RemoveBelow(root_fd.get(), file.path, &freed);
    if (!removed.ok()) return removed;
    total -= file.size;
  }
  return freed;
}

absl::StatusOr<int64_t> PruneAfterBuild(const std::string& root) {
  return Prune(root, int64_t{4} << 30, absl::Hours(24 * 30));
}

absl::StatusOr<std::vector<FolderSize>> FolderSizes(const std::string& root) {
  std::vector<FolderSize> sizes;
  for (const char* name : kFolders) sizes.push_back({.name = name});
  FolderSize index{.name = "index"};
  Fd root_fd = OpenRoot(root);
  struct stat status;
  if (root_fd.ok() && fstat(root_fd.get(), &status) == 0) {
    for (FolderSize& size : sizes) {
      Fd folder = OpenFolder(root_fd.get(), size.name.c_str());
      if (!folder.ok()) continue;
      Walk(folder.get(), size.name, status.st_dev, 0,
           [&](const CachedFile& file) {
             size.bytes += file.size;
             ++size.files;
           });
    }
    for (const char* name : kIndexFiles) {
      if (fstatat(root_fd.get(), name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
          !S_ISREG(status.st_mode)) {
        continue;
      }
      index.bytes += status.st_size;
      ++index.files;
    }
  } else if (errno != ENOENT) {
    return Failed(root, "a folder", errno);
  }
  sizes.push_back(std::move(index));
  return sizes;
}

}  // namespace dfe::store
