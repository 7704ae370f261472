// The commands of `dfe`: one table of options, one function for each command.
#ifndef DFE_CLI_COMMANDS_H_
#define DFE_CLI_COMMANDS_H_

#include <ostream>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "dfe/base/options.h"

namespace dfe {

// The options of every command, gathered from the parts that read them.
const OptionTable& DfeOptions();

// `words` as main gets them, the program's name first. Returns the exit code;
// 2 for wrong use. The only place that prints errors.
int RunProgram(const std::vector<std::string>& words,
               absl::Span<const char* const> env, std::ostream& out,
               std::ostream& err);

}  // namespace dfe

#endif  // DFE_CLI_COMMANDS_H_
