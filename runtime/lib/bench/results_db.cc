// The tables of bench-results.db, written and read in one place.
#include "dfe/bench/results_db.h"

#include <functional>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace dfe::bench {
namespace {

constexpr SqliteSchema kSchema = {"bench results", 0x64666562, 1, R"sql(
CREATE TABLE session(
  id INTEGER PRIMARY KEY,
  project TEXT NOT NULL,
  date TEXT NOT NULL,
  cpu TEXT NOT NULL,
  cores INTEGER NOT NULL,
  memory_kib INTEGER NOT NULL,
  warmup INTEGER NOT NULL,
  run_command TEXT NOT NULL,
  output_ignore TEXT NOT NULL,
  allow_slower_program INTEGER NOT NULL,
  allow_larger_program INTEGER NOT NULL,
  allow_symbol_changes INTEGER NOT NULL,
  no_program INTEGER NOT NULL,
  fingerprint TEXT NOT NULL);
CREATE TABLE named_text(
  session INTEGER NOT NULL REFERENCES session(id),
  kind TEXT NOT NULL CHECK(kind IN ('version', 'flag', 'note')),
  name TEXT NOT NULL,
  value TEXT NOT NULL);
CREATE TABLE side(
  session INTEGER NOT NULL REFERENCES session(id),
  number INTEGER NOT NULL,
  label TEXT NOT NULL,
  build TEXT NOT NULL,
  clean TEXT NOT NULL,
  artifact TEXT NOT NULL,
  check_command TEXT NOT NULL,
  check_outcome INTEGER NOT NULL CHECK(check_outcome IN (0, 1, 2)),
  output_same INTEGER,
  output_detail TEXT NOT NULL,
  symbols_same INTEGER,
  symbols_detail TEXT NOT NULL,
  PRIMARY KEY(session, number));
CREATE TABLE side_env(
  session INTEGER NOT NULL,
  side INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  FOREIGN KEY(session, side) REFERENCES side(session, number));
CREATE TABLE build_sample(
  session INTEGER NOT NULL,
  side INTEGER NOT NULL,
  round INTEGER NOT NULL,
  position INTEGER NOT NULL,
  wall_seconds REAL NOT NULL,
  user_seconds REAL NOT NULL,
  system_seconds REAL NOT NULL,
  peak_rss_kib INTEGER NOT NULL,
  still_running INTEGER NOT NULL,
  size_bytes INTEGER,
  stripped_bytes INTEGER,
  PRIMARY KEY(session, side, round),
  FOREIGN KEY(session, side) REFERENCES side(session, number));
CREATE TABLE program_sample(
  session INTEGER NOT NULL,
  side INTEGER NOT NULL,
  round INTEGER NOT NULL,
  position INTEGER NOT NULL,
  wall_seconds REAL NOT NULL,
  user_seconds REAL NOT NULL,
  system_seconds REAL NOT NULL,
  peak_rss_kib INTEGER NOT NULL,
  PRIMARY KEY(session, side, round),
  FOREIGN KEY(session, side) REFERENCES side(session, number)))sql"};

void BindTruth(SqliteStatement* s, int parameter, std::optional<bool> value) {
  if (value.has_value()) s->BindInteger(parameter, *value ? 1 : 0);
}

void BindSize(SqliteStatement* s, int parameter, int64_t bytes) {
  if (bytes >= 0) s->BindInteger(parameter, bytes);
}

std::optional<bool> Truth(const SqliteStatement& s, int column) {
  if (s.IsNull(column)) return std::nullopt;
  return s.Integer(column) != 0;
}

std::string TextOf(const SqliteStatement& s, int column) {
  return std::string(s.Text(column));
}

// Runs `sql` with ?1 = session and hands each row to `use`.
absl::Status ForEachRow(
    SqliteDatabase* db, absl::string_view sql, int64_t session,
    const std::function<void(const SqliteStatement&)>& use) {
  absl::StatusOr<SqliteStatement> select = db->Prepare(sql);
  if (!select.ok()) return select.status();
  select->BindInteger(1, session);
  while (true) {
    absl::StatusOr<bool> row = select->Step();
    if (!row.ok()) return row.status();
    if (!*row) return absl::OkStatus();
    use(*select);
  }
}

absl::StatusOr<int64_t> AddSession(SqliteDatabase* db, const BenchResult& r) {
  absl::StatusOr<SqliteStatement> insert = db->Prepare(
      "INSERT INTO session(project, date, cpu, cores, memory_kib, warmup, "
      "run_command, output_ignore, allow_slower_program, allow_larger_program, "
      "allow_symbol_changes, no_program, fingerprint) "
      "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)");
  if (!insert.ok()) return insert.status();
  absl::Status done = insert->BindText(1, r.project)
                          .BindText(2, r.date)
                          .BindText(3, r.machine.cpu)
                          .BindInteger(4, r.machine.cores)
                          .BindInteger(5, r.machine.memory_kib)
                          .BindInteger(6, r.warmup)
                          .BindText(7, r.run_command)
                          .BindText(8, r.output_ignore)
                          .BindInteger(9, r.allowed.slower_program)
                          .BindInteger(10, r.allowed.larger_program)
                          .BindInteger(11, r.allowed.symbol_changes)
                          .BindInteger(12, r.allowed.no_program)
                          .BindText(13, Fingerprint(r))
                          .Run();
  if (!done.ok()) return done;
  return db->LastInsertId();
}

absl::Status AddNamedTexts(SqliteDatabase* db, int64_t session,
                           const BenchResult& r) {
  absl::StatusOr<SqliteStatement> insert =
      db->Prepare("INSERT INTO named_text VALUES(?1,?2,?3,?4)");
  if (!insert.ok()) return insert.status();
  auto add = [&](absl::string_view kind, absl::string_view name,
                 absl::string_view value) {
    return insert->BindInteger(1, session)
        .BindText(2, kind)
        .BindText(3, name)
        .BindText(4, value)
        .Run();
  };
  absl::Status status;
  for (const auto& [name, value] : r.versions) {
    status.Update(add("version", name, value));
  }
  for (const auto& [name, value] : r.flags) {
    status.Update(add("flag", name, value));
  }
  for (size_t i = 0; i < r.notes.size(); ++i) {
    status.Update(add("note", absl::StrCat(i), r.notes[i]));
  }
  return status;
}

absl::Status AddSide(SqliteDatabase* db, int64_t session, int64_t number,
                     const Side& side, const Sameness& same) {
  absl::StatusOr<SqliteStatement> insert = db->Prepare(
      "INSERT INTO side VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)");
  if (!insert.ok()) return insert.status();
  insert->BindInteger(1, session)
      .BindInteger(2, number)
      .BindText(3, side.label)
      .BindText(4, side.build)
      .BindText(5, side.clean)
      .BindText(6, side.artifact)
      .BindText(7, side.check)
      .BindInteger(8, static_cast<int64_t>(side.check_outcome))
      .BindText(10, same.output_detail)
      .BindText(12, same.symbols_detail);
  BindTruth(&*insert, 9, same.output);
  BindTruth(&*insert, 11, same.symbols);
  absl::Status done = insert->Run();
  if (!done.ok()) return done;
  insert = db->Prepare("INSERT INTO side_env VALUES(?1,?2,?3,?4)");
  if (!insert.ok()) return insert.status();
  for (const auto& [name, value] : side.environment) {
    done.Update(insert->BindInteger(1, session)
                    .BindInteger(2, number)
                    .BindText(3, name)
                    .BindText(4, value)
                    .Run());
  }
  return done;
}

// The columns that both sample tables start with.
template <typename SampleT>
void BindSample(SqliteStatement* insert, int64_t session, int64_t side,
                const SampleT& s) {
  insert->BindInteger(1, session)
      .BindInteger(2, side)
      .BindInteger(3, s.round)
      .BindInteger(4, s.position)
      .BindReal(5, s.wall_seconds)
      .BindReal(6, s.user_seconds)
      .BindReal(7, s.system_seconds)
      .BindInteger(8, s.peak_rss_kib);
}

template <typename SampleT>
void ReadSample(const SqliteStatement& row, SampleT* s) {
  s->round = static_cast<int>(row.Integer(1));
  s->position = static_cast<int>(row.Integer(2));
  s->wall_seconds = row.Real(3);
  s->user_seconds = row.Real(4);
  s->system_seconds = row.Real(5);
  s->peak_rss_kib = row.Integer(6);
}

absl::Status AddSamples(SqliteDatabase* db, int64_t session, int64_t number,
                        const Side& side) {
  absl::StatusOr<SqliteStatement> insert = db->Prepare(
      "INSERT INTO build_sample VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)");
  if (!insert.ok()) return insert.status();
  absl::Status done;
  for (const BuildSample& s : side.builds) {
    BindSample(&*insert, session, number, s);
    insert->BindInteger(9, s.still_running);
    BindSize(&*insert, 10, s.size_bytes);
    BindSize(&*insert, 11, s.stripped_bytes);
    done.Update(insert->Run());
  }
  insert =
      db->Prepare("INSERT INTO program_sample VALUES(?1,?2,?3,?4,?5,?6,?7,?8)");
  if (!insert.ok()) return insert.status();
  for (const ProgramSample& s : side.runs) {
    BindSample(&*insert, session, number, s);
    done.Update(insert->Run());
  }
  return done;
}

absl::Status LoadSides(SqliteDatabase* db, int64_t session, BenchResult* r) {
  absl::Status done = ForEachRow(
      db,
      "SELECT number, label, build, clean, artifact, check_command, "
      "check_outcome, output_same, output_detail, symbols_same, "
      "symbols_detail FROM side WHERE session=?1 ORDER BY number",
      session, [&](const SqliteStatement& row) {
        Side side;
        side.label = TextOf(row, 1);
        side.build = TextOf(row, 2);
        side.clean = TextOf(row, 3);
        side.artifact = TextOf(row, 4);
        side.check = TextOf(row, 5);
        side.check_outcome = static_cast<CheckOutcome>(row.Integer(6));
        r->sides.push_back(std::move(side));
        if (row.Integer(0) == 0) return;
        r->sameness.push_back(
            {Truth(row, 7), TextOf(row, 8), Truth(row, 9), TextOf(row, 10)});
      });
  // A side that is not there belongs to a damaged file; the fingerprint tells.
  auto side_of = [&](const SqliteStatement& row) -> Side* {
    const int64_t number = row.Integer(0);
    const auto count = static_cast<int64_t>(r->sides.size());
    return number >= 0 && number < count
               ? &r->sides[static_cast<size_t>(number)]
               : nullptr;
  };
  done.Update(ForEachRow(
      db,
      "SELECT side, name, value FROM side_env WHERE session=?1 "
      "ORDER BY rowid",
      session, [&](const SqliteStatement& row) {
        if (Side* side = side_of(row)) {
          side->environment.emplace_back(TextOf(row, 1), TextOf(row, 2));
        }
      }));
  done.Update(
      ForEachRow(db,
                 "SELECT side, round, position, wall_seconds, user_seconds, "
                 "system_seconds, peak_rss_kib, still_running, size_bytes, "
                 "stripped_bytes FROM build_sample WHERE session=?1 "
                 "ORDER BY side, round",
                 session, [&](const SqliteStatement& row) {
                   Side* side = side_of(row);
                   if (side == nullptr) return;
                   BuildSample s;
                   ReadSample(row, &s);
                   s.still_running = row.Integer(7);
                   s.size_bytes = row.IsNull(8) ? -1 : row.Integer(8);
                   s.stripped_bytes = row.IsNull(9) ? -1 : row.Integer(9);
                   side->builds.push_back(s);
                 }));
  done.Update(
      ForEachRow(db,
                 "SELECT side, round, position, wall_seconds, user_seconds, "
                 "system_seconds, peak_rss_kib FROM program_sample "
                 "WHERE session=?1 ORDER BY side, round",
                 session, [&](const SqliteStatement& row) {
                   if (Side* side = side_of(row)) {
                     ReadSample(row, &side->runs.emplace_back());
                   }
                 }));
  return done;
}

}  // namespace

absl::StatusOr<ResultsDb> ResultsDb::Open(const std::string& path,
                                          bool create) {
  SqliteOpenOptions options;
  options.create = create;
  options.read_only = !create;
  absl::StatusOr<SqliteDatabase> database =
      SqliteDatabase::OpenWithSchema(path, kSchema, options);
  if (!database.ok()) return database.status();
  absl::Status whole = database->CheckIntegrity();
  if (!whole.ok()) return whole;
  return ResultsDb(*std::move(database));
}

absl::Status ResultsDb::Add(const BenchResult& result) {
  absl::StatusOr<SqliteTransaction> transaction =
      SqliteTransaction::Begin(&database_);
  if (!transaction.ok()) return transaction.status();
  absl::StatusOr<int64_t> session = AddSession(&database_, result);
  if (!session.ok()) return session.status();
  absl::Status done = AddNamedTexts(&database_, *session, result);
  for (size_t i = 0; done.ok() && i < result.sides.size(); ++i) {
    const auto number = static_cast<int64_t>(i);
    done = AddSide(&database_, *session, number, result.sides[i],
                   i == 0 ? Sameness() : result.sameness[i - 1]);
    if (!done.ok()) break;
    done = AddSamples(&database_, *session, number, result.sides[i]);
  }
  if (!done.ok()) return done;
  return transaction->Commit();
}

absl::StatusOr<BenchResult> ResultsDb::LoadSession(int64_t id) {
  BenchResult r;
  std::string fingerprint;
  absl::Status done = ForEachRow(
      &database_,
      "SELECT project, date, cpu, cores, memory_kib, warmup, run_command, "
      "output_ignore, allow_slower_program, allow_larger_program, "
      "allow_symbol_changes, no_program, fingerprint FROM session WHERE id=?1",
      id, [&](const SqliteStatement& row) {
        r.project = TextOf(row, 0);
        r.date = TextOf(row, 1);
        r.machine = {TextOf(row, 2), row.Integer(3), row.Integer(4)};
        r.warmup = row.Integer(5);
        r.run_command = TextOf(row, 6);
        r.output_ignore = TextOf(row, 7);
        r.allowed = {row.Integer(8) != 0, row.Integer(9) != 0,
                     row.Integer(10) != 0, row.Integer(11) != 0};
        fingerprint = TextOf(row, 12);
      });
  done.Update(
      ForEachRow(&database_,
                 "SELECT kind, name, value FROM named_text WHERE session=?1 "
                 "ORDER BY rowid",
                 id, [&](const SqliteStatement& row) {
                   if (row.Text(0) == "note") {
                     r.notes.push_back(TextOf(row, 2));
                   } else {
                     (row.Text(0) == "version" ? r.versions : r.flags)
                         .emplace_back(TextOf(row, 1), TextOf(row, 2));
                   }
                 }));
  done.Update(LoadSides(&database_, id, &r));
  if (!done.ok()) return done;
  if (Fingerprint(r) != fingerprint) {
    return absl::DataLossError(absl::StrCat(
        "bench: ", database_.path(), ": session ", id, " ('", r.project,
        "'): expected fingerprint ", fingerprint, ", got ", Fingerprint(r),
        "; the file was damaged or edited"));
  }
  return r;
}

absl::StatusOr<std::vector<BenchResult>> ResultsDb::LoadAll() {
  std::vector<int64_t> ids;
  absl::Status listed = ForEachRow(
      &database_, "SELECT id FROM session WHERE id>?1 ORDER BY date, id", 0,
      [&](const SqliteStatement& row) { ids.push_back(row.Integer(0)); });
  if (!listed.ok()) return listed;
  std::vector<BenchResult> out;
  for (int64_t id : ids) {
    absl::StatusOr<BenchResult> session = LoadSession(id);
    if (!session.ok()) return session.status();
    out.push_back(*std::move(session));
  }
  return out;
}

}  // namespace dfe::bench
