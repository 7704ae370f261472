// Reads cargo command lines; unknown options are cargo's business.
#include "dfe/build/cargo_command.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace dfe {
namespace {

// Options whose value is the next word (when not joined by '=').
bool TakesValue(absl::string_view name) {
  static constexpr absl::string_view kNames[] = {"--profile",
                                                 "--manifest-path",
                                                 "--target",
                                                 "--config",
                                                 "--jobs",
                                                 "-j",
                                                 "--package",
                                                 "-p",
                                                 "--bin",
                                                 "--test",
                                                 "--bench",
                                                 "--example",
                                                 "--features",
                                                 "-F",
                                                 "--exclude",
                                                 "--target-dir",
                                                 "--message-format",
                                                 "--color",
                                                 "-Z",
                                                 "--lockfile-path",
                                                 "--artifact-dir",
                                                 "--path",
                                                 "--root",
                                                 "--git",
                                                 "--version",
                                                 "--index",
                                                 "--registry",
                                                 "-C"};
  for (absl::string_view n : kNames) {
    if (n == name) return true;
  }
  return false;
}

}  // namespace

CargoCommand ParseCargoCommand(const std::vector<std::string>& words) {
  CargoCommand out;
  std::string profile;
  bool release = false;
  for (size_t i = 0; i < words.size(); ++i) {
    absl::string_view word = words[i];
    if (word == "--") break;
    if (!absl::StartsWith(word, "-")) {
      if (absl::StartsWith(word, "+") && out.subcommand.empty()) {
        out.toolchain = std::string(word);
      } else if (out.subcommand.empty()) {
        out.subcommand = std::string(word);
      }
      continue;
    }
    absl::string_view name = word;
    std::string value;
    bool has_value = false;
    if (absl::StartsWith(word, "--") && absl::StrContains(word, '=')) {
      std::pair<absl::string_view, absl::string_view> kv =
          absl::StrSplit(word, absl::MaxSplits('=', 1));
      name = kv.first;
      value = std::string(kv.second);
      has_value = true;
    } else if (word.size() > 2 &&
               (absl::StartsWith(word, "-j") || absl::StartsWith(word, "-p") ||
                absl::StartsWith(word, "-F"))) {
      name = word.substr(0, 2);
      value = std::string(word.substr(2));
      has_value = true;
    }
    if (!has_value && TakesValue(name) && i + 1 < words.size()) {
      value = words[++i];
    }
    if (name == "--release" || name == "-r") {
      release = true;
    } else if (name == "--profile") {
      profile = value;
    } else if (name == "--manifest-path") {
      out.manifest_path = value;
    } else if (name == "--target") {
      out.target = value;
    } else if (name == "--config") {
      out.config.push_back(value);
    } else if (name == "-j" || name == "--jobs") {
      out.jobs_given = true;
      if (!absl::SimpleAtoi(value, &out.jobs)) out.jobs = 0;
    } else if (name == "--timings") {
      out.timings = true;
    } else if (name == "-p" || name == "--package") {
      out.packages.push_back(value);
    } else if (name == "--workspace" || name == "--all") {
      out.workspace = true;
    } else if (name == "--target-dir") {
      out.target_directory = value;
    } else if (name == "--exclude") {
      out.excluded.push_back(value);
    } else if (name == "--features" || name == "-F" ||
               name == "--all-features") {
      out.features = true;
    } else if (name == "--bin" || name == "--test" || name == "--bench" ||
               name == "--example") {
      out.targets.push_back(absl::StrCat(name, "=", value));
    } else if (name == "--lib" || name == "--bins" || name == "--tests" ||
               name == "--benches" || name == "--examples" ||
               name == "--all-targets") {
      out.targets.emplace_back(name);
    }
  }
  static const auto* const kAliases =
      new absl::flat_hash_map<absl::string_view, absl::string_view>(
          {{"b", "build"}, {"t", "test"}, {"r", "run"}});
  auto alias = kAliases->find(out.subcommand);
  const std::string subcommand =
      std::string(alias == kAliases->end() ? absl::string_view(out.subcommand)
                                           : alias->second);
  out.subcommand = subcommand;
  out.compiles = subcommand == "build" || subcommand == "test" ||
                 subcommand == "bench" || subcommand == "run" ||
                 subcommand == "install" || subcommand == "rustc";
  if (!profile.empty()) {
    out.profile = profile;
  } else if (subcommand == "bench") {
    out.profile = "bench";
  } else if (release || subcommand == "install") {
    out.profile = "release";
  } else {
    out.profile = "dev";
  }
  return out;
}

}  // namespace dfe
