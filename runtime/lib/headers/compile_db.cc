// Reads compile_commands.json and finds it.
#include "dfe/headers/compile_db.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dfe/dispatch/cc_invocation.h"
#include "dfe/format/envelope.h"
#include "nlohmann/json.hpp"

namespace dfe::headers {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr char kFile[] = "compile_commands.json";

absl::Status Wrong(absl::string_view where, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(where, ": ", what));
}

bool HasDb(const fs::path& folder) {
  std::error_code error;
  return fs::is_regular_file(folder / kFile, error);
}

// Whether a compiler is one of the links that builds have in PATH
// (recorded_project.h): CMake in a build script finds these, and keeps the
// path.
bool IsOurLink(const std::string& compiler) {
  if (!absl::StrContains(compiler, "/headers/compilers/")) return false;
  std::error_code error;
  const fs::path target = fs::read_symlink(compiler, error);
  return !error && target.filename() == "dfe-cc";
}

}  // namespace

std::string ProgramName(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

std::vector<std::string> SplitCommand(absl::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool blank = c == ' ' || c == '\t' || c == '\n';
    if (quote == 0 && blank) {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
      continue;
    }
    in_word = true;
    if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == '\\' && quote != '\'' && i + 1 < text.size() &&
               (quote == 0 || absl::StrContains("\"\\$`", text[i + 1]))) {
      word += text[++i];
    } else {
      word += c;
    }
  }
  if (in_word) words.push_back(std::move(word));
  return words;
}

absl::StatusOr<std::vector<CompileCommand>> ParseCompileDb(
    absl::string_view json, absl::string_view where) {
  const Json root = Json::parse(json.begin(), json.end(), nullptr,
                                /*allow_exceptions=*/false);
  if (!root.is_array()) return Wrong(where, "expected a JSON list");
  std::vector<CompileCommand> commands;
  for (const Json& entry : root) {
    if (!entry.is_object() || !entry.contains("directory") ||
        !entry["directory"].is_string()) {
      return Wrong(where, absl::StrCat("entry ", commands.size(),
                                       ": expected a directory, got none"));
    }
    CompileCommand command;
    command.directory = entry["directory"].get<std::string>();
    if (entry.contains("arguments") && entry["arguments"].is_array()) {
      for (const Json& word : entry["arguments"]) {
        if (word.is_string()) command.words.push_back(word.get<std::string>());
      }
    } else if (entry.contains("command") && entry["command"].is_string()) {
      command.words = SplitCommand(entry["command"].get<std::string>());
    }
    if (!command.words.empty() && ProgramName(command.words[0]) == "dfe-cc") {
      command.words.erase(command.words.begin());
      command.launched = true;
    } else if (!command.words.empty() && IsOurLink(command.words[0])) {
      command.words[0] = ProgramName(command.words[0]);
      command.launched = true;
    }
    if (command.words.empty()) {
      return Wrong(where, absl::StrCat("entry ", commands.size(),
                                       ": expected a command, got none"));
    }
    commands.push_back(std::move(command));
  }
  return commands;
}

absl::StatusOr<std::vector<CompileCommand>> LoadCompileDb(
    const std::string& path) {
  const std::string file = HasDb(path) ? absl::StrCat(path, "/", kFile) : path;
  auto text = ReadFile(file);
  if (auto* error = std::get_if<FormatError>(&text)) {
    return absl::NotFoundError(error->message);
  }
  return ParseCompileDb(std::get<std::string>(text), file);
}

absl::StatusOr<int> MergeIntoCompileDb(
    const std::string& path, const std::vector<CompileCommand>& commands) {
  // What cannot be read is made anew: it is a record of builds, no more.
  std::vector<CompileCommand> all;
  if (absl::StatusOr<std::vector<CompileCommand>> known = LoadCompileDb(path);
      known.ok()) {
    all = *std::move(known);
  }
  int changed = 0;
  std::map<std::string, size_t> places;
  std::vector<std::vector<CompileCommand>> merged;  // by place
  auto at_place = [&](const CompileCommand& command) {
    const dispatch::CcInvocation call(command.words);
    const std::string what =
        absl::StrCat(command.directory, "\n",
                     call.output.empty() ? call.source : "", "\n", call.output);
    const size_t place = places.try_emplace(what, places.size()).first->second;
    if (place == merged.size()) merged.emplace_back();
    return place;
  };
  auto has = [](const std::vector<CompileCommand>& calls,
                const CompileCommand& command) {
    return std::any_of(calls.begin(), calls.end(), [&](const auto& call) {
      return call.words == command.words;
    });
  };
  for (CompileCommand& command : all) {
    merged[at_place(command)].push_back(std::move(command));
  }
  std::map<size_t, std::vector<CompileCommand>> before;
  for (const CompileCommand& command : commands) {
    const size_t place = at_place(command);
    auto [old, is_first] = before.try_emplace(place);
    if (is_first) old->second.swap(merged[place]);
    if (has(merged[place], command)) continue;
    changed += !has(old->second, command);
    merged[place].push_back(command);
  }
  Json root = Json::array();
  for (const std::vector<CompileCommand>& calls : merged) {
    for (const CompileCommand& command : calls) {
      const dispatch::CcInvocation call(command.words);
      std::error_code error;
      if (!fs::exists(fs::path(command.directory) / call.source, error)) {
        continue;
      }
      Json entry = {{"directory", command.directory},
                    {"file", call.source},
                    {"arguments", command.words}};
      if (!call.output.empty()) entry["output"] = call.output;
      root.push_back(std::move(entry));
    }
  }
  std::error_code ignored;
  fs::create_directories(fs::path(path).parent_path(), ignored);
  // A word that is no UTF-8 is written as another one: its call then stays one
  // that no plan knows.
  if (auto error = WriteFileAtomically(
          path, root.dump(1, ' ', false, Json::error_handler_t::replace))) {
    return absl::UnavailableError(error->message);
  }
  return changed;
}

std::string WorkingFolder(const std::vector<std::string>& words,
                          const std::string& directory) {
  fs::path folder = directory;
  for (size_t i = 1; i < words.size(); ++i) {
    const bool has_next = i + 1 < words.size();
    if ((words[i] == "-C" || words[i] == "--build") && has_next) {
      folder = fs::path(directory) / words[i + 1];
    } else if (absl::StartsWith(words[i], "-C") && words[i].size() > 2) {
      folder = fs::path(directory) / words[i].substr(2);
    }
  }
  return folder.lexically_normal().string();
}

std::string FindCompileDb(const std::vector<std::string>& words,
                          const std::string& directory) {
  const fs::path folder = WorkingFolder(words, directory);
  for (const fs::path& candidate : {folder, folder / "build"}) {
    if (HasDb(candidate)) return candidate.lexically_normal().string();
  }
  return "";
}

}  // namespace dfe::headers
