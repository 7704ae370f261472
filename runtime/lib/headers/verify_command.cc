// `dfe verify`: both objects of each file, and whose header makes them differ.
#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dfe/base/in_parallel.h"
#include "dfe/base/subprocess.h"
#include "dfe/build/session.h"
#include "dfe/dispatch/cc_names.h"
#include "dfe/dispatch/dispatch.h"
#include "dfe/format/envelope.h"
#include "dfe/headers/commands.h"
#include "dfe/headers/object_compare.h"
#include "dfe/headers/project.h"
#include "dfe/headers/resident_compilers.h"
#include "dfe/headers/tried_nodes.h"
#include "dfe/store/header_bans.h"

namespace dfe::headers {
namespace fs = std::filesystem;

namespace {

// One file compiled both ways.
struct Comparison {
  size_t unit = 0;
  int node = -1;
  std::string difference;  // "": the same
  // The same program, of which a debugger is told something else.
  std::string untold;
  std::string refusal;  // not compared, and why
  bool failed = false;  // not compared, and nobody can say that it is right
};

// For two objects that differ in what they tell debuggers alone: whether it
// means the same. Where code is in the source must be.
void CompareDebugInfo(const std::string (&paths)[2], Comparison* result) {
  const std::string program = FindDebugInfoProgram();
  if (program.empty()) return;
  SubprocessOptions run;
  run.argv = {program, paths[0], paths[1]};
  run.capture_stdout = true;
  run.discard_stderr = true;
  absl::StatusOr<SubprocessResult> done = RunSubprocess(run);
  if (!done.ok() || done->exit_code > 1) return;
  const absl::string_view first = absl::StripAsciiWhitespace(done->out);
  if (done->exit_code == 1 && (absl::StartsWith(first, "lost: line ") ||
                               absl::StartsWith(first, "new: line "))) {
    result->difference = absl::StrCat("lines of code: ", first);
    return;
  }
  result->difference.clear();
  result->untold = std::string(first);
}

Comparison CompareUnit(const Project& project, size_t index,
                       const std::string& session) {
  const ProjectUnit& unit = project.units[index];
  Comparison result;
  result.unit = index;
  result.node = project.plan.node_of_unit[index];
  const std::string stem = absl::StrCat(session, "/verify-", index);
  std::string objects[2];
  const std::string paths[2] = {stem + ".o", stem + ".pch.o"};
  const absl::Cleanup remove = [&paths] {
    std::error_code ignored;
    for (const std::string& path : paths) fs::remove(path, ignored);
  };
  for (int planned = 0; planned < 2; ++planned) {
    const std::string& path = paths[planned];
    // Straight to the compiler, the program or what is resident: what dfe-cc
    // would fall back to is of no use here.
    SubprocessOptions run;
    run.argv = unit.call.flags;
    if (planned != 0) {
      auto name =
          ReadFile(absl::StrCat(session, "/cc/nodes/", result.node, ".name"));
      const std::string* pch = std::get_if<std::string>(&name);
      if (pch == nullptr || !fs::exists(*pch)) {
        result.refusal = "precompiled header failed";
        return result;
      }
      run.argv.insert(run.argv.begin() + 1, {"-include-pch", *pch});
      auto plugin =
          ReadFile(absl::StrCat(session, "/cc/nodes/", result.node, ".plugin"));
      if (const auto* path = std::get_if<std::string>(&plugin)) {
        run.argv.insert(run.argv.begin() + 1, absl::StrCat("-fplugin=", *path));
      }
      auto names =
          ReadFile(absl::StrCat(session, "/cc/nodes/", result.node, ".names"));
      if (const auto* text = std::get_if<std::string>(&names)) {
        for (std::string& word :
             dispatch::DebugNameWords(unit.call, dispatch::ParseNames(*text))) {
          run.argv.push_back(std::move(word));
        }
      }
    }
    run.argv.insert(run.argv.end(), {"-c", unit.call.source, "-o", path});
    if (planned != 0) {
      run.argv.insert(run.argv.begin(), {FindCcDispatch(), "--resident"});
      run.environment = {{dispatch::kSessionVariable, session}};
    }
    run.working_directory = unit.directory;
    run.discard_stderr = true;
    absl::StatusOr<SubprocessResult> done = RunSubprocess(run);
    if (!done.ok() || !done->ok()) {
      result.refusal = planned != 0 ? "" : "does not compile";
      if (planned != 0) result.difference = "does not compile";
      return result;
    }
    auto bytes = ReadFile(path);
    auto* text = std::get_if<std::string>(&bytes);
    if (text == nullptr || text->empty()) {
      // The compiler called it a success: there is nothing to compare, which
      // is not the same as nothing to find.
      result.refusal = text == nullptr ? std::get<FormatError>(bytes).message
                                       : "compiled to an empty object";
      result.failed = true;
      return result;
    }
    objects[planned] = std::move(*text);
  }
  result.difference = CompareObjects(objects[0], objects[1]);
  if (!result.difference.empty() &&
      CompareObjects(objects[0], objects[1], Compared::kProgram).empty()) {
    CompareDebugInfo(paths, &result);
  }
  return result;
}

// Compares `units`; fills `results` in their order.
absl::StatusOr<std::vector<Comparison>> CompareAll(
    Project* project, const std::vector<size_t>& units, int jobs) {
  absl::StatusOr<Session> session = Session::Create(project->cache);
  if (!session.ok()) return session.status();
  absl::StatusOr<int> dropped = WriteSession(project, session->folder(), jobs);
  if (!dropped.ok()) return dropped.status();
  BuildNodes(*project, session->folder(), jobs);
  ResidentCompilers residents;
  residents.Start(*project, session->folder());
  std::vector<Comparison> results(units.size());
  InParallel(units.size(), jobs, [&](size_t i) {
    if (project->plan.node_of_unit[units[i]] < 0) {
      results[i].unit = units[i];
      results[i].refusal = "plain now";
      return;
    }
    results[i] = CompareUnit(*project, units[i], session->folder());
  });
  return results;
}

// Whether the unit is the same both ways if these headers are banned. `trial`
// is planned anew.
absl::StatusOr<bool> IsSameWithout(Project* trial, size_t unit,
                                   std::vector<std::string> banned, int jobs) {
  trial->banned = std::move(banned);
  Replan(trial);
  if (trial->plan.node_of_unit[unit] < 0) return true;
  absl::StatusOr<std::vector<Comparison>> again =
      CompareAll(trial, {unit}, jobs);
  if (!again.ok()) return again.status();
  return !(*again)[0].failed && (*again)[0].difference.empty();
}

// The header whose lack makes the difference go: the plan is made without one
// header of the unit's chain after the other, by halves.
absl::StatusOr<std::string> FindCulprit(const Project& project, Project* trial,
                                        size_t unit, int jobs) {
  const int node = project.plan.node_of_unit[unit];
  std::vector<std::string> suspects;
  suspects.reserve(project.plan.nodes[node].headers.size());
  // In the order of inclusion, so that what is left when the later ones are
  // banned is whole.
  const std::vector<std::string>& chain = project.plan.nodes[node].headers;
  for (const HeaderRecord::File& file : project.units[unit].record.files) {
    if (std::binary_search(chain.begin(), chain.end(), file.name)) {
      suspects.push_back(file.name);
    }
  }
  size_t low = 0;  // with suspects[low…] banned there is no difference
  size_t high = suspects.size();
  while (high - low > 1) {
    const size_t middle = (low + high) / 2;
    std::vector<std::string> banned = project.banned;
    banned.insert(banned.end(),
                  suspects.begin() + static_cast<ptrdiff_t>(middle),
                  suspects.end());
    absl::StatusOr<bool> same =
        IsSameWithout(trial, unit, std::move(banned), jobs);
    if (!same.ok()) return same.status();
    (*same ? low : high) = middle;
  }
  return suspects.empty() ? "" : suspects[low];
}

}  // namespace

absl::StatusOr<int> RunVerify(const ParsedOptions& options, std::ostream& out) {
  absl::StatusOr<Project> project = ProjectOf(options);
  if (!project.ok()) return project.status();
  const int jobs = Jobs(options.Integer("jobs"));
  std::vector<size_t> shared;
  for (size_t i = 0; i < project->units.size(); ++i) {
    if (project->plan.node_of_unit[i] >= 0) shared.push_back(i);
  }
  const auto wanted = static_cast<size_t>(options.Integer("sample"));
  if (wanted > 0 && wanted < shared.size()) {
    std::vector<size_t> sample;
    sample.reserve(wanted);
    for (size_t i = 0; i < wanted; ++i) {
      sample.push_back(shared[i * shared.size() / wanted]);
    }
    shared = std::move(sample);
  }
  absl::StatusOr<std::vector<Comparison>> results =
      CompareAll(&*project, shared, jobs);
  if (!results.ok()) return results.status();

  int same = 0;
  int untold = 0;
  std::set<std::string> bans(project->banned.begin(), project->banned.end());
  int different = 0;
  bool failed = false;
  std::optional<Project> trial;
  for (const Comparison& result : *results) {
    const std::string& source = project->units[result.unit].call.source;
    failed = failed || result.failed;
    if (!result.refusal.empty()) {
      out << "not compared " << source << ": " << result.refusal << "\n";
    } else if (!result.untold.empty()) {
      ++untold;
      out << "same program " << source
          << ": debug information: " << result.untold << "\n";
    } else if (result.difference.empty()) {
      ++same;
      if (options.Flag("explain")) out << "same " << source << "\n";
    } else {
      ++different;
      out << "different " << source << ": " << result.difference << "\n";
      if (!trial) trial = *project;
      // A search takes a plan and two compiles for each half; most often the
      // header is the one that was found for a file before.
      if (bans.size() > project->banned.size()) {
        absl::StatusOr<bool> same = IsSameWithout(
            &*trial, result.unit, {bans.begin(), bans.end()}, jobs);
        if (!same.ok()) return same.status();
        if (*same) continue;
      }
      absl::StatusOr<std::string> culprit =
          FindCulprit(*project, &*trial, result.unit, jobs);
      if (!culprit.ok()) return culprit.status();
      if (!bans.insert(*culprit).second) continue;
      // At once: what is known must not be lost with the rest of the run.
      absl::Status saved =
          store::AddHeaderBan(project->cache, project->folder, *culprit);
      if (!saved.ok()) return saved;
      out << "banned " << *culprit << "\n";
    }
  }
  out << same << " files the same, ";
  if (untold > 0) out << untold << " but for debug information, ";
  out << different << " different, "
      << results->size() - same - untold - different << " not compared\n";
  return different == 0 && !failed ? 0 : 1;
}

}  // namespace dfe::headers
