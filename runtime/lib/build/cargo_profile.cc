// Profile resolution; the order of sources is in the header.
#include "dfe/build/cargo_profile.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "dfe/build/cargo_config.h"

namespace dfe {
namespace {

std::string LtoName(const toml::node& node) {
  if (auto truth = node.value<bool>()) return *truth ? "fat" : "";
  std::string text = node.value_or(std::string());
  return text == "true" ? "fat" : text;
}

std::string OptLevelName(const toml::node& node) {
  if (auto number = node.value_exact<int64_t>()) return absl::StrCat(*number);
  return node.value_or(std::string());
}

// Lets what `table` ([profile.NAME]) says override `profile`.
void Overlay(const toml::table& table, CargoProfile* profile) {
  if (auto* node = table.get("codegen-units")) {
    profile->codegen_units = static_cast<int>(node->value_or<int64_t>(0));
  }
  if (auto* node = table.get("lto")) profile->lto = LtoName(*node);
  if (auto* node = table.get("opt-level")) {
    profile->opt_level = OptLevelName(*node);
  }
  if (auto* node = table.get("incremental")) {
    profile->incremental = node->value_or(false);
  }
  if (auto* node = table.get("debug-assertions")) {
    profile->debug_assertions = node->value_or(false);
  }
  if (auto* packages = table["package"].as_table()) {
    for (auto&& [package, spec] : *packages) {
      if (spec.is_table() && spec.as_table()->contains("codegen-units")) {
        profile->own_units.emplace_back(package.str());
      }
    }
  }
}

// The files that speak of profiles, weakest first.
struct Sources {
  std::vector<toml::table> tables;

  const toml::table* Profile(size_t i, absl::string_view name) const {
    return tables[i]["profile"][std::string_view(name.data(), name.size())]
        .as_table();
  }
  std::optional<std::string> Inherits(absl::string_view name) const {
    std::optional<std::string> found;
    for (size_t i = 0; i < tables.size(); ++i) {
      const toml::table* table = Profile(i, name);
      if (table == nullptr) continue;
      if (auto base = (*table)["inherits"].value<std::string>()) found = *base;
    }
    return found;
  }
};

absl::StatusOr<CargoProfile> Resolve(absl::string_view name,
                                     const Sources& sources, int depth) {
  CargoProfile profile;
  if (depth > 16) {
    return absl::InvalidArgumentError(
        absl::StrCat("profile ", name, ": inherits itself"));
  }
  if (name == "dev") {
    profile.opt_level = "0";
    profile.incremental = true;
    profile.debug_assertions = true;
  } else if (name == "release") {
    profile.opt_level = "3";
  } else {
    std::optional<std::string> base = sources.Inherits(name);
    if (!base && name == "test") base = "dev";
    if (!base && name == "bench") base = "release";
    if (!base) {
      return absl::InvalidArgumentError(
          absl::StrCat("profile ", name, ": not defined"));
    }
    absl::StatusOr<CargoProfile> inherited = Resolve(*base, sources, depth + 1);
    if (!inherited.ok()) return inherited.status();
    profile = *std::move(inherited);
  }
  for (size_t i = 0; i < sources.tables.size(); ++i) {
    if (const toml::table* table = sources.Profile(i, name)) {
      Overlay(*table, &profile);
    }
  }
  profile.name = std::string(name);
  return profile;
}

}  // namespace

std::string ProfileVariable(absl::string_view profile, absl::string_view key) {
  return absl::AsciiStrToUpper(absl::StrReplaceAll(
      absl::StrCat("CARGO_PROFILE_", profile, "_", key), {{"-", "_"}}));
}

absl::StatusOr<CargoProfile> ResolveCargoProfile(
    absl::string_view name, const std::string& manifest_path,
    const std::string& directory, const std::vector<std::string>& env) {
  Sources sources;
  if (!manifest_path.empty()) {
    absl::StatusOr<toml::table> manifest = ParseToml(manifest_path);
    if (!manifest.ok()) return manifest.status();
    sources.tables.push_back(*std::move(manifest));
  }
  absl::StatusOr<std::vector<toml::table>> configs =
      LoadCargoConfigs(directory, env);
  if (!configs.ok()) return configs.status();
  for (toml::table& table : *configs)
    sources.tables.push_back(std::move(table));
  absl::StatusOr<CargoProfile> profile = Resolve(name, sources, 0);
  if (!profile.ok()) return profile;
  for (const std::string& entry : env) {
    absl::string_view view = entry;
    if (absl::ConsumePrefix(
            &view, absl::StrCat(ProfileVariable(name, "codegen-units"), "="))) {
      if (!absl::SimpleAtoi(view, &profile->codegen_units)) {
        return absl::InvalidArgumentError(
            absl::StrCat(entry, ": expected a whole number, got '", view, "'"));
      }
    }
    view = entry;
    if (absl::ConsumePrefix(&view,
                            absl::StrCat(ProfileVariable(name, "lto"), "="))) {
      profile->lto = view == "true"    ? "fat"
                     : view == "false" ? ""
                                       : std::string(view);
    }
    view = entry;
    if (absl::ConsumePrefix(
            &view, absl::StrCat(ProfileVariable(name, "opt-level"), "="))) {
      profile->opt_level = std::string(view);
    }
    view = entry;
    if (absl::ConsumePrefix(
            &view, absl::StrCat(ProfileVariable(name, "incremental"), "=")) ||
        absl::ConsumePrefix(&view, "CARGO_INCREMENTAL=")) {
      profile->incremental = view == "1" || view == "true";
    }
    view = entry;
    if (absl::ConsumePrefix(
            &view,
            absl::StrCat(ProfileVariable(name, "debug-assertions"), "="))) {
      profile->debug_assertions = view == "true";
    }
  }
  return profile;
}

}  // namespace dfe
