// The option table of `dfe bench`, and its checks.
#include "dfe/bench/plan.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "dfe/bench/verdict.h"

namespace dfe::bench {
namespace {

constexpr auto kText = OptionKind::kText;
constexpr auto kInteger = OptionKind::kInteger;
constexpr auto kList = OptionKind::kList;
constexpr auto kFlag = OptionKind::kFlag;

constexpr OptionSpec kOptions[] = {
    {"name", kText, "PROJECT", "", "bench",
     "the project's name in tables; with report: only this project"},
    {"directory", kText, "DIR", ".", "bench", "where all commands run"},
    {"build", kText, "CMD", "", "bench",
     "the build to judge, for sh -c; all that makes it fast is timed with it"},
    {"clean", kText, "CMD", "", "bench", "run, untimed, before each build"},
    {"artifact", kText, "PATH", "", "bench",
     "the program that the build makes, relative to the directory"},
    {"run", kText, "CMD", "", "bench",
     "a real workload of the program; {} stands for the program's path"},
    {"check", kText, "CMD|FILE", "", "bench",
     "the project's own tests, run once for each side after a build; with "
     "report: fail if FILE does not hold the current table"},
    {"label", kText, "NAME", "dfe", "bench", "what tables call this build"},
    {"build-env", kList, "VAR=VALUE", "", "bench",
     "a variable for the judged build's commands"},
    {"baseline-build", kText, "CMD", "", "bench",
     "the build to compare with; the same as --baseline default=CMD"},
    {"baseline", kList, "NAME=CMD", "", "bench",
     "one more build to compare with, such as "
     "'lto-off=RUSTFLAGS=-Clto=off cargo build --release'"},
    {"baseline-clean", kList, "[NAME=]CMD", "", "bench",
     "clean command of that baseline, or of all; default: --clean"},
    {"baseline-artifact", kList, "[NAME=]PATH", "", "bench",
     "program of that baseline, or of all; default: --artifact"},
    {"baseline-check", kList, "[NAME=]CMD", "", "bench",
     "tests of that baseline, or of all; default: --check"},
    {"baseline-env", kList, "[NAME=]VAR=VALUE", "", "bench",
     "a variable for the commands of that baseline, or of all"},
    {"runs", kInteger, "N", "5", "bench",
     "timed builds of each side, 3 or more; with --db none also fewer, for a "
     "trial that proves nothing"},
    {"warmup", kInteger, "N", "0", "bench",
     "builds of each side before the timed ones"},
    {"program-runs", kInteger, "N", "11", "bench",
     "timed program runs of each side, 3 or more, after one to warm up; 0 with "
     "--no-program: one run, for its output alone"},
    {"output-ignore", kText, "REGEX", "", "bench",
     "text (POSIX extended, within a line) cut out before outputs are "
     "compared"},
    {"no-program", kFlag, "", "", "bench",
     "accept that no program is run, as for a library"},
    {"allow-slower-program", kFlag, "", "", "bench",
     "accept a slower program; the verdict says so"},
    {"allow-larger-program", kFlag, "", "", "bench",
     "accept a larger program; the verdict says so"},
    {"allow-symbol-changes", kFlag, "", "", "bench",
     "accept other exported dynamic symbols; the verdict says so"},
    {"fail-unless-faster", kText, "RATIO", "", "bench",
     "exit code 1 unless every comparison is 'faster' by at least this wall "
     "ratio, such as 1.2"},
    {"fail-if-slower", kText, "RATIO", "", "bench",
     "exit code 1 if a comparison is 'slower' with a wall ratio below this, "
     "such as 0.99, or 'not a win'"},
    {"db", kText, "FILE", "bench-results.db", "bench",
     "where results are kept; none: nowhere"},
    {"json", kFlag, "", "", "bench", "print the whole result as JSON"},
    {"format", kText, "FORMAT", "text", "bench",
     "with report: text, markdown or json"},
    {"update", kText, "FILE", "", "bench",
     "with report: write the markdown table between the lines "
     "<!-- bench:begin --> and <!-- bench:end --> of FILE"},
};

absl::Status Invalid(absl::string_view option, absl::string_view expected,
                     absl::string_view got) {
  return absl::InvalidArgumentError(
      absl::StrCat("--", option, ": expected ", expected, ", got ",
                   got.empty() ? "nothing" : absl::StrCat("'", got, "'")));
}

absl::StatusOr<std::pair<std::string, std::string>> SplitPair(
    absl::string_view option, absl::string_view expected,
    const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return Invalid(option, expected, text);
  }
  return std::make_pair(text.substr(0, equals), text.substr(equals + 1));
}

// Hands each value of a `[NAME=]VALUE` list to the baselines that it is for.
template <typename Use>
void ForBaselines(const std::vector<std::string>& values, Plan* plan, Use use) {
  // Values for all come first, so that a named one wins in either order.
  for (bool named : {false, true}) {
    for (const std::string& value : values) {
      Side* only = nullptr;
      for (size_t i = 1; i < plan->sides.size(); ++i) {
        if (absl::StartsWith(value, plan->sides[i].label + "=")) {
          only = &plan->sides[i];
        }
      }
      if ((only != nullptr) != named) continue;
      if (only != nullptr) {
        use(value.substr(only->label.size() + 1), only);
        continue;
      }
      for (size_t i = 1; i < plan->sides.size(); ++i) {
        use(value, &plan->sides[i]);
      }
    }
  }
}

absl::Status AddBaselines(const ParsedOptions& options, Plan* plan) {
  std::vector<std::string> baselines = options.List("baseline");
  if (options.IsSet("baseline-build")) {
    baselines.insert(baselines.begin(),
                     absl::StrCat("default=", options.Text("baseline-build")));
  }
  if (baselines.empty()) {
    return Invalid("baseline-build", "a build to compare with", "");
  }
  for (const std::string& text : baselines) {
    auto pair = SplitPair("baseline", "NAME=CMD", text);
    if (!pair.ok()) return pair.status();
    for (const Side& other : plan->sides) {
      if (other.label == pair->first) {
        return Invalid("baseline", "a name that no other side has",
                       pair->first);
      }
    }
    Side side = plan->sides[0];
    side.environment.clear();
    side.label = pair->first;
    side.build = pair->second;
    plan->sides.push_back(std::move(side));
  }
  ForBaselines(
      options.List("baseline-clean"), plan,
      [](const std::string& value, Side* side) { side->clean = value; });
  ForBaselines(
      options.List("baseline-artifact"), plan,
      [](const std::string& value, Side* side) { side->artifact = value; });
  ForBaselines(
      options.List("baseline-check"), plan,
      [](const std::string& value, Side* side) { side->check = value; });
  absl::Status status;
  ForBaselines(options.List("baseline-env"), plan,
               [&](const std::string& value, Side* side) {
                 auto pair = SplitPair("baseline-env", "VAR=VALUE", value);
                 status.Update(pair.status());
                 if (pair.ok()) side->environment.push_back(*pair);
               });
  return status;
}

absl::StatusOr<std::optional<double>> RatioOption(const ParsedOptions& options,
                                                  absl::string_view name) {
  if (!options.IsSet(name)) return std::optional<double>();
  double ratio = 0;
  if (!absl::SimpleAtod(options.Text(name), &ratio) || !(ratio > 0) ||
      ratio > 1000) {
    return Invalid(name, "a ratio such as 1.2", options.Text(name));
  }
  return std::optional<double>(ratio);
}

absl::StatusOr<int> Count(const ParsedOptions& options, absl::string_view name,
                          int minimum) {
  const int64_t value = options.Integer(name);
  if (value < minimum || value > 100'000) {
    return Invalid(name, absl::StrCat("a number from ", minimum, " to 100000"),
                   options.Text(name));
  }
  return static_cast<int>(value);
}

absl::Status CheckProgram(const Plan& plan) {
  if (plan.run_command.empty()) {
    if (plan.allowed.no_program) return absl::OkStatus();
    return Invalid("run",
                   "a workload, because a slower program is no win "
                   "(--no-program does without)",
                   "");
  }
  if (plan.allowed.no_program && plan.program_runs > 0) {
    return Invalid("no-program", "no --run beside it, or --program-runs 0",
                   plan.run_command);
  }
  if (!absl::StrContains(plan.run_command, "{}")) {
    return Invalid("run", "{} where the program's path belongs",
                   plan.run_command);
  }
  for (const Side& side : plan.sides) {
    if (side.artifact.empty()) {
      return Invalid("artifact", "the path of the program to run", "");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OptionSpec> BenchOptions() { return kOptions; }

absl::StatusOr<Plan> MakePlan(const ParsedOptions& options) {
  Plan plan;
  plan.project = options.Text("name");
  plan.directory = options.Text("directory");
  plan.run_command = options.Text("run");
  plan.output_ignore = options.Text("output-ignore");
  plan.json = options.Flag("json");
  plan.database = options.Text("db") == "none" ? "" : options.Text("db");
  plan.allowed = {options.Flag("allow-slower-program"),
                  options.Flag("allow-larger-program"),
                  options.Flag("allow-symbol-changes"),
                  options.Flag("no-program")};
  if (plan.project.empty()) return Invalid("name", "the project's name", "");
  Side tested;
  tested.label = options.Text("label");
  tested.build = options.Text("build");
  tested.clean = options.Text("clean");
  tested.artifact = options.Text("artifact");
  tested.check = options.Text("check");
  if (tested.build.empty()) return Invalid("build", "a command", "");
  if (!options.IsSet("clean")) {
    return Invalid("clean", "a command ('true' if nothing is to be cleaned)",
                   "");
  }
  for (const std::string& text : options.List("build-env")) {
    auto pair = SplitPair("build-env", "VAR=VALUE", text);
    if (!pair.ok()) return pair.status();
    tested.environment.push_back(*pair);
  }
  plan.sides.push_back(std::move(tested));
  absl::Status added = AddBaselines(options, &plan);
  if (!added.ok()) return added;
  const struct {
    absl::string_view name;
    int minimum;
    int* value;
  } counts[] = {
      {"runs", plan.database.empty() ? 1 : kMinimumRuns, &plan.runs},
      {"program-runs",
       options.IsSet("run") && plan.allowed.no_program ? 0 : kMinimumRuns,
       &plan.program_runs},
      {"warmup", 0, &plan.warmup}};
  for (const auto& count : counts) {
    absl::StatusOr<int> value = Count(options, count.name, count.minimum);
    if (!value.ok()) return value.status();
    *count.value = *value;
  }
  absl::Status program = CheckProgram(plan);
  if (!program.ok()) return program;
  auto faster = RatioOption(options, "fail-unless-faster");
  if (!faster.ok()) return faster.status();
  plan.fail_unless_faster = *faster;
  auto slower = RatioOption(options, "fail-if-slower");
  if (!slower.ok()) return slower.status();
  plan.fail_if_slower = *slower;
  return plan;
}

std::vector<size_t> RoundOrder(int round, size_t sides) {
  std::vector<size_t> order(sides);
  for (size_t i = 0; i < sides; ++i) {
    order[i] = round % 2 == 0 ? i : sides - 1 - i;
  }
  return order;
}

std::string FillIn(const std::string& command, const std::string& path) {
  const std::string quoted =
      absl::StrCat("'", absl::StrReplaceAll(path, {{"'", "'\\''"}}), "'");
  return absl::StrReplaceAll(command, {{"{}", quoted}});
}

}  // namespace dfe::bench
