// Resolution of linker and rustflags, from the strongest source to the weakest.
#include "dfe/build/cargo_flags.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace dfe {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

// The grammar of cfg: all(…), any(…), not(…), NAME, NAME = "VALUE".
class CfgParser {
 public:
  CfgParser(absl::string_view text, absl::string_view lines)
      : text_(text), lines_(absl::StrSplit(lines, '\n')) {}

  // Empty if the text is none of these.
  std::optional<bool> Whole() {
    std::optional<bool> value = Term();
    Skip();
    return text_.empty() ? value : std::nullopt;
  }

 private:
  void Skip() { text_ = absl::StripLeadingAsciiWhitespace(text_); }

  bool Take(absl::string_view sign) {
    Skip();
    return absl::ConsumePrefix(&text_, sign);
  }

  std::string Name() {
    Skip();
    size_t end = 0;
    while (end < text_.size() &&
           (absl::ascii_isalnum(static_cast<unsigned char>(text_[end])) ||
            text_[end] == '_')) {
      ++end;
    }
    std::string name(text_.substr(0, end));
    text_.remove_prefix(end);
    return name;
  }

  bool Has(const std::string& line) const {
    for (const std::string& known : lines_) {
      if (known == line) return true;
    }
    return false;
  }

  std::optional<bool> List(const std::string& name) {
    bool all = true;
    bool any = false;
    int count = 0;
    while (!Take(")")) {
      if (count++ > 0 && !Take(",")) return std::nullopt;
      if (Take(")")) break;  // after a last comma
      std::optional<bool> value = Term();
      if (!value) return std::nullopt;
      all = all && *value;
      any = any || *value;
    }
    if (name == "all") return all;
    if (name == "any") return any;
    if (name == "not" && count == 1) return !any;
    return std::nullopt;
  }

  // No expression of a sane file is this deep.
  std::optional<bool> Term() {
    if (depth_ > 32) return std::nullopt;
    const std::string name = Name();
    if (name.empty()) return std::nullopt;
    if (Take("(")) {
      ++depth_;
      std::optional<bool> value = List(name);
      --depth_;
      return value;
    }
    if (!Take("=")) return name == "true" || (name != "false" && Has(name));
    if (!Take("\"")) return std::nullopt;
    const size_t end = text_.find('"');
    if (end == absl::string_view::npos) return std::nullopt;
    const std::string line =
        absl::StrCat(name, "=\"", text_.substr(0, end), "\"");
    text_.remove_prefix(end + 1);
    return Has(line);
  }

  absl::string_view text_;
  Words lines_;
  int depth_ = 0;
};

Words SplitSpaces(absl::string_view text) {
  return absl::StrSplit(text, absl::ByAnyChar(" \t\n"), absl::SkipEmpty());
}

// One `rustflags` or `linker`: an array grows from file to file, a string is
// replaced.
struct Setting {
  Words words;
  std::string base;  // the folder that a relative program is seen from
  bool is_set = false;

  void Add(const toml::node& node, const std::string& directory) {
    is_set = true;
    const auto& file = node.source().path;
    base =
        file ? fs::path(*file).parent_path().parent_path().string() : directory;
    if (const toml::array* array = node.as_array()) {
      for (const toml::node& item : *array) {
        if (auto text = item.value<std::string>()) words.push_back(*text);
      }
    } else if (auto text = node.value<std::string>()) {
      words = SplitSpaces(*text);
    }
  }
};

// cargo's settings, with those of the command line on top.
class Configs {
 public:
  explicit Configs(const CargoFlagSources& from) : from_(from) {
    for (const toml::table& table : from.configs) tables_.push_back(&table);
    for (const std::string& option : from.options) {
      toml::parse_result parsed = toml::parse(option);
      if (parsed) own_.push_back(std::move(parsed).table());
    }
    for (const toml::table& table : own_) tables_.push_back(&table);
  }

  Setting Get(absl::string_view section, absl::string_view key) const {
    Setting setting;
    for (const toml::table* table : tables_) {
      Add(table->get_as<toml::table>(View(section)), key, &setting);
    }
    return setting;
  }

  Setting Target(absl::string_view triple, absl::string_view key) const {
    Setting setting;
    for (const toml::table* table : tables_) {
      if (const auto* targets = table->get_as<toml::table>("target")) {
        Add(targets->get_as<toml::table>(View(triple)), key, &setting);
      }
    }
    return setting;
  }

  // The expressions of [target.'cfg(…)'] tables that hold, in order.
  Words HoldingCfgs() const {
    Words all;
    for (const toml::table* table : tables_) {
      if (const auto* targets = table->get_as<toml::table>("target")) {
        for (auto&& [name, node] : *targets) {
          if (name.str().substr(0, 4) == "cfg(") {
            all.emplace_back(name.str());
          }
        }
      }
    }
    if (all.empty() || !from_.print_cfg) return {};
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    const std::string lines = from_.print_cfg();
    Words holding;
    for (const std::string& name : all) {
      if (CfgHolds(name, lines)) holding.push_back(name);
    }
    return holding;
  }

 private:
  static std::string_view View(absl::string_view text) {
    return {text.data(), text.size()};
  }
  void Add(const toml::table* section, absl::string_view key,
           Setting* setting) const {
    if (section == nullptr) return;
    if (const toml::node* node = section->get(View(key))) {
      setting->Add(*node, from_.directory);
    }
  }

  const CargoFlagSources& from_;
  std::vector<toml::table> own_;
  std::vector<const toml::table*> tables_;
};

// cargo joins the words and leaves "." in them: so will the units say it.
std::string Program(const std::string& base, const std::string& program) {
  if (!absl::StrContains(program, '/')) return program;
  return (fs::path(base) / program).string();
}

std::string TargetVariable(absl::string_view triple, absl::string_view key) {
  return absl::AsciiStrToUpper(
      absl::StrReplaceAll(absl::StrCat("CARGO_TARGET_", triple, "_", key),
                          {{"-", "_"}, {".", "_"}}));
}

std::string Linker(const CargoFlagSources& from, const Configs& configs,
                   const std::string& triple, const Words& cfgs) {
  if (auto value = EnvValue(from.env, TargetVariable(triple, "linker"))) {
    return Program(from.directory, *value);
  }
  Setting setting = configs.Target(triple, "linker");
  for (const std::string& cfg : cfgs) {
    if (!setting.is_set) setting = configs.Target(cfg, "linker");
  }
  // The text is a program, so spaces do not part it.
  return setting.words.empty()
             ? ""
             : Program(setting.base, absl::StrJoin(setting.words, " "));
}

Words Rustflags(const CargoFlagSources& from, const Configs& configs,
                const std::string& triple, const Words& cfgs) {
  if (auto value = EnvValue(from.env, "CARGO_ENCODED_RUSTFLAGS")) {
    return absl::StrSplit(*value, '\x1f', absl::SkipEmpty());
  }
  if (auto value = EnvValue(from.env, "RUSTFLAGS")) return SplitSpaces(*value);
  auto with_variable = [&from](Words words, const std::string& name) {
    if (auto value = EnvValue(from.env, name)) {
      for (std::string& word : SplitSpaces(*value)) {
        words.push_back(std::move(word));
      }
    }
    return words;
  };
  Words words = with_variable(configs.Target(triple, "rustflags").words,
                              TargetVariable(triple, "rustflags"));
  for (const std::string& cfg : cfgs) {
    for (std::string& word : configs.Target(cfg, "rustflags").words) {
      words.push_back(std::move(word));
    }
  }
  if (!words.empty()) return words;
  return with_variable(configs.Get("build", "rustflags").words,
                       "CARGO_BUILD_RUSTFLAGS");
}

}  // namespace

bool CfgHolds(absl::string_view expression, absl::string_view lines) {
  if (!absl::ConsumePrefix(&expression, "cfg(") ||
      !absl::ConsumeSuffix(&expression, ")")) {
    return false;
  }
  return CfgParser(expression, lines).Whole().value_or(false);
}

std::vector<std::string> CargoLinkerWords(const CargoFlagSources& from) {
  const Configs configs(from);
  Words words;
  std::string target = from.target;
  if (target.empty()) {
    target = EnvValue(from.env, "CARGO_BUILD_TARGET").value_or("");
  }
  if (target.empty()) {
    const Words set = configs.Get("build", "target").words;
    if (set.size() == 1) target = set[0];
  }
  if (!target.empty()) words = {"--target", target};
  const std::string triple = target.empty() ? from.host : target;
  const Words cfgs = configs.HoldingCfgs();
  const std::string linker = Linker(from, configs, triple, cfgs);
  if (!linker.empty()) {
    words.insert(words.end(), {"-C", absl::StrCat("linker=", linker)});
  }
  for (std::string& word : Rustflags(from, configs, triple, cfgs)) {
    words.push_back(std::move(word));
  }
  return words;
}

absl::StatusOr<std::vector<std::string>> ExpectedRustcWords(
    const RustToolchain& toolchain, const CargoCommand& command,
    const std::string& directory, const std::vector<std::string>& environment) {
  absl::StatusOr<std::vector<toml::table>> configs =
      LoadCargoConfigs(directory, environment);
  if (!configs.ok()) return configs.status();
  auto print_cfg = [&] {
    return PrintCfg(toolchain, command.target, directory);
  };
  Words words = {toolchain.rustc};
  for (std::string& word :
       CargoLinkerWords({*configs, command.config, environment, directory,
                         command.target, toolchain.host, print_cfg})) {
    words.push_back(std::move(word));
  }
  return words;
}

}  // namespace dfe
