// The rounds. Clean, build, keep the artifact, run the tests; then run the
// programs. What is odd but no error becomes a note of the result.
#include "dfe/bench/measure.h"

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <system_error>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "dfe/bench/artifact.h"
#include "dfe/bench/machine.h"
#include "dfe/bench/sampler.h"

namespace dfe::bench {
namespace {

namespace fs = std::filesystem;

// A shell's own codes for "cannot be run"; above them: ended by a signal.
constexpr int kFirstShellFailure = 126;
constexpr size_t kShownLogLines = 20;
// Program runs shorter than this say little about a 2 % limit.
constexpr double kShortWorkload = 0.05;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();  // a read error is a bit here, not an exception
  return text.str();
}

std::string LastLines(const std::string& text) {
  std::vector<absl::string_view> lines =
      absl::StrSplit(text, '\n', absl::SkipEmpty());
  if (lines.size() > kShownLogLines) {
    lines.erase(lines.begin(),
                lines.end() - static_cast<int64_t>(kShownLogLines));
  }
  return absl::StrJoin(lines, "\n");
}

// The state of one Measure call.
class Measurement {
 public:
  Measurement(const Plan& plan, const ProgressFn& progress, std::string scratch)
      : plan_(plan),
        progress_(progress),
        scratch_(std::move(scratch)),
        outputs_(plan.sides.size()),
        symbols_(plan.sides.size()) {
    result_.project = plan.project;
    result_.run_command = plan.run_command;
    result_.output_ignore = plan.output_ignore;
    result_.allowed = plan.allowed;
    result_.warmup = plan.warmup;
    result_.sides = plan.sides;
    result_.sameness.resize(plan.sides.size() - 1);
  }

  absl::StatusOr<BenchResult> Run() {
    result_.date = absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now(),
                                    absl::UTCTimeZone());
    result_.versions = ProbeVersions(plan_.directory);
    result_.flags = ProbeFlags();
    result_.machine = ProbeMachine();
    // 1. Builds. After this the copies of the artifacts are fixed.
    for (int round = -plan_.warmup; round < plan_.runs; ++round) {
      absl::Status built = BuildRound(round);
      if (!built.ok()) return built;
    }
    // 2. The programs: round -1 warms up and gives the outputs.
    if (!plan_.run_command.empty()) {
      for (int round = -1; round < plan_.program_runs; ++round) {
        absl::Status ran = ProgramRound(round);
        if (!ran.ok()) return ran;
      }
    }
    // 3. Sameness. After this the result is fixed.
    absl::Status compared = CompareSides();
    if (!compared.ok()) return compared;
    AddNotes();
    return std::move(result_);
  }

 private:
  std::string CopyPath(size_t side) const {
    return absl::StrCat(scratch_, "/side", side);
  }
  std::string ArtifactPath(size_t side) const {
    return (fs::path(plan_.directory) / plan_.sides[side].artifact).string();
  }

  absl::StatusOr<Sample> RunCommand(size_t side, const std::string& script) {
    ShellCommand command;
    command.script = script;
    command.directory = plan_.directory;
    command.environment = plan_.sides[side].environment;
    command.stdout_file = command.stderr_file = scratch_ + "/log";
    return sampler_.Run(command);
  }

  absl::Status Failed(size_t side, absl::string_view what, int code) {
    std::string log = LastLines(ReadFile(scratch_ + "/log"));
    return absl::FailedPreconditionError(absl::StrCat(
        "bench: ", what, " of '", plan_.sides[side].label,
        "': expected exit code 0, got ", code, log.empty() ? "" : "\n", log));
  }

  absl::Status BuildRound(int round) {
    std::vector<size_t> order =
        RoundOrder(round + plan_.warmup, plan_.sides.size());
    for (size_t position = 0; position < order.size(); ++position) {
      const size_t side = order[position];
      const std::string& label = plan_.sides[side].label;
      progress_(round < 0 ? absl::StrCat("warm-up: building ", label)
                          : absl::StrCat("round ", round + 1, " of ",
                                         plan_.runs, ": building ", label));
      absl::Status built = BuildOnce(side, round, static_cast<int>(position));
      if (!built.ok()) return built;
      if (round == plan_.runs - 1) {
        absl::Status checked = CheckOnce(side);
        if (!checked.ok()) return checked;
      }
    }
    return absl::OkStatus();
  }

  absl::Status BuildOnce(size_t side, int round, int position) {
    absl::StatusOr<Sample> cleaned = RunCommand(side, plan_.sides[side].clean);
    if (!cleaned.ok()) return cleaned.status();
    if (cleaned->exit_code != 0) {
      return Failed(side, "clean", cleaned->exit_code);
    }
    const bool has_artifact = !plan_.sides[side].artifact.empty();
    const std::string before =
        has_artifact ? FileStamp(ArtifactPath(side)) : "";
    absl::StatusOr<Sample> built = RunCommand(side, plan_.sides[side].build);
    if (!built.ok()) return built.status();
    if (built->exit_code != 0) return Failed(side, "build", built->exit_code);
    BuildSample sample;
    sample.round = round;
    sample.position = position;
    sample.wall_seconds = built->wall_seconds;
    sample.user_seconds = built->user_seconds;
    sample.system_seconds = built->system_seconds;
    sample.peak_rss_kib = built->peak_rss_kib;
    sample.still_running = static_cast<int64_t>(built->still_running.size());
    leftovers_.insert(built->still_running.begin(), built->still_running.end());
    if (has_artifact) {
      absl::Status kept = KeepArtifact(side, before, &sample);
      if (!kept.ok()) return kept;
    }
    if (round >= 0) result_.sides[side].builds.push_back(sample);
    return absl::OkStatus();
  }

  absl::Status KeepArtifact(size_t side, const std::string& stamp_before,
                            BuildSample* sample) {
    const std::string path = ArtifactPath(side);
    const std::string stamp = FileStamp(path);
    const std::string& label = plan_.sides[side].label;
    if (stamp.empty()) {
      return absl::FailedPreconditionError(
          absl::StrCat("bench: build of '", label, "': expected an artifact ",
                       plan_.sides[side].artifact, ", got none"));
    }
    if (stamp == stamp_before) {
      for (size_t i = 0; i < plan_.sides.size(); ++i) {
        if (i != side &&
            plan_.sides[i].artifact == plan_.sides[side].artifact) {
          return absl::FailedPreconditionError(absl::StrCat(
              "bench: build of '", label, "': expected a new ",
              plan_.sides[side].artifact,
              ", got the old file, which another side shares; let the clean "
              "command remove it"));
        }
      }
      untouched_.insert(label);
    }
    absl::Status copied = CopyFile(path, CopyPath(side));
    if (!copied.ok()) return copied;
    absl::StatusOr<int64_t> size = FileSize(CopyPath(side));
    if (!size.ok()) return size.status();
    sample->size_bytes = *size;
    absl::StatusOr<int64_t> stripped =
        StrippedSize(CopyPath(side), scratch_ + "/stripped");
    if (stripped.ok()) {
      sample->stripped_bytes = *stripped;
    } else {
      tool_notes_.insert(absl::StrCat("no stripped size of '", label,
                                      "': ", stripped.status().message()));
    }
    return absl::OkStatus();
  }

  // The tests may rebuild things, so the artifact was copied before.
  absl::Status CheckOnce(size_t side) {
    Side& chosen = result_.sides[side];
    if (chosen.check.empty()) return absl::OkStatus();
    progress_(absl::StrCat("tests of ", chosen.label));
    absl::StatusOr<Sample> checked = RunCommand(side, chosen.check);
    if (!checked.ok()) return checked.status();
    chosen.check_outcome =
        checked->exit_code == 0 ? CheckOutcome::kPassed : CheckOutcome::kFailed;
    if (checked->exit_code != 0) {
      std::vector<std::string> lines =
          absl::StrSplit(LastLines(ReadFile(scratch_ + "/log")), '\n');
      result_.notes.push_back(absl::StrCat("tests of '", chosen.label,
                                           "': exit code ", checked->exit_code,
                                           ": ", lines.back()));
    }
    return absl::OkStatus();
  }

  absl::Status ProgramRound(int round) {
    std::vector<size_t> order = RoundOrder(round + 1, plan_.sides.size());
    for (size_t position = 0; position < order.size(); ++position) {
      const size_t side = order[position];
      progress_(round < 0
                    ? absl::StrCat("warm-up: running ", plan_.sides[side].label)
                    : absl::StrCat("run ", round + 1, " of ",
                                   plan_.program_runs, ": running ",
                                   plan_.sides[side].label));
      absl::Status ran = RunOnce(side, round, static_cast<int>(position));
      if (!ran.ok()) return ran;
    }
    return absl::OkStatus();
  }

  absl::Status RunOnce(size_t side, int round, int position) {
    // The name is the artifact's own: some programs look at it.
    const std::string shared =
        absl::StrCat(scratch_, "/run/",
                     fs::path(plan_.sides[0].artifact).filename().string());
    // A copy for each run: where the pages of a file lie in memory makes its
    // program up to 2 % faster or slower, as long as they lie there. (Two equal
    // files, 31 runs of each in turns: 1.021x.)
    absl::Status copied = CopyFile(CopyPath(side), shared);
    if (!copied.ok()) return copied;
    ShellCommand command;
    command.script = FillIn(plan_.run_command, shared);
    command.directory = plan_.directory;
    command.stdout_file = scratch_ + "/output";
    command.stderr_file = scratch_ + "/log";
    absl::StatusOr<Sample> ran = sampler_.Run(command);
    if (!ran.ok()) return ran.status();
    ProgramOutput output = {ReadFile(command.stdout_file), ran->exit_code};
    if (round < 0) {
      if (ran->exit_code >= kFirstShellFailure) {
        // A crash of one side alone is a difference; without a working
        // baseline there is nothing to compare with.
        if (side != 0) return Failed(side, "program run", ran->exit_code);
      }
      outputs_[side] = std::move(output);
      return absl::OkStatus();
    }
    absl::StatusOr<Difference> steady =
        CompareOutputs(outputs_[side], output, plan_.output_ignore);
    if (!steady.ok()) return steady.status();
    if (!steady->same) unsteady_.insert(plan_.sides[side].label);
    ProgramSample sample;
    sample.round = round;
    sample.position = position;
    sample.wall_seconds = ran->wall_seconds;
    sample.user_seconds = ran->user_seconds;
    sample.system_seconds = ran->system_seconds;
    sample.peak_rss_kib = ran->peak_rss_kib;
    result_.sides[side].runs.push_back(sample);
    return absl::OkStatus();
  }

  absl::Status CompareSides() {
    for (size_t side = 0; side < plan_.sides.size(); ++side) {
      if (plan_.sides[side].artifact.empty()) continue;
      absl::StatusOr<std::vector<std::string>> symbols =
          DynamicSymbols(CopyPath(side));
      if (symbols.ok()) {
        symbols_[side] = *std::move(symbols);
      } else {
        tool_notes_.insert(absl::StrCat("no symbols of '",
                                        plan_.sides[side].label,
                                        "': ", symbols.status().message()));
      }
    }
    for (size_t side = 1; side < plan_.sides.size(); ++side) {
      Sameness& same = result_.sameness[side - 1];
      if (symbols_[0].has_value() && symbols_[side].has_value()) {
        Difference d = CompareSymbols(*symbols_[side], *symbols_[0]);
        same.symbols = d.same;
        same.symbols_detail = d.detail;
      }
      if (plan_.run_command.empty()) continue;
      absl::StatusOr<Difference> d =
          CompareOutputs(outputs_[side], outputs_[0], plan_.output_ignore);
      if (!d.ok()) return d.status();
      same.output = d->same;
      same.output_detail = d->detail;
    }
    return absl::OkStatus();
  }

  void AddNotes() {
    std::vector<std::string>& notes = result_.notes;
    for (const std::string& label : untouched_) {
      notes.push_back(
          absl::StrCat("a build of '", label, "' left the artifact as it was"));
    }
    for (const std::string& label : unsteady_) {
      notes.push_back(absl::StrCat(
          "the program of '", label,
          "' does not print the same each time (see --output-ignore)"));
    }
    if (!leftovers_.empty()) {
      notes.push_back(
          absl::StrCat("still running after a build, their CPU time so far is "
                       "counted: ",
                       absl::StrJoin(leftovers_, ", ")));
    }
    notes.insert(notes.end(), tool_notes_.begin(), tool_notes_.end());
    double shortest = kShortWorkload;
    for (const Side& side : result_.sides) {
      for (const ProgramSample& s : side.runs) {
        shortest = std::min(shortest, s.wall_seconds);
      }
    }
    if (shortest < kShortWorkload) {
      notes.push_back(absl::StrCat("the workload runs for less than ",
                                   kShortWorkload,
                                   " s, which is short for judging 2 %"));
    }
  }

  const Plan& plan_;
  const ProgressFn& progress_;
  const std::string scratch_;
  Sampler sampler_;
  BenchResult result_;
  std::vector<ProgramOutput> outputs_;
  std::vector<std::optional<std::vector<std::string>>> symbols_;
  std::set<std::string> leftovers_;  // names of processes
  std::set<std::string> untouched_;  // labels
  std::set<std::string> unsteady_;   // labels
  std::set<std::string> tool_notes_;
};

}  // namespace

absl::StatusOr<BenchResult> Measure(const Plan& plan,
                                    const ProgressFn& progress) {
  std::error_code error;
  std::string scratch =
      (fs::temp_directory_path(error) / "dfe-bench-XXXXXX").string();
  if (error || mkdtemp(scratch.data()) == nullptr) {
    return absl::UnknownError(absl::StrCat(
        "bench: cannot make a scratch folder like '", scratch, "'"));
  }
  absl::Cleanup remove = [&] {
    std::error_code ignored;
    fs::remove_all(scratch, ignored);
  };
  fs::create_directory(scratch + "/run", error);
  Measurement measurement(plan, progress, scratch);
  return measurement.Run();
}

}  // namespace dfe::bench
