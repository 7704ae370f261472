// What is known apart from single builds: bans and linker probes.
#include <utility>

#include "absl/time/clock.h"
#include "dfe/store/store.h"

namespace dfe::store {
namespace {

BanRecord ReadBan(const SqliteStatement& row) {
  return {std::string(row.Text(0)), std::string(row.Text(1)),
          std::string(row.Text(2)), absl::FromUnixMicros(row.Integer(3))};
}

}  // namespace

absl::Status Store::Ban(absl::string_view project, absl::string_view strategy,
                        absl::string_view reason) {
  absl::StatusOr<SqliteStatement> insert = database_.Prepare(
      "INSERT OR REPLACE INTO bans(project, strategy, reason, at) "
      "VALUES(?1, ?2, ?3, ?4)");
  if (!insert.ok()) return insert.status();
  return insert->BindText(1, project)
      .BindText(2, strategy)
      .BindText(3, reason)
      .BindInteger(4, absl::ToUnixMicros(absl::Now()))
      .Run();
}

absl::StatusOr<std::optional<BanRecord>> Store::IsBanned(
    absl::string_view project, absl::string_view strategy) {
  absl::StatusOr<SqliteStatement> query = database_.Prepare(
      "SELECT project, strategy, reason, at FROM bans "
      "WHERE project=?1 AND strategy=?2");
  if (!query.ok()) return query.status();
  query->BindText(1, project).BindText(2, strategy);
  absl::StatusOr<bool> row = query->Step();
  if (!row.ok()) return row.status();
  if (!*row) return std::optional<BanRecord>();
  return std::optional<BanRecord>(ReadBan(*query));
}

absl::StatusOr<std::vector<BanRecord>> Store::Bans(absl::string_view project) {
  absl::StatusOr<SqliteStatement> query = database_.Prepare(
      "SELECT project, strategy, reason, at FROM bans "
      "WHERE ?1='' OR project=?1 ORDER BY project, strategy");
  if (!query.ok()) return query.status();
  query->BindText(1, project);
  std::vector<BanRecord> bans;
  while (true) {
    absl::StatusOr<bool> row = query->Step();
    if (!row.ok()) return row.status();
    if (!*row) return bans;
    bans.push_back(ReadBan(*query));
  }
}

absl::StatusOr<int64_t> Store::ClearBans(absl::string_view project) {
  absl::StatusOr<SqliteStatement> clear =
      database_.Prepare("DELETE FROM bans WHERE ?1='' OR project=?1");
  if (!clear.ok()) return clear.status();
  absl::Status done = clear->BindText(1, project).Run();
  if (!done.ok()) return done;
  return database_.Changes();
}

absl::StatusOr<std::optional<ProbeResult>> Store::GetProbe(
    absl::string_view rustc, absl::string_view linker_key) {
  absl::StatusOr<SqliteStatement> query = database_.Prepare(
      "SELECT works, detail FROM probes WHERE rustc=?1 AND linker_key=?2");
  if (!query.ok()) return query.status();
  query->BindText(1, rustc).BindText(2, linker_key);
  absl::StatusOr<bool> row = query->Step();
  if (!row.ok()) return row.status();
  if (!*row) return std::optional<ProbeResult>();
  return std::optional<ProbeResult>(
      {query->Integer(0) != 0, std::string(query->Text(1))});
}

absl::Status Store::PutProbe(absl::string_view rustc,
                             absl::string_view linker_key,
                             const ProbeResult& result) {
  absl::StatusOr<SqliteStatement> insert = database_.Prepare(
      "INSERT OR REPLACE INTO probes(rustc, linker_key, works, detail) "
      "VALUES(?1, ?2, ?3, ?4)");
  if (!insert.ok()) return insert.status();
  return insert->BindText(1, rustc)
      .BindText(2, linker_key)
      .BindInteger(3, result.works ? 1 : 0)
      .BindText(4, result.detail)
      .Run();
}

}  // namespace dfe::store
