// Builds with their units and links, and the costs computed from them.
#include <utility>

#include "dfe/store/store.h"
#include "project.h"

namespace dfe::store {
namespace {

constexpr char kBuildColumns[] =
    "SELECT id, project, command, profile, strategy, plain_reason, rustc, "
    "dfe_version, started, wall_us, cpu_us, exit_code, cold FROM builds ";

BuildRecord ReadBuild(const SqliteStatement& row) {
  BuildRecord build;
  build.id = row.Integer(0);
  build.project = std::string(row.Text(1));
  build.command = std::string(row.Text(2));
  build.profile = std::string(row.Text(3));
  build.strategy = std::string(row.Text(4));
  build.plain_reason = std::string(row.Text(5));
  build.rustc = std::string(row.Text(6));
  build.dfe_version = std::string(row.Text(7));
  build.started = absl::FromUnixMicros(row.Integer(8));
  build.wall_us = row.Integer(9);
  build.cpu_us = row.Integer(10);
  if (!row.IsNull(11)) build.exit_code = static_cast<int>(row.Integer(11));
  build.cold = row.Integer(12) != 0;
  return build;
}

// Binds parameters 1 to 12 in the order of the table, without the id.
void BindBuild(const BuildRecord& build, SqliteStatement* statement) {
  statement->BindText(1, build.project)
      .BindText(2, build.command)
      .BindText(3, build.profile)
      .BindText(4, build.strategy)
      .BindText(5, build.plain_reason)
      .BindText(6, build.rustc)
      .BindText(7, build.dfe_version)
      .BindInteger(8, absl::ToUnixMicros(build.started))
      .BindInteger(9, build.wall_us)
      .BindInteger(10, build.cpu_us);
  if (build.exit_code.has_value()) {
    statement->BindInteger(11, *build.exit_code);
  } else {
    statement->BindNull(11);
  }
  statement->BindInteger(12, build.cold ? 1 : 0);
}

absl::StatusOr<int64_t> InsertBuild(const BuildRecord& build,
                                    SqliteDatabase* database) {
  absl::StatusOr<SqliteStatement> insert = database->Prepare(
      "INSERT INTO builds(project, command, profile, strategy, plain_reason, "
      "rustc, dfe_version, started, wall_us, cpu_us, exit_code, cold) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
  if (!insert.ok()) return insert.status();
  BindBuild(build, &*insert);
  absl::Status done = insert->Run();
  if (!done.ok()) return done;
  return database->LastInsertId();
}

// False if there is no such build of this project.
absl::StatusOr<bool> UpdateBuild(int64_t id, const BuildRecord& build,
                                 SqliteDatabase* database) {
  absl::StatusOr<SqliteStatement> update = database->Prepare(
      "UPDATE builds SET command=?2, profile=?3, strategy=?4, plain_reason=?5, "
      "rustc=?6, dfe_version=?7, started=?8, wall_us=?9, cpu_us=?10, "
      "exit_code=?11, cold=?12 WHERE id=?13 AND project=?1");
  if (!update.ok()) return update.status();
  BindBuild(build, &*update);
  update->BindInteger(13, id);
  absl::Status done = update->Run();
  if (!done.ok()) return done;
  return database->Changes() > 0;
}

absl::Status InsertUnits(int64_t build,
                         const std::vector<dispatch::UnitEvent>& units,
                         SqliteDatabase* database) {
  absl::StatusOr<SqliteStatement> insert = database->Prepare(
      "INSERT INTO units(build, crate, hash, kind, strategy, reason, wall_us, "
      "cpu_us, idle_us, peak_rss_kib, own_us, exit_code) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
  if (!insert.ok()) return insert.status();
  for (const dispatch::UnitEvent& unit : units) {
    absl::Status done = insert->BindInteger(1, build)
                            .BindText(2, unit.crate)
                            .BindText(3, unit.unit)
                            .BindText(4, unit.kind)
                            .BindText(5, unit.strategy)
                            .BindText(6, unit.reason)
                            .BindInteger(7, unit.wall_us)
                            .BindInteger(8, unit.cpu_us)
                            .BindInteger(9, unit.idle_us)
                            .BindInteger(10, unit.peak_rss_kib)
                            .BindInteger(11, unit.own_us)
                            .BindInteger(12, unit.exit_code)
                            .Run();
    if (!done.ok()) return done;
  }
  return absl::OkStatus();
}

absl::Status InsertParts(int64_t link, absl::string_view kind,
                         const std::vector<LinkPart>& parts,
                         SqliteDatabase* database) {
  absl::StatusOr<SqliteStatement> insert = database->Prepare(
      "INSERT INTO parts(link, kind, name, functions, bytes) "
      "VALUES(?1, ?2, ?3, ?4, ?5)");
  if (!insert.ok()) return insert.status();
  for (const LinkPart& part : parts) {
    absl::Status done = insert->BindInteger(1, link)
                            .BindText(2, kind)
                            .BindText(3, part.name)
                            .BindInteger(4, part.functions)
                            .BindInteger(5, part.bytes)
                            .Run();
    if (!done.ok()) return done;
  }
  return absl::OkStatus();
}

absl::Status InsertLinks(int64_t build, const std::vector<LinkRecord>& links,
                         SqliteDatabase* database) {
  absl::StatusOr<SqliteStatement> insert = database->Prepare(
      "INSERT INTO links(build, leaf, artifact, text_bytes, live_symbols) "
      "VALUES(?1, ?2, ?3, ?4, ?5)");
  if (!insert.ok()) return insert.status();
  for (const LinkRecord& link : links) {
    absl::Status done = insert->BindInteger(1, build)
                            .BindText(2, link.leaf)
                            .BindText(3, link.artifact)
                            .BindInteger(4, link.text_bytes)
                            .BindInteger(5, link.live_symbols)
                            .Run();
    if (!done.ok()) return done;
    int64_t id = database->LastInsertId();
    done = InsertParts(id, "crate", link.crates, database);
    if (done.ok()) done = InsertParts(id, "input", link.inputs, database);
    if (!done.ok()) return done;
  }
  return absl::OkStatus();
}

absl::Status DropOldBuilds(absl::string_view project,
                           SqliteDatabase* database) {
  absl::StatusOr<SqliteStatement> drop = database->Prepare(
      "DELETE FROM builds WHERE (project=?1 AND id NOT IN (SELECT id FROM "
      "builds WHERE project=?1 ORDER BY id DESC LIMIT ?2)) OR id NOT IN "
      "(SELECT id FROM builds ORDER BY id DESC LIMIT ?3)");
  if (!drop.ok()) return drop.status();
  return drop->BindText(1, project)
      .BindInteger(2, kBuildsKept)
      .BindInteger(3, kBuildsKeptInAll)
      .Run();
}

absl::Status DropDetails(int64_t build, SqliteDatabase* database) {
  for (const char* sql : {"DELETE FROM units WHERE build=?1",
                          "DELETE FROM links WHERE build=?1"}) {
    absl::StatusOr<SqliteStatement> drop = database->Prepare(sql);
    if (!drop.ok()) return drop.status();
    absl::Status done = drop->BindInteger(1, build).Run();
    if (!done.ok()) return done;
  }
  return absl::OkStatus();
}

// The newest builds of one crate, one sample each.
struct CostSamples {
  int64_t last_build = 0;
  std::vector<int64_t> wall, cpu, idle, rss;
};

}  // namespace

absl::StatusOr<int64_t> Store::BeginBuild(const BuildRecord& build) {
  BuildRecord begun = build;
  begun.exit_code.reset();
  return InsertBuild(begun, &database_);
}

absl::Status Store::FinishBuild(int64_t id, const BuildRecord& build,
                                const std::vector<dispatch::UnitEvent>& units,
                                const std::vector<LinkRecord>& links) {
  absl::StatusOr<SqliteTransaction> transaction =
      SqliteTransaction::Begin(&database_);
  if (!transaction.ok()) return transaction.status();
  absl::StatusOr<bool> known = UpdateBuild(id, build, &database_);
  if (!known.ok()) return known.status();
  if (!*known) {
    absl::StatusOr<int64_t> added = InsertBuild(build, &database_);
    if (!added.ok()) return added.status();
    id = *added;
  }
  absl::Status done = DropDetails(id, &database_);
  if (done.ok()) done = InsertUnits(id, units, &database_);
  if (done.ok()) done = InsertLinks(id, links, &database_);
  if (done.ok()) done = DropOldBuilds(build.project, &database_);
  if (!done.ok()) return done;
  return transaction->Commit();
}

absl::StatusOr<std::optional<BuildRecord>> Store::LastBuild(
    absl::string_view project, absl::string_view profile,
    absl::string_view strategy, absl::string_view rustc) {
  absl::StatusOr<SqliteStatement> query = database_.Prepare(
      std::string(kBuildColumns) +
      "WHERE (?1='' OR project=?1) AND (?2='' OR profile=?2) AND (?3='' OR "
      "strategy=?3) AND (?4='' OR rustc=?4) AND exit_code=0 "
      "ORDER BY id DESC LIMIT 1");
  if (!query.ok()) return query.status();
  query->BindText(1, project)
      .BindText(2, profile)
      .BindText(3, strategy)
      .BindText(4, rustc);
  absl::StatusOr<bool> row = query->Step();
  if (!row.ok()) return row.status();
  if (!*row) return std::optional<BuildRecord>();
  return std::optional<BuildRecord>(ReadBuild(*query));
}

absl::StatusOr<std::vector<BuildRecord>> Store::Builds(
    absl::string_view project) {
  absl::StatusOr<SqliteStatement> query = database_.Prepare(
      std::string(kBuildColumns) +
      "WHERE project=?1 AND exit_code IS NOT NULL ORDER BY id");
  if (!query.ok()) return query.status();
  query->BindText(1, project);
  std::vector<BuildRecord> builds;
  while (true) {
    absl::StatusOr<bool> row = query->Step();
    if (!row.ok()) return row.status();
    if (!*row) return builds;
    builds.push_back(ReadBuild(*query));
  }
}

absl::StatusOr<std::vector<std::string>> Store::Projects() {
  absl::StatusOr<SqliteStatement> query = database_.Prepare(
      "SELECT DISTINCT project FROM builds WHERE exit_code IS NOT NULL "
      "ORDER BY project");
  if (!query.ok()) return query.status();
  std::vector<std::string> projects;
  while (true) {
    absl::StatusOr<bool> row = query->Step();
    if (!row.ok()) return row.status();
    if (!*row) return projects;
    projects.emplace_back(query->Text(0));
  }
}

absl::StatusOr<std::vector<dispatch::UnitEvent>> Store::Units(int64_t build) {
  absl::StatusOr<SqliteStatement> query = database_.Prepare(
      "SELECT crate, hash, kind, strategy, reason, wall_us, cpu_us, idle_us, "
      "peak_rss_kib, own_us, exit_code FROM units WHERE build=?1 "
      "ORDER BY rowid");
  if (!query.ok()) return query.status();
  query->BindInteger(1, build);
  std::vector<dispatch::UnitEvent> units;
  while (true) {
    absl::StatusOr<bool> row = query->Step();
    if (!row.ok()) return row.status();
    if (!*row) return units;
    dispatch::UnitEvent unit;
    unit.crate = std::string(query->Text(0));
    unit.unit = std::string(query->Text(1));
    unit.kind = std::string(query->Text(2));
    unit.strategy = std::string(query->Text(3));
    unit.reason = std::string(query->Text(4));
    unit.wall_us = query->Integer(5);
    unit.cpu_us = query->Integer(6);
    unit.idle_us = query->Integer(7);
    unit.peak_rss_kib = query->Integer(8);
    unit.own_us = query->Integer(9);
    unit.exit_code = static_cast<int>(query->Integer(10));
    units.push_back(std::move(unit));
  }
}

absl::StatusOr<std::vector<LinkRecord>> Store::Links(int64_t build) {
  absl::StatusOr<SqliteStatement> query = database_.Prepare(
      "SELECT links.id, leaf, artifact, text_bytes, live_symbols, kind, name, "
      "functions, bytes FROM links LEFT JOIN parts ON parts.link=links.id "
      "WHERE build=?1 ORDER BY links.id, parts.rowid");
  if (!query.ok()) return query.status();
  query->BindInteger(1, build);
  std::vector<LinkRecord> links;
  int64_t last = 0;
  while (true) {
    absl::StatusOr<bool> row = query->Step();
    if (!row.ok()) return row.status();
    if (!*row) return links;
    if (links.empty() || query->Integer(0) != last) {
      last = query->Integer(0);
      LinkRecord& link = links.emplace_back();
      link.leaf = std::string(query->Text(1));
      link.artifact = std::string(query->Text(2));
      link.text_bytes = query->Integer(3);
      link.live_symbols = query->Integer(4);
    }
    if (query->IsNull(5)) continue;  // a link without parts
    LinkRecord& link = links.back();
    auto& parts = query->Text(5) == "crate" ? link.crates : link.inputs;
    parts.push_back(
        {std::string(query->Text(6)), query->Integer(7), query->Integer(8)});
  }
}

absl::StatusOr<std::map<std::string, UnitCost>> Store::UnitCosts(
    absl::string_view project, absl::string_view profile,
    absl::string_view strategy, std::optional<CostsLike> like) {
  absl::StatusOr<SqliteStatement> query = database_.Prepare(
      "SELECT crate, build, units.wall_us, units.cpu_us, idle_us, "
      "peak_rss_kib FROM units JOIN builds ON builds.id=build WHERE "
      "project=?1 AND profile=?2 AND units.strategy=?3 AND "
      "builds.exit_code=0 AND units.exit_code=0 AND (?4=0 OR "
      "(kind=?7 AND reason IN ('none', 'recorded-cost') AND cold=?5 "
      "AND rustc=?6)) "
      "ORDER BY build DESC, units.cpu_us DESC");
  if (!query.ok()) return query.status();
  const CostsLike wanted = like.value_or(CostsLike());
  query->BindText(1, project)
      .BindText(2, profile)
      .BindText(3, strategy)
      .BindInteger(4, like.has_value() ? 1 : 0)
      .BindInteger(5, wanted.cold ? 1 : 0)
      .BindText(6, wanted.rustc)
      .BindText(7, wanted.kind);
  std::map<std::string, CostSamples> samples;
  while (true) {
    absl::StatusOr<bool> row = query->Step();
    if (!row.ok()) return row.status();
    if (!*row) break;
    CostSamples& crate = samples[std::string(query->Text(0))];
    // The first row of a build is its most expensive unit of that name.
    if (crate.last_build == query->Integer(1) ||
        crate.cpu.size() == kCostBuilds) {
      continue;
    }
    crate.last_build = query->Integer(1);
    crate.wall.push_back(query->Integer(2));
    crate.cpu.push_back(query->Integer(3));
    crate.idle.push_back(query->Integer(4));
    crate.rss.push_back(query->Integer(5));
  }
  std::map<std::string, UnitCost> costs;
  for (auto& [crate, sample] : samples) {
    costs[crate] = {Median(sample.wall), Median(sample.cpu),
                    Median(sample.idle), Median(sample.rss),
                    static_cast<int>(sample.cpu.size())};
  }
  return costs;
}

}  // namespace dfe::store
