// What a compiler says of itself, and what that means for a call.
#include "dfe/headers/project_calls.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "dfe/base/subprocess.h"
#include "dfe/base/versions.h"
#include "dfe/format/envelope.h"

namespace dfe::headers {
namespace {

// Why a configuration file cannot be taken, or "": its words come before those
// of each call, and must be such that would not have a call left alone.
std::string ConfigurationRefusal(const std::string& path, std::string* text) {
  auto read = ReadFile(path);
  auto* content = std::get_if<std::string>(&read);
  if (content == nullptr) return "cannot be read";
  std::vector<std::string> words = {"clang"};
  for (absl::string_view line : absl::StrSplit(*content, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (absl::StartsWith(line, "#")) continue;
    if (absl::EndsWith(line, "\\")) line.remove_suffix(1);
    for (std::string& word : SplitCommand(line)) {
      words.push_back(std::move(word));
    }
  }
  words.insert(words.end(), {"-c", "x.cc"});
  *text = std::move(*content);
  const dispatch::CcInvocation call(std::move(words));
  if (!call.dependency_file.empty()) return "makes no object";
  for (const std::string& word : call.flags) {
    if (word == "-include") return "has headers in front already: -include";
  }
  return call.refusal;
}

CompilerFacts AskCompiler(const std::vector<std::string>& words,
                          const std::string& language,
                          const std::string& directory) {
  CompilerFacts facts;
  SubprocessOptions run;
  run.argv = words;
  run.argv.insert(run.argv.end(),
                  {"-v", "-fsyntax-only", "-x", language, "/dev/null"});
  run.working_directory = directory;
  run.capture_stderr = true;
  run.discard_stdout = true;
  absl::StatusOr<SubprocessResult> result = RunSubprocess(run);
  if (!result.ok() || !result->ok()) return facts;
  std::string found = result->err;
  for (absl::string_view line : absl::StrSplit(result->err, '\n')) {
    for (absl::string_view tested : absl::StrSplit(kLlvmTested, ' ')) {
      if (facts.identity.empty() &&
          absl::StrContains(line, absl::StrCat("clang version ", tested))) {
        facts.identity = std::string(line);
      }
    }
    if (absl::ConsumePrefix(&line, "Configuration file: ")) {
      std::string text;
      const std::string why = ConfigurationRefusal(std::string(line), &text);
      absl::StrAppend(&found, "\n", text);
      if (!why.empty() && facts.refusal.empty()) {
        facts.refusal = absl::StrCat("configuration file ", line, ": ", why);
      }
    }
  }
  facts.setup = HashName(found);
  return facts;
}

}  // namespace

ProjectUnit CallLoader::Load(CompileCommand command,
                             const std::string& refusal) {
  ProjectUnit unit{std::move(command.directory),
                   dispatch::CcInvocation(std::move(command.words)),
                   "",
                   "",
                   {},
                   false,
                   "",
                   "",
                   {}};
  if (unit.call.refusal.empty()) unit.call.refusal = refusal;
  if (unit.call.refusal.empty()) {
    unit.call.refusal = unit.call.PrecompiledAlready(unit.directory);
  }
  if (unit.call.refusal.empty()) {
    const CompilerFacts& facts = FactsOf(unit);
    unit.identity = facts.identity;
    unit.setup = facts.setup;
    unit.call.refusal = facts.refusal;
    if (unit.identity.empty()) {
      unit.call.refusal =
          absl::StrCat("not compiled by a Clang of ", kLlvmTested);
    }
  }
  return unit;
}

const CompilerFacts& CallLoader::FactsOf(const ProjectUnit& unit) {
  std::vector<std::string> words = unit.call.ToolchainWords();
  const std::string& program = unit.call.words[0];
  // A relative path means something in its own folder only.
  const bool anywhere = words.empty() && (!absl::StrContains(program, '/') ||
                                          absl::StartsWith(program, "/"));
  const std::string directory = anywhere ? "/" : unit.directory;
  words.insert(words.begin(), program);
  auto [it, is_new] = known_.try_emplace(absl::StrCat(
      directory, "\n", unit.call.language, "\n", absl::StrJoin(words, "\n")));
  if (is_new) {
    it->second = AskCompiler(words, unit.call.language, directory);
  }
  return it->second;
}

}  // namespace dfe::headers
