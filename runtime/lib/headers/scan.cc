// Many files a process where they allow it, else one.
#include "dfe/headers/scan.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "dfe/base/in_parallel.h"
#include "dfe/base/subprocess.h"
#include "dfe/dispatch/cc_invocation.h"
#include "dfe/format/envelope.h"
#include "dfe/headers/project.h"

namespace dfe::headers {
namespace {

namespace fs = std::filesystem;

// Runs the plugin; true if it said that all went well.
bool RunPlugin(const ScanJob& job, absl::string_view action,
               const std::string& argument) {
  SubprocessOptions run;
  run.argv = job.flags;
  run.argv.insert(
      run.argv.end(),
      {"-w", "-fsyntax-only", "-fplugin=" + FindHeadersPlugin(), "-Xclang",
       "-plugin", "-Xclang", std::string(action), "-Xclang",
       absl::StrCat("-plugin-arg-", action), "-Xclang", argument});
  run.argv.insert(run.argv.end(), job.language.begin(), job.language.end());
  run.argv.push_back(job.source);
  run.working_directory = job.directory;
  run.discard_stderr = true;
  run.discard_stdout = true;
  absl::StatusOr<SubprocessResult> result = RunSubprocess(run);
  return result.ok() && result->ok();
}

std::string MissingFile(const ScanJob& job) { return job.out + ".missing"; }

void Forget(const std::string& path) {
  std::error_code ignored;
  fs::remove(path, ignored);
}

void Forget(const ScanJob& job) {
  Forget(job.out);
  Forget(MissingFile(job));
}

// What the plugin says of a header that is not there.
std::vector<std::string> TakeMissing(const ScanJob& job) {
  const std::optional<std::string> text = ContentOf(MissingFile(job));
  if (!text) return {};
  Forget(MissingFile(job));
  std::vector<std::string> paths;
  for (absl::string_view line : absl::StrSplit(*text, '\n')) {
    if (line.empty()) continue;
    paths.push_back(
        (fs::path(job.directory) / std::string(line)).lexically_normal());
  }
  return paths;
}

// The time of the newest file, but for those that are dated in the future.
absl::Time Newest(const HeaderRecord& record) {
  const absl::Time now = absl::Now() + kClockTick;
  absl::Time newest = absl::UnixEpoch();
  auto look = [&](uint64_t modified_ns) {
    const absl::Time time =
        absl::FromUnixNanos(static_cast<int64_t>(modified_ns));
    if (time <= now) newest = std::max(newest, time);
  };
  for (const HeaderRecord::File& file : record.files) look(file.modified_ns);
  for (const HeaderRecord::Probe& probe : record.probes) {
    look(probe.modified_ns);
  }
  return newest;
}

// True if no file is so new that one more change could leave it with the same
// time.
bool IsSettled(const HeaderRecord& record, absl::Time started) {
  return Newest(record) + kClockTick < started;
}

// Scans until all files are settled. Nothing also if somebody keeps on writing.
std::optional<KeptRecord> ScanOne(const ScanJob& job) {
  for (int attempt = 0; attempt < 4; ++attempt) {
    const absl::Time started = absl::Now();
    Forget(job);
    if (!RunPlugin(job, "dfe-headers-scan", "out=" + job.out)) break;
    std::optional<KeptRecord> kept = LoadRecord(job.out, job.identity);
    if (!kept || IsSettled(kept->record, started)) return kept;
    absl::SleepFor(Newest(kept->record) + kClockTick - absl::Now());
  }
  Forget(job.out);
  return std::nullopt;
}

// The words of a job: macros, as the plugin wants them, and all others.
struct Words {
  std::vector<std::string> macros;
  std::vector<std::string> others;
};

Words Sorted(const std::vector<std::string>& flags) {
  Words words;
  for (size_t i = 0; i < flags.size(); ++i) {
    const bool is_macro = i > 0 && (absl::StartsWith(flags[i], "-D") ||
                                    absl::StartsWith(flags[i], "-U"));
    std::vector<std::string>& to = is_macro ? words.macros : words.others;
    to.push_back(flags[i]);
    if (!dispatch::TakesNextWord(flags[i]) || i + 1 == flags.size()) continue;
    ++i;
    if (is_macro) {
      to.back() += flags[i];
    } else {
      to.push_back(flags[i]);
    }
  }
  return words;
}

// The file of jobs, see HeaderRecorder/Scan.h.
std::string JobsText(const std::vector<ScanJob>& jobs,
                     const std::vector<size_t>& share) {
  std::string text;
  auto add = [&text](const std::string& word) {
    text.append(word.c_str(), word.size() + 1);
  };
  for (size_t i : share) {
    add(jobs[i].out);
    add(jobs[i].source);
    for (const std::string& macro : Sorted(jobs[i].flags).macros) add(macro);
    add("");
  }
  return text;
}

// Jobs that one process can do, in `parallel` shares. Neighbours in the list
// are in different ones: they have much in common and take as long.
std::vector<std::vector<size_t>> Shares(const std::vector<ScanJob>& jobs,
                                        const std::vector<size_t>& wanted,
                                        int parallel) {
  std::map<std::string, std::vector<size_t>> alike;
  for (size_t i : wanted) {
    const ScanJob& job = jobs[i];
    alike[absl::StrCat(job.directory, "\n", job.identity, "\n",
                       fs::path(job.source).extension().string(), "\n",
                       absl::StrJoin(job.language, "\n"), "\n",
                       absl::StrJoin(Sorted(job.flags).others, "\n"))]
        .push_back(i);
  }
  std::vector<std::vector<size_t>> shares;
  for (const auto& [words, members] : alike) {
    // For ci/proofs/scans, which compares.
    const bool alone = std::getenv("DFE_SCAN_ALONE") != nullptr;
    const size_t count =
        alone ? members.size()
              : std::min(static_cast<size_t>(std::max(parallel, 1)),
                         (members.size() + 1) / 2);
    const size_t first = shares.size();
    shares.resize(first + count);
    for (size_t i = 0; i < members.size(); ++i) {
      shares[first + i % count].push_back(members[i]);
    }
  }
  return shares;
}

}  // namespace

std::optional<KeptRecord> LoadRecord(const std::string& path,
                                     const std::string& identity) {
  std::string hash;
  auto loaded = HeaderRecord::LoadHead(path, identity, &hash);
  auto* record = std::get_if<HeaderRecord>(&loaded);
  if (record == nullptr) return std::nullopt;
  return KeptRecord{std::move(*record), std::move(hash)};
}

std::vector<Scanned> ScanAll(const std::vector<ScanJob>& jobs, int parallel) {
  std::vector<Scanned> results(jobs.size());
  // A record is made once: two that make it would take it away from each other.
  std::map<std::string, size_t> maker;
  std::vector<size_t> wanted;
  for (size_t i = 0; i < jobs.size(); ++i) {
    if (maker.emplace(jobs[i].out, i).second) wanted.push_back(i);
  }
  // Without a record where all went well is what has an error.
  std::vector<char> again(jobs.size(), 1);
  const std::vector<std::vector<size_t>> shares =
      Shares(jobs, wanted, parallel);
  InParallel(shares.size(), parallel, [&](size_t at) {
    const std::vector<size_t>& share = shares[at];
    if (share.size() < 2) return;
    const absl::Time started = absl::Now();
    for (size_t i : share) Forget(jobs[i]);
    const std::string list = jobs[share[0]].out + ".jobs";
    if (WriteFileAtomically(list, JobsText(jobs, share))) return;
    const bool went_well =
        RunPlugin(jobs[share[0]], "dfe-headers-scan-many", "jobs=" + list);
    Forget(list);
    for (size_t i : share) {
      results[i].missing = TakeMissing(jobs[i]);
      std::optional<KeptRecord> kept =
          LoadRecord(jobs[i].out, jobs[i].identity);
      const bool is_new = kept && !IsSettled(kept->record, started);
      again[i] = is_new || (!kept && !went_well && results[i].missing.empty());
      if (kept && !is_new) results[i].record = std::move(kept);
    }
  });
  // One by one what is alone, and what is being written.
  InParallel(wanted.size(), parallel, [&](size_t at) {
    const size_t i = wanted[at];
    if (again[i] == 0) return;
    results[i].record = ScanOne(jobs[i]);
    results[i].missing = TakeMissing(jobs[i]);
  });
  for (size_t i = 0; i < jobs.size(); ++i) {
    const size_t made = maker[jobs[i].out];
    if (made != i) results[i] = results[made];
  }
  return results;
}

}  // namespace dfe::headers
