// Asks Ninja, and reads its answer.
#include "dfe/headers/ninja_project.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "dfe/base/subprocess.h"
#include "dfe/headers/compile_db.h"

namespace dfe::headers {

namespace fs = std::filesystem;

namespace {

// A tool (-t clean) does something else, and its options are its own.
bool NamesATool(std::vector<std::string>::const_iterator begin,
                std::vector<std::string>::const_iterator end) {
  return std::any_of(begin, end, [](const std::string& word) {
    return absl::StartsWith(word, "-t");
  });
}

}  // namespace

std::vector<std::string> DryRunWords(const std::vector<std::string>& words,
                                     const std::string& directory) {
  const std::string program = ProgramName(words[0]);
  std::vector<std::string> dry = words;
  if (program == "ninja" || program == "samu") {
    if (NamesATool(words.begin() + 1, words.end())) return {};
    dry.insert(dry.begin() + 1, {"-n", "-v"});
    return dry;
  }
  if (program != "cmake") return {};
  std::error_code error;
  if (std::find(words.begin(), words.end(), "--build") == words.end() ||
      !fs::exists(WorkingFolder(words, directory) + "/build.ninja", error)) {
    return {};
  }
  // Removes things first, in a run of its own.
  if (std::find(words.begin(), words.end(), "--clean-first") != words.end()) {
    return {};
  }
  const auto own = std::find(words.begin(), words.end(), "--");
  if (own == words.end()) dry.emplace_back("--");
  if (NamesATool(own, words.end())) return {};
  dry.insert(dry.end(), {"-n", "-v"});
  return dry;
}

std::set<std::string> OutputsIn(absl::string_view dry_run) {
  std::set<std::string> outputs;
  for (absl::string_view line : absl::StrSplit(dry_run, '\n')) {
    if (!absl::StrContains(line, "-o")) continue;
    const std::vector<std::string> words = SplitCommand(line);
    for (size_t i = 0; i < words.size(); ++i) {
      if (words[i] == "-o" && i + 1 < words.size()) {
        outputs.insert(words[i + 1]);
      } else if (absl::StartsWith(words[i], "-o")) {
        outputs.insert(words[i].substr(2));
      }
    }
  }
  return outputs;
}

std::optional<std::set<std::string>> OutputsToMake(
    const std::vector<std::string>& words, const std::string& directory) {
  SubprocessOptions run;
  run.argv = DryRunWords(words, directory);
  if (run.argv.empty()) return std::nullopt;
  run.working_directory = directory;
  run.capture_stdout = true;
  run.discard_stderr = true;
  absl::StatusOr<SubprocessResult> done = RunSubprocess(run);
  if (!done.ok() || !done->ok()) return std::nullopt;
  // The list of all commands is out of date itself, and what a new one has to
  // make is not known before it is made.
  for (absl::string_view regenerates :
       {"--regenerate-during-build", "--internal regenerate"}) {
    if (absl::StrContains(done->out, regenerates)) return std::nullopt;
  }
  return OutputsIn(done->out);
}

}  // namespace dfe::headers
