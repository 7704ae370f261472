// A C or C++ project: its compiler calls, their records, the plan, and the
// plan's folder for dfe-cc.
#ifndef DFE_HEADERS_PROJECT_H_
#define DFE_HEADERS_PROJECT_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dfe/dispatch/cc_invocation.h"
#include "dfe/format/header_record.h"
#include "dfe/headers/compile_db.h"
#include "dfe/headers/expected_files.h"
#include "dfe/headers/header_planner.h"
#include "dfe/headers/parts_planner.h"

namespace dfe::headers {

// One compiler call and what is known of it.
struct ProjectUnit {
  std::string directory;
  dispatch::CcInvocation call;
  std::string identity;  // of the compiler, as records carry it
  std::string setup;     // hash of what the compiler finds by itself
  HeaderRecord record;   // the first frame
  bool recorded = false;
  std::string record_path;
  std::string record_hash;  // HashName of the first frame
  // Where what it includes is expected, or the folder that it is compiled in,
  // if that is not there: it has no record before the build has made it.
  // Absolute paths. One in which there never is a file is for all of a folder
  // that are not expected to be compiled.
  std::vector<std::string> awaits;
};

struct Project {
  std::string folder;  // of compile_commands.json, or of the makefile
  std::string cache;   // where dfe keeps records and precompiled headers
  std::vector<ProjectUnit> units;
  std::vector<std::string> banned;  // see dfe/store/header_bans.h
  int scanned = 0;                  // records made now; the others were known
  int first_node = 0;  // the number of its plan's first node in the session

  // What the planner is given, in the order of `units`.
  std::vector<PlannedUnit> planned_units;
  HeaderPlan plan;
};

// The plugins and dfe-cc beside this program; "" if they are not there.
std::string FindHeadersPlugin();
std::string FindImportsPlugin();
std::string FindDebugInfoProgram();
std::string FindCcDispatch();

// How many files at a time: `wanted`, or (0) as many as there are cores.
int Jobs(int64_t wanted);

// The calls of the compile database `db`, each with the reason if it is not to
// be planned for; no records yet.
absl::StatusOr<Project> LoadCalls(const std::string& folder,
                                  const std::string& db,
                                  const std::string& cache);

// Gives the units of these numbers their records: those that still fit the
// files on disk, and others by scanning, `jobs` at a time. Those that include
// what is not there get to know what they await. What is not `expected` is not
// scanned, and waits until the first file of its folder comes.
void ReadRecords(Project* project, const std::vector<size_t>& units, int jobs,
                 const ExpectedFiles& expected = {});

// Loads the calls, takes records that still fit the files on disk, makes the
// others by scanning, and plans. Without those whose output is not in `made`,
// if that is known: see dfe/headers/ninja_project.h.
absl::StatusOr<Project> LoadProject(
    const std::string& folder, const std::string& db, const std::string& cache,
    int jobs, const std::optional<std::set<std::string>>& made = {},
    const ExpectedFiles& expected = {});

// What the reason of a unit that awaits something begins with; the name of
// the file follows.
extern const char kAwaits[];

// Plans again, for instance after a ban.
void Replan(Project* project);

// Writes the plan for dfe-cc into `session`; see dfe/dispatch/cc_dispatch.h.
// Nodes whose source does not reach the very files of the plan are dropped, and
// their units become plain ones: the number of dropped nodes.
absl::StatusOr<int> WriteSession(Project* project, const std::string& session,
                                 int jobs);

// What the planner of parts is given, in the order of the units.
std::vector<PartsUnit> PartsUnits(const Project& project);

// Writes which files are compiled in parts into `session`; see
// dfe/dispatch/cc_parts.h.
absl::Status WriteParts(const Project& project, const PartsWish& wish,
                        const std::string& session);

}  // namespace dfe::headers

#endif  // DFE_HEADERS_PROJECT_H_
