// Two builds, then one program after the other.
#include "dfe/build/verify_build.h"

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "cargo_json.h"
#include "dfe/base/subprocess.h"
#include "dfe/bench/artifact.h"
#include "dfe/bench/plan.h"
#include "dfe/build/cargo_command.h"
#include "dfe/build/cargo_project.h"

namespace dfe {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

constexpr OptionSpec kOptions[] = {
    {"verify", OptionKind::kFlag, "", "", "build",
     "build a second time without dfe, and compare the programs"},
    {"verify-run", OptionKind::kText, "COMMAND", "", "build",
     "as --verify, and compare what each program ({}) prints in it"},
};

constexpr absl::string_view kFolderOption = "--target-dir";
// A shell's own codes for "cannot be run"; above them: ended by a signal.
constexpr int kFirstShellFailure = 126;
constexpr int kFirstSignal = 128;  // above it: a signal ended the build

// The same build in another target folder.
Words InFolder(const Words& words, const std::string& folder) {
  Words out;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == kFolderOption) {
      ++i;
    } else if (!absl::StartsWith(words[i], absl::StrCat(kFolderOption, "="))) {
      out.push_back(words[i]);
    }
  }
  out.insert(out.end(), {std::string(kFolderOption), folder});
  return out;
}

// The command, with its messages as JSON; an error if it is no `cargo build`.
absl::StatusOr<Words> CommandOf(const ParsedOptions& options) {
  Words words = options.rest;
  if (words.empty()) words = {"cargo", "build", "--release"};
  const CargoCommand command =
      ParseCargoCommand({words.begin() + 1, words.end()});
  if (fs::path(words[0]).filename() != "cargo" ||
      command.subcommand != "build") {
    return absl::InvalidArgumentError(
        absl::StrCat("--verify: expected `cargo build`, got `", words[0],
                     command.subcommand.empty() ? "" : " ", command.subcommand,
                     "`; `dfe verify` is for C and C++"));
  }
  for (const std::string& word : words) {
    if (absl::StartsWith(word, "--message-format")) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--verify: expected no ", word,
          " in the command, because dfe reads the messages itself"));
    }
  }
  // What is for people stays on standard error.
  words.emplace_back("--message-format=json-render-diagnostics");
  return words;
}

std::string Ratio(const std::string& plain, const std::string& dfe,
                  const std::string& scratch) {
  const absl::StatusOr<int64_t> before =
      bench::StrippedSize(plain, scratch + "/stripped");
  const absl::StatusOr<int64_t> after =
      bench::StrippedSize(dfe, scratch + "/stripped");
  if (!before.ok() || !after.ok() || *before == 0) return "size not told";
  return absl::StrFormat(
      "stripped size %.2fx",
      static_cast<double>(*after) / static_cast<double>(*before));
}

// Runs the program under one name for both sides: some print their own.
absl::StatusOr<bench::ProgramOutput> RunProgram(const std::string& command,
                                                const std::string& path,
                                                const std::string& scratch) {
  const std::string copy =
      absl::StrCat(scratch, "/run/", fs::path(path).filename().string());
  absl::Status copied = bench::CopyFile(path, copy);
  if (!copied.ok()) return copied;
  SubprocessOptions run;
  run.argv = {"sh", "-c", bench::FillIn(command, copy)};
  run.stdin_file = "/dev/null";
  run.capture_stdout = true;
  run.discard_stderr = true;
  absl::StatusOr<SubprocessResult> result = RunSubprocess(run);
  if (!result.ok()) return result.status();
  return bench::ProgramOutput{std::move(result->out), result->exit_code};
}

// What differs in how the programs run; empty if nothing does.
absl::StatusOr<std::string> CompareRuns(const std::string& command,
                                        const BuiltProgram& plain,
                                        const BuiltProgram& dfe,
                                        const std::string& scratch) {
  absl::StatusOr<bench::ProgramOutput> before =
      RunProgram(command, plain.path, scratch);
  if (!before.ok()) return before.status();
  if (before->exit_code >= kFirstShellFailure) {
    return absl::FailedPreconditionError(absl::StrCat(
        "--verify-run: ", plain.name,
        ", built without dfe: expected it to run and end by itself, got exit "
        "code ",
        before->exit_code));
  }
  absl::StatusOr<bench::ProgramOutput> after =
      RunProgram(command, dfe.path, scratch);
  if (!after.ok()) return after.status();
  absl::StatusOr<bench::Difference> found =
      bench::CompareOutputs(*before, *after, "");
  if (!found.ok()) return found.status();
  if (found->same) return "";
  // No proof either way, but a reader should know where to look.
  absl::StatusOr<bench::ProgramOutput> again =
      RunProgram(command, plain.path, scratch);
  if (!again.ok()) return again.status();
  const bool steady =
      again->text == before->text && again->exit_code == before->exit_code;
  return absl::StrCat(
      "output: ", found->detail,
      steady ? "" : "; but without dfe it is not the same twice either");
}

// What differs in one program; empty if nothing does.
absl::StatusOr<std::string> CompareProgram(const std::string& command,
                                           const BuiltProgram& plain,
                                           const BuiltProgram& dfe,
                                           const std::string& scratch) {
  const auto before = bench::DynamicSymbols(plain.path);
  const auto after = bench::DynamicSymbols(dfe.path);
  if (before.ok() && after.ok()) {
    const bench::Difference found = bench::CompareSymbols(*before, *after);
    if (!found.same) return absl::StrCat("dynamic symbols: ", found.detail);
  }
  if (command.empty() || !dfe.runs) return "";
  return CompareRuns(command, plain, dfe, scratch);
}

// Tells of each program; returns how many differ.
absl::StatusOr<int> ComparePrograms(
    const std::string& command, const std::vector<BuiltProgram>& plain,
    const std::vector<BuiltProgram>& dfe,
    const std::function<void(absl::string_view)>& say) {
  std::error_code error;
  std::string scratch =
      (fs::temp_directory_path(error) / "dfe-verify-XXXXXX").string();
  if (error || mkdtemp(scratch.data()) == nullptr) {
    return absl::UnavailableError(absl::StrCat(
        "verify: ", scratch, ": expected a folder that can be made"));
  }
  absl::Cleanup remove = [&scratch] {
    std::error_code ignored;
    fs::remove_all(scratch, ignored);
  };
  fs::create_directory(scratch + "/run", error);
  std::map<std::string, std::pair<const BuiltProgram*, const BuiltProgram*>>
      pairs;
  for (const BuiltProgram& program : plain)
    pairs[program.name].first = &program;
  for (const BuiltProgram& program : dfe) pairs[program.name].second = &program;
  int different = 0;
  for (const auto& [name, both] : pairs) {
    if (both.first == nullptr || both.second == nullptr) {
      say(absl::StrCat(name, ": different: made only ",
                       both.first == nullptr ? "with" : "without", " dfe"));
      ++different;
      continue;
    }
    absl::StatusOr<std::string> difference =
        CompareProgram(command, *both.first, *both.second, scratch);
    if (!difference.ok()) return difference.status();
    const bool ran = !command.empty() && both.second->runs;
    say(absl::StrCat(
        name, ": ",
        !difference->empty() ? absl::StrCat("different: ", *difference)
        : ran                ? "same output"
                             : "same dynamic symbols, not run",
        ", ", Ratio(both.first->path, both.second->path, scratch)));
    different += difference->empty() ? 0 : 1;
  }
  return different;
}

}  // namespace

absl::Span<const OptionSpec> VerifyOptions() { return kOptions; }

bool WantsVerify(const ParsedOptions& options) {
  return options.Flag("verify") || options.IsSet("verify-run");
}

std::vector<BuiltProgram> BuiltPrograms(absl::string_view messages) {
  std::vector<BuiltProgram> out;
  for (absl::string_view line : absl::StrSplit(messages, '\n')) {
    const auto message = nlohmann::json::parse(line, nullptr, false);
    if (Text(message, "reason") != "compiler-artifact") continue;
    const nlohmann::json target = Member(message, "target");
    const Words kinds = Strings(Member(target, "kind"));
    if (kinds.empty()) continue;
    BuiltProgram program;
    program.name = absl::StrCat(kinds[0], " ", Text(target, "name"));
    program.path = Text(message, "executable");
    program.runs = !program.path.empty();
    const bool dynamic =
        std::find(kinds.begin(), kinds.end(), "cdylib") != kinds.end();
    if (!program.runs && dynamic) {
      for (const std::string& file : Strings(Member(message, "filenames"))) {
        if (absl::EndsWith(file, ".so")) program.path = file;
      }
    }
    if (!program.path.empty()) out.push_back(std::move(program));
  }
  std::sort(out.begin(), out.end(),
            [](const BuiltProgram& a, const BuiltProgram& b) {
              return a.name < b.name;
            });
  return out;
}

absl::StatusOr<int> RunVerifiedBuild(const ParsedOptions& options,
                                     std::ostream& notes,
                                     const ProjectKind& other) {
  auto say = [&notes](absl::string_view text) {
    notes << "dfe: verify: " << text << "\n" << std::flush;
  };
  absl::StatusOr<Words> words = CommandOf(options);
  if (!words.ok()) return words.status();
  const std::string command = options.Text("verify-run");
  if (options.IsSet("verify-run") && !absl::StrContains(command, "{}")) {
    return absl::InvalidArgumentError(
        absl::StrCat("--verify-run: expected a command with {} where the "
                     "program belongs, got '",
                     command, "'"));
  }
  absl::StatusOr<CargoProject> project = LoadCargoProject(
      (*words)[0], ParseCargoCommand({words->begin() + 1, words->end()}),
      fs::current_path().string());
  if (!project.ok()) return project.status();

  // 1. Both builds.
  ParsedOptions given = options;
  given.rest = *words;
  CapturedBuild with_dfe;
  absl::StatusOr<int> dfe_code = RunBuild(given, notes, other, &with_dfe);
  if (!dfe_code.ok() || *dfe_code > kFirstSignal) return dfe_code;
  say("building again without dfe");
  given.rest = InFolder(*words, project->target_directory + "/dfe-verify");
  CapturedBuild without_dfe;
  without_dfe.plain = true;
  absl::StatusOr<int> code = RunBuild(given, notes, other, &without_dfe);
  if (!code.ok() || *code > kFirstSignal) return code;

  // 2. What they made.
  const std::vector<BuiltProgram> plain = BuiltPrograms(without_dfe.out);
  absl::StatusOr<int> different =
      ComparePrograms(command, plain, BuiltPrograms(with_dfe.out), say);
  if (!different.ok()) return different.status();
  if (*code != *dfe_code) {
    say(absl::StrCat("exit code ", *code, " without dfe, ", *dfe_code,
                     " with it"));
    ++*different;
  }
  say(absl::StrCat("programs: ", plain.size(), ", differences: ", *different,
                   ", units accelerated just now: ", with_dfe.accelerated));
  return *code != 0 ? *code : *different == 0 ? 0 : 1;
}

}  // namespace dfe
