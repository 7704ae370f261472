// Asks the tools for their versions and /proc for the hardware.
#include "dfe/bench/machine.h"

#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "dfe/base/subprocess.h"

extern char** environ;

namespace dfe::bench {
namespace {

constexpr absl::string_view kFlagNames[] = {"AR",
                                            "CC",
                                            "CFLAGS",
                                            "CPPFLAGS",
                                            "CXX",
                                            "CXXFLAGS",
                                            "LD",
                                            "LDFLAGS",
                                            "MAKEFLAGS",
                                            "RUSTC",
                                            "RUSTFLAGS",
                                            "RUSTC_BOOTSTRAP",
                                            "RUSTC_WRAPPER",
                                            "RUSTC_WORKSPACE_WRAPPER",
                                            "RUSTUP_TOOLCHAIN",
                                            "CARGO_INCREMENTAL",
                                            "CARGO_ENCODED_RUSTFLAGS",
                                            "CMAKE_BUILD_TYPE"};
constexpr absl::string_view kFlagPrefixes[] = {"CARGO_BUILD_", "CARGO_PROFILE_",
                                               "CARGO_TARGET_", "DFE_"};
// Where the scripts that call us keep things on this machine; commands name
// folders by these, so that a result names none.
constexpr absl::string_view kFolderNames[] = {"DFE_BUILD_ROOT", "DFE_CORPUS",
                                              "DFE_ROOT"};

bool SteersABuild(absl::string_view name) {
  if (std::find(std::begin(kFolderNames), std::end(kFolderNames), name) !=
      std::end(kFolderNames)) {
    return false;
  }
  return std::find(std::begin(kFlagNames), std::end(kFlagNames), name) !=
             std::end(kFlagNames) ||
         std::any_of(std::begin(kFlagPrefixes), std::end(kFlagPrefixes),
                     [&](absl::string_view prefix) {
                       return absl::StartsWith(name, prefix);
                     });
}

// The value of the first "KEY<spaces>: value" line of a /proc file.
std::string ProcValue(const char* path, absl::string_view key) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    std::pair<absl::string_view, absl::string_view> kv =
        absl::StrSplit(line, absl::MaxSplits(':', 1));
    if (absl::StripAsciiWhitespace(kv.first) == key) {
      return std::string(absl::StripAsciiWhitespace(kv.second));
    }
  }
  return "";
}

}  // namespace

NamedText ProbeVersions(const std::string& directory) {
  NamedText out = {{"dfe", DFE_VERSION}};
  // As make and CMake choose it; a value with words of its own is left alone.
  const char* chosen = std::getenv("CC");
  const bool has_choice =
      chosen != nullptr && chosen[0] != '\0' && !absl::StrContains(chosen, ' ');
  const struct {
    const char* tool;
    const char* program;
    const char* flag;
  } probes[] = {{"rustc", "rustc", "-V"},
                {"cargo", "cargo", "-V"},
                {"cc", has_choice ? chosen : "cc", "--version"},
                {"ld", "ld", "--version"}};
  for (const auto& probe : probes) {
    SubprocessOptions options;
    options.argv = {probe.program, probe.flag};
    options.working_directory = directory;
    options.capture_stdout = true;
    options.discard_stderr = true;
    options.stdin_file = "/dev/null";
    absl::StatusOr<SubprocessResult> run = RunSubprocess(options);
    if (!run.ok() || !run->ok()) continue;
    std::vector<absl::string_view> lines = absl::StrSplit(run->out, '\n');
    if (!lines[0].empty()) out.emplace_back(probe.tool, lines[0]);
  }
  return out;
}

NamedText ProbeFlags() {
  NamedText out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::pair<std::string, std::string> kv =
        absl::StrSplit(*entry, absl::MaxSplits('=', 1));
    if (SteersABuild(kv.first) && !kv.second.empty()) out.push_back(kv);
  }
  std::sort(out.begin(), out.end());
  return out;
}

Machine ProbeMachine() {
  Machine machine;
  machine.cpu = ProcValue("/proc/cpuinfo", "model name");
  // "24684096 kB"
  std::string memory = ProcValue("/proc/meminfo", "MemTotal");
  (void)absl::SimpleAtoi(memory.substr(0, memory.find(' ')),
                         &machine.memory_kib);
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    machine.cores = CPU_COUNT(&set);
  }
  return machine;
}

}  // namespace dfe::bench
