#include "dfe/base/sqlite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"

namespace dfe {
namespace {

using ::testing::HasSubstr;

constexpr SqliteSchema kSchema = {"tests", 0x64666531, 3,
                                  "CREATE TABLE t(name TEXT UNIQUE, n)"};

std::string NewPath(absl::string_view name) {
  std::string path =
      absl::StrCat(::testing::TempDir(), "/sqlite_test_", getpid(), "_", name);
  std::filesystem::remove(path);
  return path;
}

std::string Slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream all;
  all << in.rdbuf();
  return all.str();
}

TEST(Sqlite, BindsAndReadsEveryType) {
  auto db = SqliteDatabase::Open(":memory:");
  ASSERT_TRUE(db.ok()) << db.status();
  ASSERT_TRUE(db->Execute("CREATE TABLE t(a, b, c, d, e)").ok());
  auto insert = db->Prepare("INSERT INTO t VALUES(?1, ?2, ?3, ?4, ?5)");
  ASSERT_TRUE(insert.ok()) << insert.status();
  std::string bytes("\0x\xff", 3);
  insert->BindText(1, "é")
      .BindBlob(2, bytes)
      .BindInteger(3, int64_t{1} << 40)
      .BindReal(4, 0.5)
      .BindText(5, absl::string_view());
  ASSERT_TRUE(insert->Run().ok());
  EXPECT_EQ(db->Changes(), 1);
  EXPECT_EQ(db->LastInsertId(), 1);
  ASSERT_TRUE(insert->BindInteger(3, 7).Run().ok());  // the rest is NULL again
  auto select = db->Prepare("SELECT * FROM t");
  ASSERT_TRUE(*select->Step());
  EXPECT_EQ(select->Text(0), "é");
  EXPECT_EQ(select->Blob(1), bytes);
  EXPECT_EQ(select->Integer(2), int64_t{1} << 40);
  EXPECT_EQ(select->Real(3), 0.5);
  EXPECT_FALSE(select->IsNull(4));
  ASSERT_TRUE(*select->Step());
  EXPECT_TRUE(select->IsNull(0));
  EXPECT_EQ(select->Text(0), "");
  EXPECT_EQ(select->Integer(2), 7);
  EXPECT_FALSE(*select->Step());
}

TEST(Sqlite, WrongParameterIsReportedByTheNextStep) {
  auto db = SqliteDatabase::Open(":memory:");
  auto select = db->Prepare("SELECT ?1");
  select->BindInteger(2, 1);
  EXPECT_EQ(select->Step().status().code(), absl::StatusCode::kInvalidArgument);
  select->Reset();
  EXPECT_TRUE(select->BindInteger(1, 1).Step().ok());
}

TEST(Sqlite, WrongSqlAndTwoStatementsAreErrors) {
  auto db = SqliteDatabase::Open(":memory:");
  EXPECT_THAT(std::string(db->Prepare("SELEKT 1").status().message()),
              HasSubstr("near \"SELEKT\""));
  EXPECT_EQ(db->Prepare("SELECT 1; SELECT 2").status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(db->Prepare("").status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(db->Prepare("SELECT 1 ; \n").ok());
}

TEST(Sqlite, TransactionRollsBackUnlessCommitted) {
  auto db = SqliteDatabase::OpenWithSchema(":memory:", kSchema);
  ASSERT_TRUE(db.ok()) << db.status();
  {
    auto transaction = SqliteTransaction::Begin(&*db);
    ASSERT_TRUE(db->Execute("INSERT INTO t VALUES('lost', 1)").ok());
  }
  {
    auto transaction = SqliteTransaction::Begin(&*db);
    ASSERT_TRUE(db->Execute("INSERT INTO t VALUES('kept', 1)").ok());
    ASSERT_TRUE(transaction->Commit().ok());
  }
  EXPECT_EQ(*db->QueryInteger("SELECT count(*) FROM t"), 1);
  EXPECT_EQ(*db->QueryInteger("SELECT count(*) FROM t WHERE name='kept'"), 1);
  EXPECT_EQ(db->Execute("INSERT INTO t VALUES('kept', 2)").code(),
            absl::StatusCode::kAlreadyExists);
}

TEST(Sqlite, SecondWriterTimesOutAsUnavailable) {
  std::string path = NewPath("busy.db");
  auto first = SqliteDatabase::OpenWithSchema(path, kSchema);
  SqliteOpenOptions options;
  options.busy_timeout = absl::Milliseconds(20);
  auto second = SqliteDatabase::OpenWithSchema(path, kSchema, options);
  ASSERT_TRUE(second.ok()) << second.status();
  auto held = SqliteTransaction::Begin(&*first);
  ASSERT_TRUE(held.ok());
  EXPECT_EQ(SqliteTransaction::Begin(&*second).status().code(),
            absl::StatusCode::kUnavailable);
  ASSERT_TRUE(held->Commit().ok());
  EXPECT_TRUE(SqliteTransaction::Begin(&*second).ok());
}

TEST(Sqlite, SchemaIsMadeOnceAndRecognised) {
  std::string path = NewPath("schema.db");
  ASSERT_TRUE(SqliteDatabase::OpenWithSchema(path, kSchema)
                  ->Execute("INSERT INTO t VALUES('x', 1)")
                  .ok());
  auto again = SqliteDatabase::OpenWithSchema(path, kSchema);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again->QueryInteger("SELECT n FROM t"), 1);
  EXPECT_EQ(again->QueryInteger("SELECT n FROM t WHERE n=2").status().code(),
            absl::StatusCode::kNotFound);
  SqliteSchema newer = kSchema;
  newer.version = 4;
  absl::Status refused = SqliteDatabase::OpenWithSchema(path, newer).status();
  EXPECT_EQ(refused.message(),
            absl::StrCat("sqlite: ", path,
                         ": tests: expected schema version 4, got 3"));
}

TEST(Sqlite, ForeignFilesAreNamedAndLeftAlone) {
  std::string text = NewPath("notes.txt");
  std::ofstream(text) << std::string(2000, 'x');
  std::string before = Slurp(text);
  absl::Status refused = SqliteDatabase::OpenWithSchema(text, kSchema).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kDataLoss) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr(text));
  EXPECT_EQ(Slurp(text), before);

  std::string other = NewPath("other.db");
  ASSERT_TRUE(
      SqliteDatabase::Open(other)->Execute("CREATE TABLE other(x)").ok());
  before = Slurp(other);
  refused = SqliteDatabase::OpenWithSchema(other, kSchema).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition) << refused;
  EXPECT_EQ(Slurp(other), before);
}

TEST(Sqlite, MissingFileIsNotMadeUnlessAsked) {
  std::string path = NewPath("missing.db");
  SqliteOpenOptions options;
  options.create = false;
  EXPECT_EQ(SqliteDatabase::Open(path, options).status().code(),
            absl::StatusCode::kNotFound);
  options = {};
  options.read_only = true;
  EXPECT_EQ(SqliteDatabase::Open(path, options).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Sqlite, IntegrityCheckFindsADamagedPage) {
  std::string path = NewPath("damaged.db");
  {
    auto db = SqliteDatabase::OpenWithSchema(path, kSchema);
    auto transaction = SqliteTransaction::Begin(&*db);
    for (int i = 0; i < 500; ++i) {
      ASSERT_TRUE(
          db->Execute(absl::StrCat("INSERT INTO t VALUES('name", i, "',1)"))
              .ok());
    }
    ASSERT_TRUE(transaction->Commit().ok());
    EXPECT_TRUE(db->CheckIntegrity().ok());
  }
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(4096 * 2 + 3);  // the cell count of a page
  file.put('\x7f');
  file.close();
  auto db = SqliteDatabase::OpenWithSchema(path, kSchema);
  ASSERT_TRUE(db.ok()) << db.status();
  EXPECT_EQ(db->CheckIntegrity().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace dfe
