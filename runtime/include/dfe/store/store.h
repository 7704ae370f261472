// The index of what dfe has learned: builds, what each unit cost, what each
// link kept, which strategies failed where, and which linkers work.
//
// `index.db` in the cache root, an SQLite database; application_id 0x64666573
// ("dfes"), user_version 2. Nothing in it is ever needed for a right build: it
// only makes the next plan better. So a file that is damaged, of another
// program or of another schema version is moved to `index.db.bad` (replacing
// an older one), a fresh one is started, and a warning says so. A folder that
// cannot be written is an error; the caller then builds plainly.
//
// Schema, version 2 (times are microseconds, `started` and
// `at` are microseconds since 1970):
//
//   builds   id, project (absolute path of the root), command, profile,
//            strategy, plain_reason, rustc, dfe_version, started, wall_us,
//            cpu_us, exit_code (NULL: begun, never finished), cold
//   units    build, crate, hash (-C metadata), kind, strategy, reason, wall_us,
//            cpu_us, idle_us (of all cores, while it ran), peak_rss_kib,
//            own_us, exit_code
//   links    id, build, leaf (crate), artifact, text_bytes, live_symbols
//   parts    link, kind ('crate': by symbol name; 'input': by linked file),
//            name, functions, bytes
//   bans     project, strategy, reason, at; at most one for each pair
//   probes   rustc, linker_key, works, detail
//
// Units, links and parts go with their build. Of a project the newest
// kBuildsKept builds are kept, of all together kBuildsKeptInAll. So the file
// stays small, and with it the integrity check at opening: measured 8 ms a MiB,
// and 0.7 MiB for twenty builds of 300 units. sqlite3's quick_check would take
// half of that, but misses damaged indexes, which then fail each later write.
//
// Processes: any number at once (WAL where the file system has it, else a
// rollback journal; a writer waits for another one). Threads: one at a time.
#ifndef DFE_STORE_STORE_H_
#define DFE_STORE_STORE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "dfe/base/sqlite.h"
#include "dfe/dispatch/event_log.h"

namespace dfe::store {

inline constexpr int kBuildsKept = 20;
inline constexpr int kBuildsKeptInAll = 100;

// `override_root` (the --store option) if it is not empty, else
// $XDG_CACHE_HOME/dfe, else ~/.cache/dfe. Empty if none of the three is known.
std::string CacheRoot(const std::string& override_root);

// The name of the folders of a project, or of a compiler, below the cache root:
// 16 hex digits.
std::string HashedName(absl::string_view text);

struct BuildRecord {
  int64_t id = 0;            // given by BeginBuild
  std::string project;       // absolute path of the project's root
  std::string command;       // the build command, for people
  std::string profile;       // release, bench, …
  std::string strategy;      // dispatch::Name(Strategy) of the build as a whole
  std::string plain_reason;  // why the strategy is plain, or empty
  std::string rustc;         // RustToolchain::identity
  std::string dfe_version;
  absl::Time started = absl::UnixEpoch();
  int64_t wall_us = 0;
  int64_t cpu_us = 0;
  std::optional<int> exit_code;  // none: begun, never finished
  bool cold = false;             // nothing was compiled before
};

// A share of the .text of a linked program.
struct LinkPart {
  std::string name;
  int64_t functions = 0;
  int64_t bytes = 0;
};

struct LinkRecord {
  std::string leaf;      // crate name of the leaf unit
  std::string artifact;  // what the linker wrote
  int64_t text_bytes = 0;
  int64_t live_symbols = 0;
  std::vector<LinkPart> crates;  // by the crate in the symbols' names
  std::vector<LinkPart> inputs;  // by the object or archive linked in
};

// Median over the newest kCostBuilds successful builds that compiled it; of
// several units of one name in one build, the most expensive counts.
inline constexpr int kCostBuilds = 5;
struct UnitCost {
  int64_t wall_us = 0;
  int64_t cpu_us = 0;
  int64_t idle_us = 0;  // of all cores, while it ran
  int64_t peak_rss_kib = 0;
  int builds = 0;  // how many the medians come from
};

struct BanRecord {
  std::string project;
  std::string strategy;
  std::string reason;
  absl::Time at;
};

struct ProbeResult {
  bool works = false;
  std::string detail;  // what went wrong, or what linker it is
};

class Store {
 public:
  Store(Store&&) = default;
  Store& operator=(Store&&) = default;

  // Makes the folder and the file if they are absent. Errors are those of
  // SqliteDatabase, and mean that there is nothing to work with.
  static absl::StatusOr<Store> Open(
      const std::string& root, absl::Duration busy_timeout = absl::Seconds(10));

  // One line if Open had to start over, else empty.
  const std::string& warning() const { return warning_; }
  const std::string& root() const { return root_; }

  // Records that a build runs; its numbers and exit code come with FinishBuild.
  absl::StatusOr<int64_t> BeginBuild(const BuildRecord& build);

  // The whole outcome in one transaction: all of it is recorded or nothing.
  // `id` is BeginBuild's; 0, or a build cleaned away meanwhile, makes a new
  // one. Older builds beyond kBuildsKept and kBuildsKeptInAll are dropped.
  absl::Status FinishBuild(int64_t id, const BuildRecord& build,
                           const std::vector<dispatch::UnitEvent>& units,
                           const std::vector<LinkRecord>& links);

  // The newest successful build; an empty argument matches all.
  absl::StatusOr<std::optional<BuildRecord>> LastBuild(
      absl::string_view project, absl::string_view profile = "",
      absl::string_view strategy = "", absl::string_view rustc = "");

  // Finished builds, oldest first, the failed ones too.
  absl::StatusOr<std::vector<BuildRecord>> Builds(absl::string_view project);
  // Every project with a finished build, sorted.
  absl::StatusOr<std::vector<std::string>> Projects();
  absl::StatusOr<std::vector<dispatch::UnitEvent>> Units(int64_t build);
  absl::StatusOr<std::vector<LinkRecord>> Links(int64_t build);

  // Crate name -> cost of its units that were compiled with `strategy`. With
  // `like` only of one kind that nothing of their own kept from another one
  // (coverage, say), in clean or in other builds, by one compiler.
  struct CostsLike {
    absl::string_view kind;
    bool cold = false;
    absl::string_view rustc;
  };
  absl::StatusOr<std::map<std::string, UnitCost>> UnitCosts(
      absl::string_view project, absl::string_view profile,
      absl::string_view strategy, std::optional<CostsLike> like = {});

  // From now on the planner must not use the strategy for the project.
  absl::Status Ban(absl::string_view project, absl::string_view strategy,
                   absl::string_view reason);
  absl::StatusOr<std::optional<BanRecord>> IsBanned(absl::string_view project,
                                                    absl::string_view strategy);
  // Sorted by project and strategy; an empty project means all.
  absl::StatusOr<std::vector<BanRecord>> Bans(absl::string_view project = "");
  // Returns how many there were; an empty project means all.
  absl::StatusOr<int64_t> ClearBans(absl::string_view project = "");

  absl::StatusOr<std::optional<ProbeResult>> GetProbe(
      absl::string_view rustc, absl::string_view linker_key);
  absl::Status PutProbe(absl::string_view rustc, absl::string_view linker_key,
                        const ProbeResult& result);

 private:
  Store(SqliteDatabase database, std::string root)
      : database_(std::move(database)), root_(std::move(root)) {}

  SqliteDatabase database_;
  std::string root_;
  std::string warning_;
};

}  // namespace dfe::store

#endif  // DFE_STORE_STORE_H_
