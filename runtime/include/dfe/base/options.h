// One table declares every option of a command-line program: its parser, its
// help text, its manual page, its shell completions and the names of its
// environment variables all come from here, so that they cannot drift.
//
// absl::flags was rejected for this job: it has one flat set of flags for each
// process, while `dfe` has subcommands, must hand every word that it does not
// own to cargo untouched, and needs `DFE_…` variables and completions.
#ifndef DFE_BASE_OPTIONS_H_
#define DFE_BASE_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace dfe {

enum class OptionKind {
  kFlag,     // present or absent; environment: 1/0, true/false, yes/no
  kText,     // one value
  kInteger,  // one value, a whole number
  kList,     // may be given several times; environment: separated by ':'
};

// One option. `name` is without the leading dashes. `commands` lists the
// subcommands that take it, separated by spaces; "*" means all of them.
// The environment name is derived: DFE_ + upper case, '-' as '_'.
struct OptionSpec {
  absl::string_view name;
  OptionKind kind;
  absl::string_view metavar;        // what --help calls the value
  absl::string_view default_value;  // shown in the help; "" = none
  absl::string_view commands;
  absl::string_view help;
};

// One subcommand. `arguments` is what follows the options in the usage line.
struct CommandSpec {
  absl::string_view name;
  absl::string_view arguments;
  absl::string_view summary;
  // True: the first word that is not an option of ours, or "--", ends the
  // options; the rest belongs to another program and is passed on untouched.
  bool passes_rest = false;
  // True: our own processes call it; no list of commands has it.
  bool internal = false;
};

// The options of one run, after environment and command line were merged
// (command line wins). Only declared names may be asked for.
class ParsedOptions {
 public:
  bool Flag(absl::string_view name) const;
  std::string Text(absl::string_view name) const;
  int64_t Integer(absl::string_view name) const;
  std::vector<std::string> List(absl::string_view name) const;
  // True if the user set it, by environment or command line.
  bool IsSet(absl::string_view name) const;

  std::string command;
  std::vector<std::string> rest;  // words that are not options

 private:
  friend class OptionTable;
  absl::flat_hash_map<std::string, std::vector<std::string>> values_;
  absl::flat_hash_map<std::string, std::string> defaults_;
};

class OptionTable {
 public:
  // The spans must outlive the table (they are static tables).
  OptionTable(absl::string_view program, absl::Span<const CommandSpec> commands,
              absl::Span<const OptionSpec> options);

  // Parses words (without the program's own name). `env` gives "NAME=value"
  // strings, as ::environ does. Unknown commands, options and DFE_ variables
  // are InvalidArgument errors that name the nearest known one. Variables in
  // `private_env` are for talk between our own processes and are passed over.
  absl::StatusOr<ParsedOptions> Parse(
      const std::vector<std::string>& words, absl::Span<const char* const> env,
      absl::Span<const absl::string_view> private_env = {}) const;

  // True if the command has such an option and its value is a word of its own.
  bool TakesValue(absl::string_view command, absl::string_view name) const;

  // The list of commands, or the options of one; a name that is no command's
  // is an error that names the nearest.
  absl::StatusOr<std::string> Help(absl::string_view command = "") const;
  std::string ManPage(absl::string_view version) const;  // roff, section 1
  // shell: "bash", "zsh" or "fish".
  absl::StatusOr<std::string> Completions(absl::string_view shell) const;

  static std::string EnvName(absl::string_view option);

 private:
  const OptionSpec* Find(absl::string_view command,
                         absl::string_view name) const;
  const CommandSpec* FindCommand(absl::string_view name) const;
  // The commands that a user can call.
  std::vector<CommandSpec> PublicCommands() const;
  absl::Status UnknownCommand(absl::string_view name) const;

  std::string program_;
  absl::Span<const CommandSpec> commands_;
  absl::Span<const OptionSpec> options_;
};

// The candidate nearest to `word` by edit distance, or "" if none is near
// enough to be a likely slip.
absl::string_view Nearest(absl::string_view word,
                          absl::Span<const absl::string_view> candidates);

}  // namespace dfe

#endif  // DFE_BASE_OPTIONS_H_
