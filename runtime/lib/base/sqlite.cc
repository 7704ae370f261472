// sqlite3's result codes and handles, turned into Status and owners.
#include "dfe/base/sqlite.h"

#include <sqlite3.h>

#include <utility>

#include "absl/strings/str_cat.h"

namespace dfe {
namespace {

absl::StatusCode CodeOf(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
      return absl::StatusCode::kDataLoss;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::StatusCode::kUnavailable;
    case SQLITE_CANTOPEN:
      return absl::StatusCode::kNotFound;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return absl::StatusCode::kPermissionDenied;
    case SQLITE_FULL:
    case SQLITE_NOMEM:
      return absl::StatusCode::kResourceExhausted;
    case SQLITE_CONSTRAINT:
      return absl::StatusCode::kAlreadyExists;
    case SQLITE_ERROR:
    case SQLITE_RANGE:
    case SQLITE_MISMATCH:
      return absl::StatusCode::kInvalidArgument;
    default:
      return absl::StatusCode::kInternal;
  }
}

// `detail` is sqlite3's own text; it may be more exact than the code's.
absl::Status MakeError(absl::string_view path, absl::string_view what, int code,
                       const char* detail) {
  return absl::Status(
      CodeOf(code),
      absl::StrCat("sqlite: ", path, ": ", what, ": ",
                   detail == nullptr ? sqlite3_errstr(code) : detail));
}

}  // namespace

// --- SqliteStatement ---------------------------------------------------------

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

SqliteStatement::SqliteStatement(sqlite3_stmt* statement,
                                 absl::string_view path)
    : statement_(statement), path_(path) {}

SqliteStatement& SqliteStatement::Note(int code) {
  if (code != SQLITE_OK && bind_error_.ok()) {
    bind_error_ = MakeError(path_, "bind", code, nullptr);
  }
  return *this;
}

SqliteStatement& SqliteStatement::BindText(int parameter,
                                           absl::string_view value) {
  // A null data pointer would bind NULL instead of "".
  const char* data = value.data() == nullptr ? "" : value.data();
  return Note(sqlite3_bind_text64(statement_.get(), parameter, data,
                                  value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

SqliteStatement& SqliteStatement::BindBlob(int parameter,
                                           absl::string_view bytes) {
  const char* data = bytes.data() == nullptr ? "" : bytes.data();
  return Note(sqlite3_bind_blob64(statement_.get(), parameter, data,
                                  bytes.size(), SQLITE_TRANSIENT));
}

SqliteStatement& SqliteStatement::BindInteger(int parameter, int64_t value) {
  return Note(sqlite3_bind_int64(statement_.get(), parameter, value));
}

SqliteStatement& SqliteStatement::BindReal(int parameter, double value) {
  return Note(sqlite3_bind_double(statement_.get(), parameter, value));
}

SqliteStatement& SqliteStatement::BindNull(int parameter) {
  return Note(sqlite3_bind_null(statement_.get(), parameter));
}

absl::StatusOr<bool> SqliteStatement::Step() {
  if (!bind_error_.ok()) return bind_error_;
  int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement_.get());
    return false;
  }
  absl::Status error = MakeError(
      path_, "step", code, sqlite3_errmsg(sqlite3_db_handle(statement_.get())));
  sqlite3_reset(statement_.get());
  return error;
}

absl::Status SqliteStatement::Run() {
  absl::StatusOr<bool> row = Step();
  while (row.ok() && *row) row = Step();
  Reset();
  return row.status();
}

void SqliteStatement::Reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
  bind_error_ = absl::OkStatus();
}

bool SqliteStatement::IsNull(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

absl::string_view SqliteStatement::Text(int column) const {
  // The order of the two calls is sqlite3's rule: first convert, then measure.
  const unsigned char* text = sqlite3_column_text(statement_.get(), column);
  int size = sqlite3_column_bytes(statement_.get(), column);
  if (text == nullptr) return "";
  return {reinterpret_cast<const char*>(text), static_cast<size_t>(size)};
}

absl::string_view SqliteStatement::Blob(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  int size = sqlite3_column_bytes(statement_.get(), column);
  if (bytes == nullptr) return "";
  return {static_cast<const char*>(bytes), static_cast<size_t>(size)};
}

int64_t SqliteStatement::Integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double SqliteStatement::Real(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}

// --- SqliteDatabase ----------------------------------------------------------

void SqliteDatabase::Close::operator()(sqlite3* handle) const {
  // _v2: statements that still live keep the connection until they go.
  sqlite3_close_v2(handle);
}

absl::Status SqliteDatabase::Error(absl::string_view what, int code) const {
  return MakeError(path_, what, code,
                   handle_ ? sqlite3_errmsg(handle_.get()) : nullptr);
}

absl::StatusOr<SqliteDatabase> SqliteDatabase::Open(
    absl::string_view path, const SqliteOpenOptions& options) {
  SqliteDatabase database(path);
  int flags = SQLITE_OPEN_NOMUTEX;
  flags |= options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (options.create && !options.read_only) flags |= SQLITE_OPEN_CREATE;
  sqlite3* handle = nullptr;
  int code = sqlite3_open_v2(database.path_.c_str(), &handle, flags, nullptr);
  database.handle_.reset(handle);
  if (code != SQLITE_OK) return database.Error("open", code);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(
      handle,
      static_cast<int>(absl::ToInt64Milliseconds(options.busy_timeout)));
  code = sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
  if (code != SQLITE_OK) return database.Error("enable foreign keys", code);
  return database;
}

absl::StatusOr<SqliteDatabase> SqliteDatabase::OpenWithSchema(
    absl::string_view path, const SqliteSchema& schema,
    const SqliteOpenOptions& options) {
  absl::StatusOr<SqliteDatabase> database = Open(path, options);
  if (!database.ok()) return database.status();
  absl::Status ready = database->ApplySchema(schema, options.read_only);
  if (!ready.ok()) return ready;
  return database;
}

absl::Status SqliteDatabase::ApplySchema(const SqliteSchema& schema,
                                         bool read_only) {
  auto is_ours = [&]() -> absl::StatusOr<bool> {
    absl::StatusOr<int64_t> id = QueryInteger("PRAGMA application_id");
    if (!id.ok()) return id.status();
    absl::StatusOr<int64_t> version = QueryInteger("PRAGMA user_version");
    if (!version.ok()) return version.status();
    absl::StatusOr<int64_t> tables =
        QueryInteger("SELECT count(*) FROM sqlite_schema");
    if (!tables.ok()) return tables.status();
    if (*id == 0 && *version == 0 && *tables == 0) return false;
    if (*id != schema.application_id) {
      return absl::FailedPreconditionError(
          absl::StrCat("sqlite: ", path_, ": expected a database of dfe's ",
                       schema.what, ", got another program's"));
    }
    if (*version != schema.version) {
      return absl::FailedPreconditionError(absl::StrCat(
          "sqlite: ", path_, ": ", schema.what, ": expected schema version ",
          schema.version, ", got ", *version));
    }
    return true;
  };
  absl::StatusOr<bool> ours = is_ours();
  if (!ours.ok()) return ours.status();
  if (*ours) return absl::OkStatus();
  if (read_only) {
    return absl::FailedPreconditionError(
        absl::StrCat("sqlite: ", path_, ": expected a database of dfe's ",
                     schema.what, ", got an empty file"));
  }
  absl::StatusOr<SqliteTransaction> transaction =
      SqliteTransaction::Begin(this);
  if (!transaction.ok()) return transaction.status();
  // Another process may have made the tables while this one waited.
  ours = is_ours();
  if (!ours.ok()) return ours.status();
  if (*ours) return absl::OkStatus();
  absl::Status made = Execute(absl::StrCat(
      schema.create_sql, ";PRAGMA application_id=", schema.application_id,
      ";PRAGMA user_version=", schema.version));
  if (!made.ok()) return made;
  return transaction->Commit();
}

absl::Status SqliteDatabase::Execute(absl::string_view sql) {
  int code = sqlite3_exec(handle_.get(), std::string(sql).c_str(), nullptr,
                          nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : Error("execute", code);
}

absl::StatusOr<SqliteStatement> SqliteDatabase::Prepare(absl::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  int code = sqlite3_prepare_v2(handle_.get(), sql.data(),
                                static_cast<int>(sql.size()), &raw, &tail);
  if (code != SQLITE_OK) return Error("prepare", code);
  SqliteStatement statement(raw, path_);
  size_t used = raw == nullptr ? 0 : static_cast<size_t>(tail - sql.data());
  if (raw == nullptr ||
      sql.substr(used).find_first_not_of(" \t\n;") != absl::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("sqlite: ", path_,
                     ": prepare: expected one statement, got '", sql, "'"));
  }
  return statement;
}

absl::StatusOr<int64_t> SqliteDatabase::QueryInteger(absl::string_view sql) {
  absl::StatusOr<SqliteStatement> query = Prepare(sql);
  if (!query.ok()) return query.status();
  absl::StatusOr<bool> row = query->Step();
  if (!row.ok()) return row.status();
  if (!*row) {
    return absl::NotFoundError(absl::StrCat(
        "sqlite: ", path_, ": expected a row, got none from '", sql, "'"));
  }
  return query->Integer(0);
}

absl::Status SqliteDatabase::CheckIntegrity() {
  absl::StatusOr<SqliteStatement> check = Prepare("PRAGMA integrity_check(1)");
  if (!check.ok()) return check.status();
  absl::StatusOr<bool> row = check->Step();
  if (!row.ok()) return row.status();
  if (*row && check->Text(0) == "ok") return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("sqlite: ", path_, ": damaged: ", check->Text(0)));
}

int64_t SqliteDatabase::LastInsertId() const {
  return sqlite3_last_insert_rowid(handle_.get());
}

int64_t SqliteDatabase::Changes() const {
  return sqlite3_changes(handle_.get());
}

// --- SqliteTransaction -------------------------------------------------------

absl::StatusOr<SqliteTransaction> SqliteTransaction::Begin(
    SqliteDatabase* database) {
  absl::Status begun = database->Execute("BEGIN IMMEDIATE");
  if (!begun.ok()) return begun;
  return SqliteTransaction(database);
}

SqliteTransaction::SqliteTransaction(SqliteTransaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

SqliteTransaction::~SqliteTransaction() {
  // An error here means that sqlite3 rolled back already.
  if (database_ != nullptr) database_->Execute("ROLLBACK").IgnoreError();
}

absl::Status SqliteTransaction::Commit() {
  absl::Status done = database_->Execute("COMMIT");
  if (done.ok()) database_ = nullptr;
  return done;
}

}  // namespace dfe
