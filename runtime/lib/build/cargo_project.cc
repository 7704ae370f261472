// Reads `cargo metadata`; every field that is missing counts as empty, because
// a plan from too little knowledge is still a right program.
#include "dfe/build/cargo_project.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cargo_json.h"
#include "dfe/base/subprocess.h"

namespace dfe {
namespace {

using nlohmann::json;

template <typename T>
bool Has(const std::vector<T>& list, absl::string_view item) {
  return std::any_of(list.begin(), list.end(),
                     [&](const T& x) { return x == item; });
}

}  // namespace

absl::StatusOr<CargoProject> ParseCargoMetadata(const std::string& text) {
  json root = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!root.is_object()) {
    return absl::InvalidArgumentError(
        "cargo metadata: expected JSON, got other");
  }
  CargoProject project;
  project.root = Text(root, "workspace_root");
  project.target_directory = Text(root, "target_directory");
  const std::vector<std::string> defaults =
      Strings(Member(root, "workspace_default_members"));
  for (const json& package : Member(root, "packages")) {
    if (!package.is_object()) continue;
    const std::string name = Text(package, "name");
    project.packages.push_back(name);
    if (defaults.empty() || Has(defaults, Text(package, "id"))) {
      project.default_packages.push_back(name);
    }
    for (const json& dependency : Member(package, "dependencies")) {
      if (!dependency.is_object()) continue;
      project.dependencies[name].push_back(Text(dependency, "name"));
    }
    // All that `default` brings along.
    std::vector<std::string> by_default = {"default"};
    const json features = Member(package, "features");
    for (size_t i = 0; features.is_object() && i < by_default.size(); ++i) {
      for (std::string& more :
           Strings(Member(features, by_default[i].c_str()))) {
        if (!Has(by_default, more)) by_default.push_back(std::move(more));
      }
    }
    for (const json& node : Member(package, "targets")) {
      if (!node.is_object()) continue;
      CargoTarget target;
      target.package = name;
      target.name = Text(node, "name");
      const std::vector<std::string> kinds = Strings(Member(node, "kind"));
      if (!kinds.empty()) target.kind = kinds[0];
      target.crate_types = Strings(Member(node, "crate_types"));
      target.has_tests = Member(node, "test") == json(true);
      for (const std::string& required :
           Strings(Member(node, "required-features"))) {
        target.needs_features |= !Has(by_default, required);
      }
      project.targets.push_back(std::move(target));
    }
  }
  return project;
}

absl::StatusOr<CargoProject> LoadCargoProject(const std::string& cargo,
                                              const CargoCommand& command,
                                              const std::string& directory) {
  SubprocessOptions run;
  run.argv = {cargo};
  if (!command.toolchain.empty()) run.argv.push_back(command.toolchain);
  run.argv.insert(run.argv.end(), {"metadata", "--no-deps", "--format-version",
                                   "1", "--offline"});
  if (!command.manifest_path.empty()) {
    run.argv.insert(run.argv.end(), {"--manifest-path", command.manifest_path});
  }
  run.working_directory = directory;
  run.capture_stdout = run.capture_stderr = true;
  absl::StatusOr<SubprocessResult> result = RunSubprocess(run);
  if (!result.ok()) return result.status();
  if (!result->ok()) {
    return absl::UnavailableError(
        absl::StrCat("cargo metadata: ", absl::StripSuffix(result->err, "\n")));
  }
  return ParseCargoMetadata(result->out);
}

bool CargoProject::Selected(const CargoCommand& command,
                            const CargoTarget& target) const {
  if (command.workspace) return true;
  if (!command.packages.empty()) {
    return std::any_of(
        command.packages.begin(), command.packages.end(),
        [&](const std::string& word) {
          // A pattern may mean any; a version may follow a name.
          return word.find_first_of("*?[") != std::string::npos ||
                 word.substr(0, word.find('@')) == target.package;
        });
  }
  return Has(default_packages, target.package);
}

std::string CargoProject::ForeignCrateType(const CargoCommand& command) const {
  for (const CargoTarget& target : targets) {
    if (!Selected(command, target)) continue;
    // An example or a test may be a staticlib too; it counts the same.
    for (const char* type : {"staticlib", "dylib"}) {
      if (Has(target.crate_types, type)) return type;
    }
  }
  return "";
}

std::string CargoProject::LibraryOfTwoKinds(const CargoCommand& command) const {
  std::vector<std::string> needed;
  for (const CargoTarget& target : targets) {
    if (Selected(command, target) && !Has(command.excluded, target.package) &&
        !Has(needed, target.package)) {
      needed.push_back(target.package);
    }
  }
  for (size_t i = 0; i < needed.size(); ++i) {
    const auto found = dependencies.find(needed[i]);
    if (found == dependencies.end()) continue;
    for (const std::string& name : found->second) {
      if (Has(packages, name) && !Has(needed, name)) needed.push_back(name);
    }
  }
  for (const CargoTarget& target : targets) {
    if (target.kind == "example" || !Has(needed, target.package)) continue;
    if (Has(target.crate_types, "cdylib") &&
        (Has(target.crate_types, "rlib") || Has(target.crate_types, "lib"))) {
      return target.name;
    }
  }
  return "";
}

int CargoProject::CountLeaves(const CargoCommand& command) const {
  const bool tests =
      command.subcommand == "test" || command.subcommand == "bench" ||
      Has(command.targets, "--tests") || Has(command.targets, "--all-targets");
  // Without words about targets each kind has what cargo does by default.
  const bool by_default = command.targets.empty();
  auto named = [&](absl::string_view option, absl::string_view plural,
                   const std::string& name) {
    return Has(command.targets, absl::StrCat(option, "=", name)) ||
           Has(command.targets, plural) ||
           Has(command.targets, "--all-targets");
  };
  const bool names_tests = std::any_of(
      command.targets.begin(), command.targets.end(),
      [](absl::string_view word) { return absl::StartsWith(word, "--test"); });
  int count = 0;
  for (const CargoTarget& target : targets) {
    if (!Selected(command, target) || Has(command.excluded, target.package) ||
        (target.needs_features && !command.features)) {
      continue;
    }
    const std::string& kind = target.kind;
    if (kind == "bin") {
      const bool named_here = named("--bin", "--bins", target.name);
      // Tests of a package are given its programs.
      count += by_default || named_here || names_tests ? 1 : 0;
      count +=
          tests && target.has_tests &&
                  (by_default || named_here || Has(command.targets, "--tests"))
              ? 1
              : 0;
    } else if (kind == "test") {
      count += (by_default && command.subcommand == "test") ||
               named("--test", "--tests", target.name);
    } else if (kind == "bench") {
      count += (by_default && command.subcommand == "bench") ||
               named("--bench", "--benches", target.name);
    } else if (kind == "example") {
      count += (by_default && command.subcommand == "test") ||
               named("--example", "--examples", target.name);
    } else if (kind != "custom-build" && kind != "proc-macro") {
      if (!by_default && !Has(command.targets, "--lib") &&
          !Has(command.targets, "--tests") &&
          !Has(command.targets, "--all-targets")) {
        continue;
      }
      count += tests && target.has_tests ? 1 : 0;
      for (const char* type : {"cdylib", "staticlib", "dylib"}) {
        count += Has(target.crate_types, type) ? 1 : 0;
      }
    }
  }
  // It runs one.
  return command.subcommand == "run" ? std::min(count, 1) : count;
}

bool CargoProject::NothingCompiled(const CargoCommand& command,
                                   const std::string& profile) const {
  std::filesystem::path folder = command.target_directory.empty()
                                     ? target_directory
                                     : command.target_directory;
  if (folder.empty()) return false;
  if (!command.target.empty()) folder /= command.target;
  folder /= profile == "bench" ? "release" : profile;
  std::error_code error;
  return !std::filesystem::exists(folder / "deps", error);
}

}  // namespace dfe
