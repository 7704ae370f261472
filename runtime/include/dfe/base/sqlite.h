// A thin owner of sqlite3's handles: databases, prepared statements,
// transactions, and the identity check that keeps us off foreign files.
//
// Threads: a Database and its Statements belong to one thread at a time (the
// connection is opened without sqlite3's own mutex). Processes: any number;
// a writer waits up to the busy timeout for another one.
//
// Errors are absl::Status with the text `sqlite: FILE: WHAT: REASON`:
//   DataLoss            the file is damaged or no SQLite database
//   FailedPrecondition  another program's database, or another schema version
//   Unavailable         still locked after the busy timeout; worth a retry
//   NotFound            the file cannot be opened or does not exist
//   PermissionDenied    the file cannot be written
//   ResourceExhausted   the disk is full, or memory is
//   AlreadyExists       a UNIQUE or other constraint was violated
//   InvalidArgument     wrong SQL or a parameter that the SQL lacks
//   Internal            everything else that sqlite3 can say
#ifndef DFE_BASE_SQLITE_H_
#define DFE_BASE_SQLITE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace dfe {

class SqliteDatabase;

// One prepared statement. Parameters count from 1, columns from 0.
//
//   auto insert = db.Prepare("INSERT INTO t(name, size) VALUES(?1, ?2)");
//   insert->BindText(1, name).BindInteger(2, size);
//   absl::Status done = insert->Run();
//   auto select = db.Prepare("SELECT name FROM t");
//   while (true) {
//     absl::StatusOr<bool> row = select->Step();
//     if (!row.ok()) return row.status();
//     if (!*row) break;
//     use(select->Text(0));
//   }
class SqliteStatement {
 public:
  SqliteStatement(SqliteStatement&&) noexcept = default;
  SqliteStatement& operator=(SqliteStatement&&) noexcept = default;

  // The bytes are copied. A wrong parameter number is remembered and returned
  // by the next Step() or Run().
  SqliteStatement& BindText(int parameter, absl::string_view value);
  SqliteStatement& BindBlob(int parameter, absl::string_view bytes);
  SqliteStatement& BindInteger(int parameter, int64_t value);
  SqliteStatement& BindReal(int parameter, double value);
  SqliteStatement& BindNull(int parameter);

  // True: a row is there to be read. False: no more rows; the statement is
  // reset and may be bound and stepped again.
  absl::StatusOr<bool> Step();

  // Steps to the end, for statements whose rows do not matter; then resets and
  // clears the parameters.
  absl::Status Run();

  // Back to before the first row; parameters are cleared.
  void Reset();

  // Values of the current row. A column of another type is converted as
  // sqlite3 does it ("" or 0 for NULL). The views are valid until the next
  // Step, Run or Reset.
  bool IsNull(int column) const;
  absl::string_view Text(int column) const;
  absl::string_view Blob(int column) const;
  int64_t Integer(int column) const;
  double Real(int column) const;

 private:
  friend class SqliteDatabase;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  SqliteStatement(sqlite3_stmt* statement, absl::string_view path);
  SqliteStatement& Note(int code);

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  std::string path_;
  absl::Status bind_error_;
};

struct SqliteOpenOptions {
  bool read_only = false;
  bool create = true;  // false: a missing file is NotFound
  absl::Duration busy_timeout = absl::Seconds(10);
};

// What tells our files from others': SQLite's application_id and user_version.
// `what` is used in messages ("bench results"). `create_sql` makes the tables
// of a new file; `application_id` and `version` must not be 0.
struct SqliteSchema {
  absl::string_view what;
  int32_t application_id = 0;
  int32_t version = 0;
  absl::string_view create_sql;
};

class SqliteDatabase {
 public:
  SqliteDatabase(SqliteDatabase&&) = default;
  SqliteDatabase& operator=(SqliteDatabase&&) = default;

  // ":memory:" is a private database in memory. Foreign keys are enforced.
  static absl::StatusOr<SqliteDatabase> Open(
      absl::string_view path, const SqliteOpenOptions& options = {});

  // Open, then: a file without any content gets the schema (one transaction,
  // so that two processes may race); a file with our application_id and
  // version is used as it is; any other file is an error and stays untouched.
  // FailedPrecondition: foreign or of another version; DataLoss: damaged.
  static absl::StatusOr<SqliteDatabase> OpenWithSchema(
      absl::string_view path, const SqliteSchema& schema,
      const SqliteOpenOptions& options = {});

  // Runs one or more statements without parameters, passing over their rows.
  absl::Status Execute(absl::string_view sql);

  // Exactly one statement.
  absl::StatusOr<SqliteStatement> Prepare(absl::string_view sql);

  // The first column of the first row; NotFound if there is no row.
  absl::StatusOr<int64_t> QueryInteger(absl::string_view sql);

  // Reads every page and index. DataLoss with sqlite3's first finding.
  absl::Status CheckIntegrity();

  int64_t LastInsertId() const;
  int64_t Changes() const;  // rows touched by the last finished statement
  const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  explicit SqliteDatabase(absl::string_view path) : path_(path) {}
  absl::Status Error(absl::string_view what, int code) const;
  absl::Status ApplySchema(const SqliteSchema& schema, bool read_only);

  std::unique_ptr<sqlite3, Close> handle_;
  std::string path_;
};

// Rolls back unless Commit() succeeded. The database must outlive it and must
// not be moved meanwhile.
//
//   auto transaction = SqliteTransaction::Begin(&db);
//   if (!transaction.ok()) return transaction.status();
//   … work on db …
//   return transaction->Commit();
class SqliteTransaction {
 public:
  // Takes the write lock at once (BEGIN IMMEDIATE), so that no later
  // statement can fail because another writer got in between.
  static absl::StatusOr<SqliteTransaction> Begin(SqliteDatabase* database);

  SqliteTransaction(SqliteTransaction&& other) noexcept;
  SqliteTransaction& operator=(SqliteTransaction&&) = delete;
  ~SqliteTransaction();

  absl::Status Commit();

 private:
  explicit SqliteTransaction(SqliteDatabase* database) : database_(database) {}
  SqliteDatabase* database_;  // null: committed or moved from
};

}  // namespace dfe

#endif  // DFE_BASE_SQLITE_H_
