// Opening the index: identity, damage, journal mode.
//
// A health check at each opening is cheap against a build, and lets every later
// statement rely on the file. A flipped bit in a number is not found by it; it
// can only make a plan slower, never a build wrong.
#include "dfe/store/store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace dfe::store {
namespace {

constexpr char kCreateSql[] = R"sql(
CREATE TABLE builds(
  id INTEGER PRIMARY KEY, project TEXT NOT NULL, command TEXT NOT NULL,
  profile TEXT NOT NULL, strategy TEXT NOT NULL, plain_reason TEXT NOT NULL,
  rustc TEXT NOT NULL, dfe_version TEXT NOT NULL, started INTEGER NOT NULL,
  wall_us INTEGER NOT NULL, cpu_us INTEGER NOT NULL, exit_code INTEGER,
  cold INTEGER NOT NULL);
CREATE INDEX builds_of_project ON builds(project, id);
CREATE TABLE units(
  build INTEGER NOT NULL REFERENCES builds(id) ON DELETE CASCADE,
  crate TEXT NOT NULL, hash TEXT NOT NULL, kind TEXT NOT NULL,
  strategy TEXT NOT NULL, reason TEXT NOT NULL, wall_us INTEGER NOT NULL,
  cpu_us INTEGER NOT NULL, idle_us INTEGER NOT NULL,
  peak_rss_kib INTEGER NOT NULL, own_us INTEGER NOT NULL,
  exit_code INTEGER NOT NULL);
CREATE INDEX units_of_build ON units(build);
CREATE TABLE links(
  id INTEGER PRIMARY KEY,
  build INTEGER NOT NULL REFERENCES builds(id) ON DELETE CASCADE,
  leaf TEXT NOT NULL, artifact TEXT NOT NULL, text_bytes INTEGER NOT NULL,
  live_symbols INTEGER NOT NULL);
CREATE INDEX links_of_build ON links(build);
CREATE TABLE parts(
  link INTEGER NOT NULL REFERENCES links(id) ON DELETE CASCADE,
  kind TEXT NOT NULL, name TEXT NOT NULL, functions INTEGER NOT NULL,
  bytes INTEGER NOT NULL);
CREATE INDEX parts_of_link ON parts(link);
CREATE TABLE bans(
  project TEXT NOT NULL, strategy TEXT NOT NULL, reason TEXT NOT NULL,
  at INTEGER NOT NULL, PRIMARY KEY(project, strategy));
CREATE TABLE probes(
  rustc TEXT NOT NULL, linker_key TEXT NOT NULL, works INTEGER NOT NULL,
  detail TEXT NOT NULL, PRIMARY KEY(rustc, linker_key))
)sql";

constexpr SqliteSchema kSchema = {.what = "build index",
                                  .application_id = 0x64666573,
                                  .version = 2,
                                  .create_sql = kCreateSql};

absl::StatusOr<std::string> SchemaText(SqliteDatabase* database) {
  absl::StatusOr<SqliteStatement> query = database->Prepare(
      "SELECT type, name, tbl_name, sql FROM sqlite_schema "
      "WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name");
  if (!query.ok()) return query.status();
  std::string text;
  while (true) {
    absl::StatusOr<bool> row = query->Step();
    if (!row.ok()) return row.status();
    if (!*row) return text;
    absl::StrAppend(&text, query->Text(0), " ", query->Text(1), " ",
                    query->Text(2), " ", query->Text(3), "\n");
  }
}

// A flipped bit in a table's name would pass the integrity check and fail only
// in the middle of a build.
absl::Status CheckTables(SqliteDatabase* database) {
  absl::StatusOr<SqliteDatabase> model =
      SqliteDatabase::OpenWithSchema(":memory:", kSchema);
  if (!model.ok()) return model.status();
  absl::StatusOr<std::string> want = SchemaText(&*model);
  if (!want.ok()) return want.status();
  absl::StatusOr<std::string> got = SchemaText(database);
  if (!got.ok()) return got.status();
  if (*want == *got) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("sqlite: ", database->path(),
                                          ": damaged: the tables differ"));
}

// WAL lets readers and a writer work at once. A file system without shared
// memory refuses it; then the rollback journal stays, and writers wait longer.
void ChooseJournal(SqliteDatabase* database) {
  if (database->Execute("PRAGMA journal_mode=WAL").ok() &&
      database->QueryInteger("SELECT count(*) FROM builds").ok()) {
    // A power cut may lose the last builds then, never damage the file.
    database->Execute("PRAGMA synchronous=NORMAL").IgnoreError();
    return;
  }
  database->Execute("PRAGMA journal_mode=DELETE").IgnoreError();
}

// sqlite3 opens a file that cannot be written as read-only without a word, and
// so it takes one whose header asks for a later sqlite3. The first is an error,
// the second is damage.
absl::Status CheckWritable(SqliteDatabase* database) {
  absl::StatusOr<SqliteTransaction> transaction =
      SqliteTransaction::Begin(database);
  if (!transaction.ok()) return transaction.status();
  // Writes what is there already; rolled back at the end.
  absl::Status written =
      database->Execute(absl::StrCat("PRAGMA user_version=", kSchema.version));
  if (!absl::IsPermissionDenied(written)) return written;
  const std::string& path = database->path();
  std::string folder = path.substr(0, path.rfind('/'));
  if (faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) != 0 ||
      faccessat(AT_FDCWD, folder.c_str(), W_OK, AT_EACCESS) != 0) {
    return written;
  }
  return absl::DataLossError(absl::StrCat(
      "sqlite: ", path, ": damaged: its header says that it is read-only"));
}

absl::StatusOr<SqliteDatabase> OpenHealthy(const std::string& path,
                                           absl::Duration busy_timeout) {
  absl::StatusOr<SqliteDatabase> database = SqliteDatabase::OpenWithSchema(
      path, kSchema, {.busy_timeout = busy_timeout});
  if (!database.ok()) return database.status();
  absl::Status healthy = database->CheckIntegrity();
  if (healthy.ok()) healthy = CheckTables(&*database);
  if (!healthy.ok()) return healthy;
  ChooseJournal(&*database);
  absl::Status writable = CheckWritable(&*database);
  if (!writable.ok()) return writable;
  return database;
}

bool MustStartOver(const absl::Status& status) {
  // InvalidArgument: our own statements are right, so the file is not.
  return absl::IsDataLoss(status) || absl::IsFailedPrecondition(status) ||
         absl::IsInvalidArgument(status);
}

// Moves the file and what belongs to it aside. The journals go first: left
// behind, they would be applied to the fresh file.
absl::Status MoveAside(const std::string& path) {
  for (const char* suffix : {"-wal", "-shm", "-journal", ""}) {
    std::string from = path + suffix;
    std::string to = absl::StrCat(path, ".bad", suffix);
    if (std::rename(from.c_str(), to.c_str()) == 0) continue;
    if (errno == ENOENT) {
      // Not the newer file's: a journal of an older bad one would be applied.
      std::remove(to.c_str());
      continue;
    }
    return absl::PermissionDeniedError(
        absl::StrCat("build index: ", from, ": expected to rename it to '", to,
                     "', got: ", std::strerror(errno)));
  }
  return absl::OkStatus();
}

// Only one process may replace the file; the others find the fresh one.
absl::StatusOr<int> LockRecovery(const std::string& root,
                                 absl::Duration timeout) {
  std::string path = root + "/index.lock";
  int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (fd < 0) {
    return absl::PermissionDeniedError(absl::StrCat(
        "build index: ", path,
        ": expected a file that can be written, got: ", std::strerror(errno)));
  }
  absl::Time deadline = absl::Now() + timeout;
  while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (absl::Now() > deadline) {
      close(fd);
      return absl::UnavailableError(absl::StrCat(
          "build index: ", path, ": expected its lock, got: still held"));
    }
    absl::SleepFor(absl::Milliseconds(5));
  }
  return fd;
}

// While another process puts a fresh file in place, an opening may see it come
// and go, half made or moved since: such errors pass within milliseconds. A
// lock that is held was waited for already.
absl::StatusOr<SqliteDatabase> OpenSettled(const std::string& path,
                                           absl::Duration busy_timeout) {
  absl::StatusOr<SqliteDatabase> database = OpenHealthy(path, busy_timeout);
  for (int i = 0; i < 5; ++i) {
    if (database.ok() || absl::IsUnavailable(database.status())) break;
    absl::SleepFor(absl::Milliseconds(20));
    database = OpenHealthy(path, busy_timeout);
  }
  return database;
}

}  // namespace

std::string CacheRoot(const std::string& override_root) {
  if (!override_root.empty()) return override_root;
  // The base directory rules: a relative path counts as not set.
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && cache[0] == '/') return absl::StrCat(cache, "/dfe");
  const char* home = std::getenv("HOME");
  if (home == nullptr || home[0] == '\0') return "";
  return absl::StrCat(home, "/.cache/dfe");
}

std::string HashedName(absl::string_view text) {
  return absl::StrFormat("%016x", XXH3_64bits(text.data(), text.size()));
}

absl::StatusOr<Store> Store::Open(const std::string& root,
                                  absl::Duration busy_timeout) {
  if (root.empty()) {
    return absl::NotFoundError(
        "build index: expected --store, XDG_CACHE_HOME or HOME to name a "
        "folder, got none");
  }
  std::error_code error;
  std::filesystem::create_directories(root, error);
  if (error) {
    return absl::PermissionDeniedError(absl::StrCat(
        "build index: ", root, ": expected a folder, got: ", error.message()));
  }
  std::string path = root + "/index.db";
  absl::StatusOr<SqliteDatabase> database = OpenHealthy(path, busy_timeout);
  if (absl::IsPermissionDenied(database.status())) {
    database = OpenSettled(path, busy_timeout);
  }
  if (database.ok()) return Store(*std::move(database), root);
  if (!MustStartOver(database.status())) return database.status();

  absl::StatusOr<int> lock = LockRecovery(root, busy_timeout);
  if (!lock.ok()) return lock.status();
  absl::Cleanup unlock = [&lock] { close(*lock); };
  database = OpenSettled(path, busy_timeout);
  if (database.ok()) return Store(*std::move(database), root);
  absl::Status reason = database.status();
  if (!MustStartOver(reason)) return reason;
  absl::Status moved = MoveAside(path);
  if (!moved.ok()) return moved;
  database = OpenSettled(path, busy_timeout);
  if (!database.ok()) return database.status();
  Store store(*std::move(database), root);
  store.warning_ = absl::StrCat(reason.message(), "; moved to '", path,
                                ".bad', what was learned starts anew");
  return store;
}

}  // namespace dfe::store
