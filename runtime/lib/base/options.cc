// Parser, help, manual page and completions, all from the one table.
#include "dfe/base/options.h"

#include <algorithm>
#include <cassert>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace dfe {
namespace {

// The list of commands.
constexpr size_t kSummaryColumn = 16;
constexpr size_t kLineColumns = 80;

bool BelongsTo(const OptionSpec& spec, absl::string_view command) {
  if (spec.commands == "*") return true;
  for (absl::string_view c : absl::StrSplit(spec.commands, ' ')) {
    if (c == command) return true;
  }
  return false;
}

size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
    }
  }
  return row[b.size()];
}

absl::Status CheckValue(const OptionSpec& spec, absl::string_view where,
                        absl::string_view value) {
  int64_t number;
  bool truth;
  if (spec.kind == OptionKind::kInteger && !absl::SimpleAtoi(value, &number)) {
    return absl::InvalidArgumentError(
        absl::StrCat(where, ": expected a whole number, got '", value, "'"));
  }
  if (spec.kind == OptionKind::kFlag && !absl::SimpleAtob(value, &truth)) {
    return absl::InvalidArgumentError(
        absl::StrCat(where, ": expected 1 or 0, got '", value, "'"));
  }
  return absl::OkStatus();
}

// "error: unknown X 'got'", with the likely slip named.
absl::Status Unknown(absl::string_view what, absl::string_view got,
                     absl::Span<const absl::string_view> candidates,
                     absl::string_view prefix) {
  std::string message = absl::StrCat("unknown ", what, " '", got, "'");
  absl::string_view near = Nearest(got, candidates);
  if (!near.empty()) {
    absl::StrAppend(&message, ": did you mean '", prefix, near, "'?");
  }
  return absl::InvalidArgumentError(message);
}

std::string RoffEscape(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"\\", "\\e"}, {"-", "\\-"}});
}

}  // namespace

absl::string_view Nearest(absl::string_view word,
                          absl::Span<const absl::string_view> candidates) {
  absl::string_view best;
  // A third of the word may be wrong: enough for slips, too little for jokes.
  size_t best_distance = word.size() / 3 + 1;
  for (absl::string_view candidate : candidates) {
    size_t distance = EditDistance(word, candidate);
    if (distance <= best_distance &&
        (best.empty() || distance < best_distance)) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

bool ParsedOptions::Flag(absl::string_view name) const {
  bool truth = false;
  return absl::SimpleAtob(Text(name), &truth) && truth;
}

std::string ParsedOptions::Text(absl::string_view name) const {
  auto set = values_.find(name);
  if (set != values_.end() && !set->second.empty()) return set->second.back();
  auto fallback = defaults_.find(name);
  assert(fallback != defaults_.end() && "option was not declared");
  return fallback == defaults_.end() ? "" : fallback->second;
}

int64_t ParsedOptions::Integer(absl::string_view name) const {
  int64_t number = 0;
  (void)absl::SimpleAtoi(Text(name), &number);
  return number;
}

std::vector<std::string> ParsedOptions::List(absl::string_view name) const {
  auto set = values_.find(name);
  if (set != values_.end()) return set->second;
  return {};
}

bool ParsedOptions::IsSet(absl::string_view name) const {
  return values_.contains(name);
}

OptionTable::OptionTable(absl::string_view program,
                         absl::Span<const CommandSpec> commands,
                         absl::Span<const OptionSpec> options)
    : program_(program), commands_(commands), options_(options) {}

std::string OptionTable::EnvName(absl::string_view option) {
  return absl::StrCat(
      "DFE_", absl::AsciiStrToUpper(absl::StrReplaceAll(option, {{"-", "_"}})));
}

const OptionSpec* OptionTable::Find(absl::string_view command,
                                    absl::string_view name) const {
  for (const OptionSpec& spec : options_) {
    if (spec.name == name && BelongsTo(spec, command)) return &spec;
  }
  return nullptr;
}

const CommandSpec* OptionTable::FindCommand(absl::string_view name) const {
  for (const CommandSpec& spec : commands_) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

std::vector<CommandSpec> OptionTable::PublicCommands() const {
  std::vector<CommandSpec> commands;
  for (const CommandSpec& spec : commands_) {
    if (!spec.name.empty() && !spec.internal) commands.push_back(spec);
  }
  return commands;
}

absl::Status OptionTable::UnknownCommand(absl::string_view name) const {
  std::vector<absl::string_view> names;
  for (const CommandSpec& c : PublicCommands()) names.push_back(c.name);
  return Unknown("command", name, names, "");
}

absl::StatusOr<ParsedOptions> OptionTable::Parse(
    const std::vector<std::string>& words, absl::Span<const char* const> env,
    absl::Span<const absl::string_view> private_env) const {
  ParsedOptions out;
  size_t next = 0;
  if (next < words.size() && !absl::StartsWith(words[next], "-")) {
    out.command = words[next++];
    if (FindCommand(out.command) == nullptr) {
      return UnknownCommand(out.command);
    }
  }
  const CommandSpec* command = FindCommand(out.command);
  std::vector<absl::string_view> names;
  for (const OptionSpec& spec : options_) {
    if (BelongsTo(spec, out.command)) {
      out.defaults_[spec.name] = std::string(spec.default_value);
      names.push_back(spec.name);
    }
  }

  // 1. The environment: a DFE_ variable must name an option of some command,
  //    and counts only if this command takes it.
  for (const char* entry : env) {
    absl::string_view variable(entry);
    if (!absl::StartsWith(variable, "DFE_")) continue;
    std::pair<absl::string_view, absl::string_view> kv =
        absl::StrSplit(variable, absl::MaxSplits('=', 1));
    if (std::find(private_env.begin(), private_env.end(), kv.first) !=
        private_env.end()) {
      continue;
    }
    const OptionSpec* any = nullptr;
    std::vector<std::string> env_names;
    for (const OptionSpec& spec : options_) {
      env_names.push_back(EnvName(spec.name));
      if (env_names.back() == kv.first &&
          (any == nullptr || BelongsTo(spec, out.command))) {
        any = &spec;
      }
    }
    if (any == nullptr) {
      std::vector<absl::string_view> views(env_names.begin(), env_names.end());
      return Unknown("environment variable", kv.first, views, "");
    }
    if (!BelongsTo(*any, out.command) || kv.second.empty()) continue;
    absl::Status ok = CheckValue(*any, kv.first, kv.second);
    if (!ok.ok()) return ok;
    out.values_[any->name] =
        any->kind == OptionKind::kList
            ? std::vector<std::string>(absl::StrSplit(kv.second, ':'))
            : std::vector<std::string>{std::string(kv.second)};
  }

  // 2. The command line. The first use of an option there replaces what the
  //    environment said; a list then grows.
  absl::flat_hash_map<std::string, bool> seen;
  for (; next < words.size(); ++next) {
    absl::string_view word = words[next];
    if (word == "--") {
      out.rest.insert(out.rest.end(), words.begin() + next + 1, words.end());
      break;
    }
    if (!absl::StartsWith(word, "--")) {
      if (command != nullptr && command->passes_rest) {
        out.rest.insert(out.rest.end(), words.begin() + next, words.end());
        break;
      }
      if (absl::StartsWith(word, "-") && word.size() > 1) {
        return Unknown("option", word, {}, "");
      }
      out.rest.emplace_back(word);
      continue;
    }
    std::pair<absl::string_view, absl::string_view> kv =
        absl::StrSplit(word.substr(2), absl::MaxSplits('=', 1));
    const bool inline_value = absl::StrContains(word, '=');
    const OptionSpec* spec = Find(out.command, kv.first);
    if (spec == nullptr) {
      return Unknown("option", absl::StrCat("--", kv.first), names, "--");
    }
    std::string value(kv.second);
    if (spec->kind == OptionKind::kFlag && !inline_value) {
      value = "1";
    } else if (!inline_value) {
      if (next + 1 >= words.size()) {
        return absl::InvalidArgumentError(
            absl::StrCat(word, ": expected ", spec->metavar, ", got nothing"));
      }
      value = words[++next];
    }
    absl::Status ok = CheckValue(*spec, absl::StrCat("--", kv.first), value);
    if (!ok.ok()) return ok;
    std::vector<std::string>& slot = out.values_[spec->name];
    if (!seen[spec->name] || spec->kind != OptionKind::kList) slot.clear();
    seen[spec->name] = true;
    slot.push_back(std::move(value));
  }
  return out;
}

bool OptionTable::TakesValue(absl::string_view command,
                             absl::string_view name) const {
  const OptionSpec* spec = Find(command, name);
  return spec != nullptr && spec->kind != OptionKind::kFlag;
}

absl::StatusOr<std::string> OptionTable::Help(absl::string_view command) const {
  std::string out;
  if (command.empty()) {
    absl::StrAppend(&out, "usage: ", program_,
                    " COMMAND [OPTION…] [ARGUMENT…]\n\ncommands:\n");
    for (const CommandSpec& c : PublicCommands()) {
      std::string line = absl::StrCat("  ", c.name);
      line.resize(std::max(line.size(), kSummaryColumn - 1), ' ');
      for (absl::string_view word : absl::StrSplit(c.summary, ' ')) {
        if (line.size() + 1 + word.size() > kLineColumns) {
          absl::StrAppend(&out, line, "\n");
          line.assign(kSummaryColumn - 1, ' ');
        }
        absl::StrAppend(&line, " ", word);
      }
      absl::StrAppend(&out, line, "\n");
    }
    absl::StrAppend(&out, "\n`", program_,
                    " COMMAND --help` lists a command's options, `", program_,
                    " man` is all of it.\n");
    return out;
  }
  const CommandSpec* chosen = FindCommand(command);
  if (chosen == nullptr) return UnknownCommand(command);
  absl::StrAppend(&out, "usage: ", program_, " ", chosen->name, " [OPTION…]",
                  chosen->arguments.empty() ? "" : " ", chosen->arguments,
                  "\n\n", chosen->summary, "\n\noptions:\n");
  for (const OptionSpec& spec : options_) {
    if (!BelongsTo(spec, command)) continue;
    std::string left = absl::StrCat("--", spec.name);
    if (spec.kind != OptionKind::kFlag)
      absl::StrAppend(&left, " ", spec.metavar);
    absl::StrAppend(&out, "  ", left,
                    std::string(left.size() < 26 ? 26 - left.size() : 1, ' '),
                    spec.help);
    if (!spec.default_value.empty()) {
      absl::StrAppend(&out, " (default: ", spec.default_value, ")");
    }
    absl::StrAppend(&out, " [", EnvName(spec.name), "]\n");
  }
  return out;
}

std::string OptionTable::ManPage(absl::string_view version) const {
  std::string out = absl::StrCat(
      ".TH ", absl::AsciiStrToUpper(program_), " 1 \"\" \"", program_, " ",
      version, "\"\n.SH NAME\n", program_,
      " \\- dead\\-function elimination before compilation\n.SH SYNOPSIS\n.B ",
      program_, "\n.I COMMAND\n[OPTION]... [ARGUMENT]...\n.SH COMMANDS\n");
  for (const CommandSpec& c : PublicCommands()) {
    absl::StrAppend(&out, ".SS ", RoffEscape(c.name), " ",
                    RoffEscape(c.arguments), "\n", RoffEscape(c.summary), "\n");
    for (const OptionSpec& spec : options_) {
      if (!BelongsTo(spec, c.name) || spec.commands == "*") continue;
      absl::StrAppend(&out, ".TP\n.B \\-\\-", RoffEscape(spec.name));
      if (spec.kind != OptionKind::kFlag) {
        absl::StrAppend(&out, " ", RoffEscape(spec.metavar));
      }
      absl::StrAppend(&out, "\n", RoffEscape(spec.help));
      if (!spec.default_value.empty()) {
        absl::StrAppend(&out, " Default: ", RoffEscape(spec.default_value),
                        ".");
      }
      absl::StrAppend(&out, "\n");
    }
  }
  absl::StrAppend(&out, ".SH OPTIONS OF EVERY COMMAND\n");
  for (const OptionSpec& spec : options_) {
    if (spec.commands != "*") continue;
    absl::StrAppend(&out, ".TP\n.B \\-\\-", RoffEscape(spec.name), "\n",
                    RoffEscape(spec.help), "\n");
  }
  absl::StrAppend(&out, ".SH ENVIRONMENT\nEvery option can be set by a ",
                  "variable; the command line wins.\n");
  for (const OptionSpec& spec : options_) {
    absl::StrAppend(&out, ".TP\n.B ", RoffEscape(EnvName(spec.name)),
                    "\nas \\-\\-", RoffEscape(spec.name), "\n");
  }
  return out;
}

absl::StatusOr<std::string> OptionTable::Completions(
    absl::string_view shell) const {
  std::vector<absl::string_view> names;
  const std::vector<CommandSpec> commands = PublicCommands();
  names.reserve(commands.size());
  for (const CommandSpec& c : commands) names.push_back(c.name);
  auto words_of = [&](absl::string_view command, absl::string_view prefix) {
    std::vector<std::string> words;
    for (const OptionSpec& spec : options_) {
      if (BelongsTo(spec, command))
        words.push_back(absl::StrCat(prefix, spec.name));
    }
    return words;
  };
  std::string out;
  if (shell == "bash" || shell == "zsh") {
    if (shell == "zsh") out = "autoload -U +X bashcompinit && bashcompinit\n";
    absl::StrAppend(&out, "_", program_, "() {\n",
                    "  local word=${COMP_WORDS[COMP_CWORD]}\n",
                    "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n",
                    "    COMPREPLY=($(compgen -W '", absl::StrJoin(names, " "),
                    "' -- \"$word\"))\n    return\n  fi\n",
                    "  case ${COMP_WORDS[1]} in\n");
    for (absl::string_view name : names) {
      absl::StrAppend(&out, "    ", name, ") COMPREPLY=($(compgen -f -W '",
                      absl::StrJoin(words_of(name, "--"), " "),
                      "' -- \"$word\")) ;;\n");
    }
    absl::StrAppend(&out, "  esac\n}\ncomplete -F _", program_, " ", program_,
                    "\n");
    return out;
  }
  if (shell == "fish") {
    for (const CommandSpec& c : commands) {
      absl::StrAppend(&out, "complete -c ", program_,
                      " -n __fish_use_subcommand -a ", c.name, "\n");
      for (const std::string& option : words_of(c.name, "")) {
        absl::StrAppend(&out, "complete -c ", program_,
                        " -n '__fish_seen_subcommand_from ", c.name, "' -l ",
                        option, "\n");
      }
    }
    return out;
  }
  return Unknown("shell", shell, {"bash", "zsh", "fish"}, "");
}

}  // namespace dfe
