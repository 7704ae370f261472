// Sizes and symbols by the system's strip and nm; outputs by comparison here.
// Tools that do not take a file are not errors of a measurement: the caller
// notes what could not be told.
#include "dfe/bench/artifact.h"

#include <regex.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "dfe/base/subprocess.h"

namespace dfe::bench {
namespace {

namespace fs = std::filesystem;

// Runs a tool on a file. Unavailable, with the tool's first line, if it fails:
// without folders, as it is kept and published with the results.
absl::StatusOr<std::string> RunTool(std::vector<std::string> argv) {
  SubprocessOptions options;
  options.argv = std::move(argv);
  options.capture_stdout = true;
  options.capture_stderr = true;
  options.stdin_file = "/dev/null";
  // The tool's messages are shown, so they should not depend on the locale.
  options.environment = {{"LC_ALL", "C"}};
  absl::StatusOr<SubprocessResult> run = RunSubprocess(options);
  if (!run.ok()) return absl::UnavailableError(run.status().message());
  if (!run->ok()) {
    std::string line = run->err.substr(0, run->err.find('\n'));
    for (const std::string& word : options.argv) {
      const std::string name = fs::path(word).filename();
      if (name != word) line = absl::StrReplaceAll(line, {{word, name}});
    }
    return absl::UnavailableError(absl::StrCat(options.argv[0], ": exit code ",
                                               run->exit_code,
                                               line.empty() ? "" : ": ", line));
  }
  return std::move(run->out);
}

// Cuts every match out of every line. The pattern was compiled before.
std::string CutMatches(const std::string& text, const regex_t& pattern) {
  std::string out;
  std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out += '\n';
    absl::string_view rest = lines[i];
    int flags = REG_STARTEND;  // glibc and the BSDs: NUL bytes are text
    while (!rest.empty()) {
      regmatch_t match = {0, static_cast<regoff_t>(rest.size())};
      if (regexec(&pattern, rest.data(), 1, &match, flags) != 0) break;
      if (match.rm_eo == match.rm_so) break;  // an empty match cuts nothing
      absl::StrAppend(&out, rest.substr(0, static_cast<size_t>(match.rm_so)));
      rest.remove_prefix(static_cast<size_t>(match.rm_eo));
      flags |= REG_NOTBOL;
    }
    absl::StrAppend(&out, rest);
  }
  return out;
}

}  // namespace

std::string FileStamp(const std::string& path) {
  struct stat s;
  if (stat(path.c_str(), &s) != 0) return "";
  return absl::StrCat(s.st_dev, ":", s.st_ino, ":", s.st_size, ":",
                      s.st_mtim.tv_sec, ".", s.st_mtim.tv_nsec, ":",
                      s.st_ctim.tv_sec, ".", s.st_ctim.tv_nsec);
}

absl::Status CopyFile(const std::string& from, const std::string& to) {
  const std::string partial = absl::StrCat(to, ".partial");
  std::error_code error;
  fs::copy_file(from, partial, fs::copy_options::overwrite_existing, error);
  if (!error) fs::rename(partial, to, error);
  if (error) {
    return absl::UnknownError(
        absl::StrCat("bench: copy ", from, ": ", error.message()));
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> FileSize(const std::string& path) {
  std::error_code error;
  uintmax_t size = fs::file_size(path, error);
  if (error) {
    return absl::NotFoundError(
        absl::StrCat("bench: ", path, ": ", error.message()));
  }
  return static_cast<int64_t>(size);
}

absl::StatusOr<int64_t> StrippedSize(const std::string& path,
                                     const std::string& scratch) {
  absl::StatusOr<std::string> ran = RunTool({"strip", "-o", scratch, path});
  if (!ran.ok()) return ran.status();
  absl::StatusOr<int64_t> size = FileSize(scratch);
  std::error_code ignored;
  fs::remove(scratch, ignored);
  return size;
}

absl::StatusOr<std::vector<std::string>> DynamicSymbols(
    const std::string& path) {
  absl::StatusOr<std::string> text =
      RunTool({"nm", "-D", "--defined-only", path});
  if (!text.ok()) return text.status();
  std::vector<std::string> symbols;
  for (absl::string_view line :
       absl::StrSplit(*text, '\n', absl::SkipEmpty())) {
    // "0000000000001139 T name"
    std::vector<absl::string_view> words =
        absl::StrSplit(line, absl::MaxSplits(' ', 2));
    if (words.size() == 3) {
      symbols.push_back(absl::StrCat(words[1], " ", words[2]));
    }
  }
  std::sort(symbols.begin(), symbols.end());
  return symbols;
}

Difference CompareSymbols(const std::vector<std::string>& before,
                          const std::vector<std::string>& after) {
  std::vector<std::string> gone;
  std::vector<std::string> added;
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                      std::back_inserter(gone));
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                      std::back_inserter(added));
  if (gone.empty() && added.empty()) return {};
  std::vector<std::string> named;
  for (const auto* list : {&gone, &added}) {
    for (const std::string& symbol : *list) {
      if (named.size() == 3) break;
      named.push_back(absl::StrCat(list == &gone ? "-" : "+", symbol));
    }
  }
  return {false, absl::StrCat(gone.size(), " gone, ", added.size(),
                              " added: ", absl::StrJoin(named, ", "),
                              gone.size() + added.size() > 3 ? ", …" : "")};
}

absl::StatusOr<Difference> CompareOutputs(const ProgramOutput& before,
                                          const ProgramOutput& after,
                                          const std::string& ignore) {
  std::string a = before.text;
  std::string b = after.text;
  if (!ignore.empty()) {
    regex_t pattern;
    int failed = regcomp(&pattern, ignore.c_str(), REG_EXTENDED);
    if (failed != 0) {
      char text[256];
      regerror(failed, &pattern, text, sizeof text);
      return absl::InvalidArgumentError(
          absl::StrCat("--output-ignore: expected an extended regular "
                       "expression, got '",
                       ignore, "': ", text));
    }
    absl::Cleanup free_pattern = [&] { regfree(&pattern); };
    a = CutMatches(a, pattern);
    b = CutMatches(b, pattern);
  }
  if (before.exit_code != after.exit_code) {
    return Difference{false,
                      absl::StrCat("exit code ", before.exit_code, " before, ",
                                   after.exit_code, " after")};
  }
  if (a == b) return Difference{};
  size_t at = static_cast<size_t>(
      std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
  size_t line = 1 + static_cast<size_t>(std::count(
                        a.begin(), a.begin() + static_cast<int64_t>(at), '\n'));
  return Difference{
      false, absl::StrCat("first at byte ", at, ", line ", line, " (", a.size(),
                          " bytes before, ", b.size(), " after)")};
}

}  // namespace dfe::bench
