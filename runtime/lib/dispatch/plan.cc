// Reading and writing of plans; the format is described in the header.
#include "dfe/dispatch/plan.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace dfe::dispatch {
namespace {

constexpr std::string_view kSignature = "dfe-plan 1";

std::string Escape(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

std::string Unescape(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      ++i;
      out += text[i] == 'n' ? '\n' : text[i];
    } else {
      out += text[i];
    }
  }
  return out;
}

bool ToInt(std::string_view text, int* out) {
  auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), *out);
  return error == std::errc() && end == text.data() + text.size();
}

// "WORD rest" -> {WORD, rest}.
std::pair<std::string_view, std::string_view> SplitWord(std::string_view line) {
  size_t space = line.find(' ');
  if (space == std::string_view::npos) return {line, {}};
  return {line.substr(0, space), line.substr(space + 1)};
}

// One table for reader and writer, so that no field can be forgotten in one.
struct Field {
  std::string_view key;
  int Plan::* number;
  std::string Plan::* text;
};
constexpr Field kFields[] = {
    {"marker", &Plan::marker, nullptr},
    {"codegen-units", &Plan::codegen_units, nullptr},
    {"jobs", &Plan::jobs, nullptr},
    {"leaf-units", &Plan::leaf_units, nullptr},
    {"import-limit-lto", &Plan::import_limit_lto, nullptr},
    {"import-limit-no-lto", &Plan::import_limit_no_lto, nullptr},
    {"opt-level", nullptr, &Plan::opt_level},
    {"plain-reason", nullptr, &Plan::plain_reason},
    {"lto-cache", nullptr, &Plan::lto_cache},
    {"object-cache", nullptr, &Plan::object_cache},
    {"unit-cache", nullptr, &Plan::unit_cache},
    {"unit-compiler", nullptr, &Plan::unit_compiler},
    {"compilers", nullptr, &Plan::compilers},
    {"chain", nullptr, &Plan::chain},
    {"prober", nullptr, &Plan::prober},
    {"std-bitcode", nullptr, &Plan::std_bitcode},
    {"std-bitcode-linker", nullptr, &Plan::std_bitcode_linker},
    {"plugin", nullptr, &Plan::plugin},
    {"seeds", nullptr, &Plan::seeds},
    {"needs", nullptr, &Plan::needs},
    {"shared", nullptr, &Plan::shared},
    {"names", nullptr, &Plan::names},
};

}  // namespace

std::string_view Name(Strategy strategy) {
  switch (strategy) {
    case Strategy::kPlain:
      return "plain";
    case Strategy::kLate:
      return "late";
    case Strategy::kSingle:
      return "single";
    case Strategy::kSeeded:
      return "seeded";
    case Strategy::kDeferred:
      return "deferred";
  }
  return "plain";
}

std::optional<Strategy> StrategyFromName(std::string_view name) {
  for (Strategy s : {Strategy::kPlain, Strategy::kLate, Strategy::kSingle,
                     Strategy::kSeeded, Strategy::kDeferred}) {
    if (name == Name(s)) return s;
  }
  return std::nullopt;
}

bool IsListed(std::string_view lines, std::string_view program) {
  while (!lines.empty()) {
    const size_t end = std::min(lines.find('\n'), lines.size());
    if (lines.substr(0, end) == program) return true;
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return false;
}

std::string Plan::Render() const {
  std::string out(kSignature);
  out += '\n';
  auto line = [&out](std::string_view key, std::string_view value) {
    out += key;
    out += ' ';
    out += Escape(value);
    out += '\n';
  };
  for (const Field& field : kFields) {
    if (field.number != nullptr) {
      line(field.key, std::to_string(this->*field.number));
    } else if (!(this->*field.text).empty()) {
      line(field.key, this->*field.text);
    }
  }
  line("with-lto", Name(with_lto));
  line("without-lto", Name(without_lto));
  line("map", map ? "1" : "0");
  line("learns", learns ? "1" : "0");
  line("at-home", Name(at_home));
  for (const auto& [key, works] : linkers) {
    line(works ? "linker-ok" : "linker-no", key);
  }
  if (asked_linker) line("linker-asked", *asked_linker);
  for (const UnitChoice& unit : units) {
    line(unit.leaf ? "leaf" : "unit",
         std::string(Name(unit.strategy)) + " " + unit.crate);
  }
  return out;
}

std::optional<Plan> Plan::Parse(std::string_view text) {
  Plan plan;
  bool first = true;
  while (!text.empty()) {
    size_t end = text.find('\n');
    // A line without its end was cut off: the plan is not whole.
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (first) {
      if (line != kSignature) return std::nullopt;
      first = false;
      continue;
    }
    auto [key, raw] = SplitWord(line);
    std::string value = Unescape(raw);
    bool known = false;
    for (const Field& field : kFields) {
      if (field.key != key) continue;
      known = true;
      if (field.number != nullptr) {
        if (!ToInt(value, &(plan.*field.number))) return std::nullopt;
      } else {
        plan.*field.text = value;
      }
    }
    if (known) continue;
    if (key == "with-lto" || key == "without-lto") {
      std::optional<Strategy> strategy = StrategyFromName(value);
      if (!strategy) return std::nullopt;
      (key == "with-lto" ? plan.with_lto : plan.without_lto) = *strategy;
    } else if (key == "at-home") {
      std::optional<Strategy> strategy = StrategyFromName(value);
      if (!strategy) return std::nullopt;
      plan.at_home = *strategy;
    } else if (key == "learns") {
      plan.learns = value == "1";
    } else if (key == "map") {
      plan.map = value == "1";
    } else if (key == "linker-ok" || key == "linker-no") {
      plan.linkers.emplace_back(value, key == "linker-ok");
    } else if (key == "linker-asked") {
      plan.asked_linker = value;
    } else if (key == "unit" || key == "leaf") {
      auto [name, crate] = SplitWord(value);
      std::optional<Strategy> strategy = StrategyFromName(name);
      if (!strategy) return std::nullopt;
      plan.units.push_back({std::string(crate), key == "leaf", *strategy});
    } else {
      return std::nullopt;
    }
  }
  if (first) return std::nullopt;
  return plan;
}

std::optional<Plan> Plan::Load(const std::string& path) {
  FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return std::nullopt;
  std::string text;
  char buffer[8192];
  size_t n;
  while ((n = std::fread(buffer, 1, sizeof buffer, file)) > 0) {
    text.append(buffer, n);
  }
  bool ok = std::ferror(file) == 0;
  std::fclose(file);
  if (!ok) return std::nullopt;
  return Parse(text);
}

}  // namespace dfe::dispatch
