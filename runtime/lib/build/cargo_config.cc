// Finding and reading of cargo's configuration files.
#include "dfe/build/cargo_config.h"

#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace dfe {
namespace {

namespace fs = std::filesystem;

// A program as cargo finds it: one that names a folder, seen from `base`. A
// compiler may be started anywhere, so it must not stay relative.
std::string From(const fs::path& base, const std::string& program) {
  if (!absl::StrContains(program, '/')) return program;
  return (base / program).lexically_normal().string();
}

}  // namespace

std::optional<std::string> EnvValue(const std::vector<std::string>& env,
                                    absl::string_view name) {
  std::optional<std::string> found;
  for (const std::string& entry : env) {
    absl::string_view view = entry;
    if (absl::ConsumePrefix(&view, absl::StrCat(name, "="))) {
      found = std::string(view);
    }
  }
  return found;
}

absl::StatusOr<toml::table> ParseToml(const std::string& path) {
  toml::parse_result result = toml::parse_file(path);
  if (!result) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ":", result.error().source().begin.line, ": ",
                     std::string(result.error().description())));
  }
  return std::move(result).table();
}

std::string CargoHome(const std::vector<std::string>& env) {
  std::string home = EnvValue(env, "CARGO_HOME").value_or("");
  if (!home.empty()) return home;
  const std::optional<std::string> user = EnvValue(env, "HOME");
  return user ? absl::StrCat(*user, "/.cargo") : "";
}

absl::StatusOr<std::vector<toml::table>> LoadCargoConfigs(
    const std::string& directory, const std::vector<std::string>& env) {
  std::vector<fs::path> found;  // strongest first
  auto look = [&found](const fs::path& folder) {
    std::error_code error;
    // cargo prefers the name without an ending where both exist.
    for (const char* name : {"config", "config.toml"}) {
      if (fs::is_regular_file(folder / name, error)) {
        found.push_back(folder / name);
        return;
      }
    }
  };
  const std::string home = CargoHome(env);
  fs::path at = fs::path(directory).lexically_normal();
  bool home_seen = false;
  while (true) {
    home_seen = home_seen || at / ".cargo" == fs::path(home);
    look(at / ".cargo");
    if (at == at.parent_path()) break;
    at = at.parent_path();
  }
  if (!home_seen && !home.empty()) look(home);
  std::vector<toml::table> tables;
  for (auto path = found.rbegin(); path != found.rend(); ++path) {
    absl::StatusOr<toml::table> table = ParseToml(path->string());
    if (!table.ok()) return table.status();
    tables.push_back(*std::move(table));
  }
  return tables;
}

std::string ConfiguredRustcWrapper(const std::vector<toml::table>& configs,
                                   const std::string& directory,
                                   const std::vector<std::string>& env) {
  // An empty RUSTC_WRAPPER switches the configured one off.
  for (const char* name : {"RUSTC_WRAPPER", "CARGO_BUILD_RUSTC_WRAPPER"}) {
    if (auto value = EnvValue(env, name)) return From(directory, *value);
  }
  std::string wrapper;
  for (const toml::table& table : configs) {
    auto node = table["build"]["rustc-wrapper"];
    if (auto value = node.value<std::string>()) {
      const auto& file = node.node()->source().path;
      fs::path base = directory;
      if (file) base = fs::path(*file).parent_path().parent_path();
      wrapper = From(base, *value);
    }
  }
  return wrapper;
}

}  // namespace dfe
