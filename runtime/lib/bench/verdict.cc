// The rules of the header as code: one gate for each kind of loss.
#include "dfe/bench/verdict.h"

#include <cassert>
#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace dfe::bench {
namespace {

using Json = nlohmann::ordered_json;

template <typename SampleT>
std::vector<double> Column(const std::vector<SampleT>& samples,
                           const std::function<double(const SampleT&)>& get) {
  std::vector<double> out;
  out.reserve(samples.size());
  for (const SampleT& sample : samples) out.push_back(get(sample));
  return out;
}

// Ratio before / after if `speedup`, else after / before.
template <typename SampleT>
Pair PairOf(const std::vector<SampleT>& before,
            const std::vector<SampleT>& after, bool speedup,
            const std::function<double(const SampleT&)>& get) {
  std::vector<double> b = Column(before, get);
  std::vector<double> a = Column(after, get);
  return {Summarize(b), Summarize(a),
          speedup ? RatioOfMedians(b, a) : RatioOfMedians(a, b)};
}

std::optional<Pair> SizePair(
    const Side& before, const Side& after,
    const std::function<double(const BuildSample&)>& get) {
  Pair pair = PairOf<BuildSample>(before.builds, after.builds, false, get);
  if (pair.before.min < 0 || pair.after.min < 0) return std::nullopt;
  return pair;
}

struct Gate {
  std::vector<std::string> reasons;
  std::vector<std::string> permitted;
  void Add(bool allowed, std::string text) {
    (allowed ? permitted : reasons).push_back(std::move(text));
  }
};

void GateProgramTime(const Comparison& c, const Allowed& allowed, Gate* gate) {
  if (!c.program_cpu.has_value()) {
    if (!allowed.no_program) {
      gate->Add(false,
                "the program was not run, so nothing shows that it did "
                "not get slower");
    }
    return;
  }
  const Ratio& cpu = c.program_cpu->ratio;
  const Ratio& wall = c.program_wall->ratio;
  if (cpu.value > kProgramTimeLimit) {
    gate->Add(
        allowed.slower_program,
        absl::StrCat("the program got ", FormatRatio(cpu.value),
                     " slower (limit ", FormatRatio(kProgramTimeLimit), ")"));
  } else if (wall.value > kProgramTimeLimit && wall.low > kProgramTimeLimit) {
    gate->Add(
        allowed.slower_program,
        absl::StrCat("the program's wall time got ", FormatRatio(wall.value),
                     " longer (limit ", FormatRatio(kProgramTimeLimit), ")"));
  }
}

void GateRuns(const Comparison& c, Gate* gate) {
  if (c.runs >= static_cast<size_t>(kMinimumRuns)) return;
  gate->Add(false, absl::StrCat("fewer than ", kMinimumRuns,
                                " builds of each side prove nothing"));
}

void GateSize(const Comparison& c, const Allowed& allowed, Gate* gate) {
  const std::optional<Pair>& size =
      c.stripped.has_value() ? c.stripped : c.size;
  if (!size.has_value() || size->ratio.value <= kSizeLimit) return;
  gate->Add(allowed.larger_program,
            absl::StrCat("the program got ", FormatRatio(size->ratio.value),
                         " larger (limit ", FormatRatio(kSizeLimit), ")"));
}

void GateSameness(const Comparison& c, const Allowed& allowed, Gate* gate) {
  if (c.same.output.has_value() && !*c.same.output) {
    gate->Add(false, absl::StrCat("the program's output differs: ",
                                  c.same.output_detail));
  }
  if (c.same.symbols.has_value() && !*c.same.symbols) {
    gate->Add(allowed.symbol_changes,
              absl::StrCat("the exported dynamic symbols differ: ",
                           c.same.symbols_detail));
  }
  if (c.check_after == CheckOutcome::kFailed) {
    gate->Add(false, c.check_before == CheckOutcome::kFailed
                         ? "the project's own tests fail on both sides, so "
                           "they prove nothing"
                         : "the project's own tests fail");
  }
}

// "(program 0.99x, size 1.01x, output same)"
std::string ProgramSummary(const Comparison& c, const Gate& gate) {
  std::vector<std::string> parts;
  parts.push_back(
      c.program_cpu.has_value()
          ? absl::StrCat("program ", FormatRatio(c.program_cpu->ratio.value))
          : "program not run");
  const std::optional<Pair>& size =
      c.stripped.has_value() ? c.stripped : c.size;
  if (size.has_value()) {
    parts.push_back(absl::StrCat("size ", FormatRatio(size->ratio.value)));
  }
  if (c.same.output.has_value()) {
    parts.push_back(*c.same.output ? "output same" : "output differs");
  }
  std::string out = absl::StrCat("(", absl::StrJoin(parts, ", "), ")");
  for (const std::string& trade : gate.permitted) {
    absl::StrAppend(&out, "; allowed by option: ", trade);
  }
  return out;
}

}  // namespace

Comparison Compare(const BenchResult& result, size_t baseline) {
  assert(baseline >= 1 && baseline < result.sides.size());
  const Side& after = result.sides[0];
  const Side& before = result.sides[baseline];
  Comparison c;
  c.project = result.project;
  c.tested = after.label;
  c.baseline = before.label;
  c.runs = after.builds.size();
  c.program_runs = after.runs.size();
  auto builds = [&](const std::function<double(const BuildSample&)>& get) {
    return PairOf<BuildSample>(before.builds, after.builds, true, get);
  };
  c.build_wall = builds([](const auto& s) { return s.wall_seconds; });
  c.build_cpu =
      builds([](const auto& s) { return s.user_seconds + s.system_seconds; });
  c.build_memory =
      builds([](const auto& s) { return static_cast<double>(s.peak_rss_kib); });
  if (!before.runs.empty()) {
    auto runs = [&](const std::function<double(const ProgramSample&)>& get) {
      return PairOf<ProgramSample>(before.runs, after.runs, false, get);
    };
    c.program_cpu =
        runs([](const auto& s) { return s.user_seconds + s.system_seconds; });
    c.program_wall = runs([](const auto& s) { return s.wall_seconds; });
  }
  c.size = SizePair(before, after, [](const BuildSample& s) {
    return static_cast<double>(s.size_bytes);
  });
  c.stripped = SizePair(before, after, [](const BuildSample& s) {
    return static_cast<double>(s.stripped_bytes);
  });
  c.same = result.sameness[baseline - 1];
  c.check_before = before.check_outcome;
  c.check_after = after.check_outcome;
  return c;
}

Verdict Judge(const Comparison& c, const Allowed& allowed) {
  Gate gate;
  GateRuns(c, &gate);
  GateProgramTime(c, allowed, &gate);
  GateSize(c, allowed, &gate);
  GateSameness(c, allowed, &gate);

  const Ratio& wall = c.build_wall.ratio;
  const std::string build =
      absl::StrCat("wall ", FormatRatio(wall.value), ", CPU ",
                   FormatRatio(c.build_cpu.ratio.value));
  const std::string summary = ProgramSummary(c, gate);
  const std::string reasons = absl::StrJoin(gate.reasons, "; ");
  Verdict verdict;
  verdict.reasons = gate.reasons;
  if (wall.high < 1) {
    verdict.kind = VerdictKind::kSlower;
    verdict.text = absl::StrCat("slower: ", build, " ", summary,
                                reasons.empty() ? "" : "; ", reasons);
  } else if (!gate.reasons.empty()) {
    verdict.kind = VerdictKind::kNotAWin;
    verdict.text = absl::StrCat("not a win: ", reasons, " [build ", build, "]");
  } else if (wall.low > 1) {
    verdict.kind = VerdictKind::kFaster;
    verdict.text = absl::StrCat("faster: ", build, " ", summary);
  } else {
    verdict.kind = VerdictKind::kNoDifference;
    verdict.text = absl::StrCat(
        "no difference: ", build, ", interval of the wall ratio ",
        FormatRatio(wall.low), " to ", FormatRatio(wall.high), " ", summary);
  }
  return verdict;
}

std::string VerdictKindName(VerdictKind kind) {
  switch (kind) {
    case VerdictKind::kFaster:
      return "faster";
    case VerdictKind::kNoDifference:
      return "no difference";
    case VerdictKind::kSlower:
      return "slower";
    case VerdictKind::kNotAWin:
      return "not a win";
  }
  return "";
}

std::string FormatRatio(double ratio) {
  // "got 1.02x slower (limit 1.02x)" would look like a mistake, so digits are
  // added until a value beside a limit no longer reads as the limit.
  int digits = 2;
  for (double limit : {kProgramTimeLimit, kSizeLimit}) {
    while (digits < 6 && ratio != limit &&
           absl::StrFormat("%.*f", digits, ratio) ==
               absl::StrFormat("%.*f", digits, limit)) {
      ++digits;
    }
  }
  return absl::StrFormat("%.*fx", digits, ratio);
}

namespace {

Json PairToJson(const Pair& pair) {
  auto summary = [](const Summary& s) {
    return Json{{"min", s.min},
                {"median", s.median},
                {"max", s.max},
                {"count", s.count}};
  };
  return {{"before", summary(pair.before)},
          {"after", summary(pair.after)},
          {"ratio", pair.ratio.value},
          {"ratio_low", pair.ratio.low},
          {"ratio_high", pair.ratio.high}};
}

Json PairToJson(const std::optional<Pair>& pair) {
  return pair.has_value() ? PairToJson(*pair) : Json(nullptr);
}

}  // namespace

Json ComparisonToJson(const Comparison& c, const Verdict& verdict) {
  auto optional = [](const std::optional<bool>& value) {
    return value.has_value() ? Json(*value) : Json(nullptr);
  };
  return {{"project", c.project},
          {"tested", c.tested},
          {"baseline", c.baseline},
          {"runs", c.runs},
          {"program_runs", c.program_runs},
          {"build_wall_seconds", PairToJson(c.build_wall)},
          {"build_cpu_seconds", PairToJson(c.build_cpu)},
          {"build_peak_rss_kib", PairToJson(c.build_memory)},
          {"program_cpu_seconds", PairToJson(c.program_cpu)},
          {"program_wall_seconds", PairToJson(c.program_wall)},
          {"size_bytes", PairToJson(c.size)},
          {"stripped_bytes", PairToJson(c.stripped)},
          {"output_same", optional(c.same.output)},
          {"symbols_same", optional(c.same.symbols)},
          {"check_before", CheckOutcomeName(c.check_before)},
          {"check_after", CheckOutcomeName(c.check_after)},
          {"verdict", VerdictKindName(verdict.kind)},
          {"verdict_text", verdict.text},
          {"reasons", verdict.reasons}};
}

}  // namespace dfe::bench
