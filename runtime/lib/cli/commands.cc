// Gathers the option tables and calls the command that was asked for.
#include "dfe/cli/commands.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dfe/base/versions.h"
#include "dfe/bench/bench.h"
#include "dfe/build/build_command.h"
#include "dfe/build/doctor.h"
#include "dfe/build/verify_build.h"
#include "dfe/dispatch/cc_shim.h"
#include "dfe/dispatch/compile_turn.h"
#include "dfe/dispatch/dispatch.h"
#include "dfe/headers/commands.h"
#include "dfe/headers/predict.h"
#include "dfe/store/clean.h"
#include "dfe/store/explain.h"
#include "dfe/store/stats.h"

namespace dfe {
namespace {

constexpr CommandSpec kCommands[] = {
    {"", "", ""},
    {"build", "[[--] COMMAND…]",
     "Runs COMMAND (default: cargo build --release) with every optimised unit "
     "compiled the cheaper way that the plan finds.",
     true},
    {"bench", "[report]",
     "Measures a build against baselines, interleaved, with the program's own "
     "speed as a gate; `bench report` prints what was recorded."},
    {"plan", "[DIR]",
     "Shows which headers of a C or C++ project would be parsed once, for "
     "which files, and the predicted gain."},
    {"predict", "[DIR]",
     "Predicts what a C or C++ project would gain, from a sample of its files; "
     "one of CMake need not be configured."},
    {"verify", "[DIR]",
     "Compiles the files of a C or C++ project both ways and compares the "
     "objects; a header that changes one is not shared any more."},
    {"explain", "[SYMBOL|CRATE]",
     "Says what the last build did to each unit, or what became of a "
     "function."},
    {"stats", "", "Prints what the recorded builds cost and saved."},
    {"clean", "[lto|objects|seeds|maps|headers|index|bans|all…]",
     "Removes what dfe keeps between builds."},
    {"doctor", "",
     "Tries toolchains, linkers and plugin, and says what works."},
    {"man", "", "Prints the manual page."},
    {"completions", "bash|zsh|fish", "Prints shell completions."},
    {"help", "[COMMAND]", "Prints a command's options."},
    {"probe-linker", "-- RUSTC WORD…",
     "For dispatch: exit code 0 if late links work with these words.", true,
     /*internal=*/true},
};

constexpr OptionSpec kCommon[] = {
    {"help", OptionKind::kFlag, "", "", "*", "print this text"},
    {"version", OptionKind::kFlag, "", "", "*", "print the version"},
    {"store", OptionKind::kText, "DIR", "", "*",
     "where dfe keeps what it learned (default: $XDG_CACHE_HOME/dfe)"},
    {"json", OptionKind::kFlag, "", "", "explain stats clean doctor",
     "print JSON"},
    {"project", OptionKind::kText, "DIR", "", "explain stats clean",
     "the project's folder (default: this one)"},
};

// Variables that our own processes, and their scripts, hand to each other.
constexpr absl::string_view kPrivate[] = {dispatch::kSessionVariable,
                                          dispatch::kMarkerVariable,
                                          dispatch::kUnitsVariable,
                                          dispatch::kChainVariable,
                                          dispatch::kShimsVariable,
                                          dispatch::kTurnVariable,
                                          "DFE_BUILD_ROOT",
                                          "DFE_CORPUS",
                                          "DFE_ROOT",
                                          "DFE_SCAN_ALONE"};

absl::StatusOr<int> Run(const ParsedOptions& options, std::ostream& out,
                        std::ostream& err) {
  const std::string& command = options.command;
  if (command == "build") {
    const ProjectKind other = {headers::DefaultCommand, headers::RunHeaderBuild,
                               headers::CompilersOfBuildScripts};
    return WantsVerify(options) ? RunVerifiedBuild(options, err, other)
                                : RunBuild(options, err, other);
  }
  if (command == "probe-linker") return RunProbeLinker(options);
  if (command == "bench") return bench::RunBench(options, out, err);
  if (command == "plan") return headers::RunPlan(options, out);
  if (command == "predict") return headers::RunPredict(options, out);
  if (command == "verify") return headers::RunVerify(options, out);
  if (command == "explain") return store::RunExplain(options, out);
  if (command == "stats") return store::RunStats(options, out);
  if (command == "clean") return store::RunClean(options, out);
  if (command == "doctor") return RunDoctor(options, out);
  if (command == "man") {
    out << DfeOptions().ManPage(kVersion);
    return 0;
  }
  if (command == "completions") {
    absl::StatusOr<std::string> text = DfeOptions().Completions(
        options.rest.empty() ? "bash" : options.rest[0]);
    if (!text.ok()) return text.status();
    out << *text;
    return 0;
  }
  absl::StatusOr<std::string> help =
      DfeOptions().Help(options.rest.empty() ? "" : options.rest[0]);
  if (!help.ok()) return help.status();
  out << *help;
  return command == "help" ? 0 : 2;
}

// `cargo dfe [OPTION…] SUBCOMMAND…` is `dfe build [OPTION…] -- cargo
// SUBCOMMAND…`, except for the commands that cargo does not have.
std::vector<std::string> FromCargo(const std::vector<std::string>& words) {
  size_t i = words.size() > 1 && words[1] == "dfe" ? 2 : 1;
  std::vector<std::string> options;
  for (; i < words.size() && absl::StartsWith(words[i], "--"); ++i) {
    options.push_back(words[i]);
    if (DfeOptions().TakesValue("build", words[i].substr(2)) &&
        i + 1 < words.size()) {
      options.push_back(words[++i]);
    }
  }
  std::vector<std::string> out;
  if (i < words.size() &&
      (words[i] == "explain" || words[i] == "stats" || words[i] == "doctor")) {
    out.push_back(words[i++]);
    out.insert(out.end(), options.begin(), options.end());
  } else if (i >= words.size()) {
    out.push_back(options.empty() ? "help" : "build");
    out.insert(out.end(), options.begin(), options.end());
    if (options.empty()) out.push_back("build");
  } else {
    out.push_back("build");
    out.insert(out.end(), options.begin(), options.end());
    out.push_back("--");
    out.push_back("cargo");
  }
  out.insert(out.end(), words.begin() + static_cast<ptrdiff_t>(i), words.end());
  return out;
}

}  // namespace

const OptionTable& DfeOptions() {
  static const OptionTable* const table = [] {
    auto* all =
        new std::vector<OptionSpec>(std::begin(kCommon), std::end(kCommon));
    for (absl::Span<const OptionSpec> part :
         {BuildOptions(), bench::BenchOptions(), store::ExplainOptions(),
          store::StatsOptions(), store::CleanOptions(), VerifyOptions(),
          headers::HeaderOptions(), headers::PredictOptions()}) {
      all->insert(all->end(), part.begin(), part.end());
    }
    return new OptionTable("dfe", kCommands, *all);
  }();
  return *table;
}

int RunProgram(const std::vector<std::string>& words,
               absl::Span<const char* const> env, std::ostream& out,
               std::ostream& err) {
  const std::string& name = words.empty() ? "dfe" : words[0];
  const bool as_cargo = name.substr(name.rfind('/') + 1) == "cargo-dfe";
  std::vector<std::string> own =
      as_cargo ? FromCargo(words)
               : std::vector<std::string>(words.begin() + !words.empty(),
                                          words.end());
  absl::StatusOr<ParsedOptions> options =
      DfeOptions().Parse(own, env, kPrivate);
  if (!options.ok()) {
    err << "dfe: " << options.status().message() << "\n";
    return 2;
  }
  if (options->Flag("version")) {
    out << "dfe " << kVersion << "\n";
    return 0;
  }
  if (options->Flag("help")) {
    out << *DfeOptions().Help(options->command);
    return 0;
  }
  absl::StatusOr<int> code = Run(*options, out, err);
  if (code.ok()) return *code;
  err << "dfe: " << code.status().message() << "\n";
  return absl::IsInvalidArgument(code.status()) ? 2 : 1;
}

}  // namespace dfe
