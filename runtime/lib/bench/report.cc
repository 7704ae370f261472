// Renders results: in a few lines, one row for each comparison, or one in full.
#include "dfe/bench/report.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "dfe/bench/overview.h"

namespace dfe::bench {
namespace {

using Json = nlohmann::ordered_json;

constexpr absl::string_view kColumns[] = {
    "project",   "comparison",  "build before", "build after",  "build wall",
    "build CPU", "program CPU", "program wall", "program size", "output",
    "own tests", "verdict",     "runs",         "date",         "versions"};

std::string Seconds(double s) {
  return absl::StrFormat("%.*f s", s < 10 ? 3 : 1, s);
}

std::string WithInterval(const Ratio& r) {
  return absl::StrCat(FormatRatio(r.value), " [",
                      absl::StrFormat("%.2f", r.low), ", ",
                      absl::StrFormat("%.2f", r.high), "]");
}

std::string RatioOrDash(const std::optional<Pair>& pair) {
  return pair.has_value() ? FormatRatio(pair->ratio.value) : "-";
}

std::string SameOrDash(const std::optional<bool>& same) {
  return same.has_value() ? (*same ? "same" : "differs") : "-";
}

std::string Checks(const Comparison& c) {
  if (c.check_after == CheckOutcome::kNotRun &&
      c.check_before == CheckOutcome::kNotRun) {
    return "-";
  }
  return c.check_before == c.check_after
             ? CheckOutcomeName(c.check_after)
             : absl::StrCat(CheckOutcomeName(c.check_before), " / ",
                            CheckOutcomeName(c.check_after));
}

// "rustc 1.2.3 (abc 2026-01-01)" -> "rustc 1.2.3", "cc (Debian 4.5-6) 4.5" ->
// "cc 4.5": the first word that starts with a digit, outside parentheses.
std::string ShortVersion(const std::string& tool, absl::string_view line) {
  int depth = 0;
  for (absl::string_view word : absl::StrSplit(line, ' ', absl::SkipEmpty())) {
    if (depth == 0 &&
        absl::ascii_isdigit(static_cast<unsigned char>(word.front()))) {
      return absl::StrCat(tool, " ", word);
    }
    for (char c : word) depth += c == '(' ? 1 : c == ')' ? -1 : 0;
  }
  return tool;
}

std::string Versions(const NamedText& versions) {
  std::vector<std::string> parts;
  for (const auto& [tool, line] : versions) {
    parts.push_back(ShortVersion(tool, line));
  }
  return absl::StrJoin(parts, ", ");
}

std::vector<std::string> Cells(const ReportRow& row) {
  const Comparison& c = row.comparison;
  return {c.project,
          absl::StrCat(c.tested, " vs ", c.baseline),
          Seconds(c.build_wall.before.median),
          Seconds(c.build_wall.after.median),
          WithInterval(c.build_wall.ratio),
          FormatRatio(c.build_cpu.ratio.value),
          RatioOrDash(c.program_cpu),
          RatioOrDash(c.program_wall),
          RatioOrDash(c.stripped.has_value() ? c.stripped : c.size),
          SameOrDash(c.same.output),
          Checks(c),
          VerdictKindName(row.verdict.kind),
          absl::StrCat(c.runs, "/", c.program_runs),
          row.date.substr(0, 10),
          Versions(row.versions)};
}

std::vector<std::vector<std::string>> Lines(
    const std::vector<ReportRow>& rows) {
  std::vector<std::vector<std::string>> lines;
  lines.emplace_back(std::begin(kColumns), std::end(kColumns));
  for (const ReportRow& row : rows) lines.push_back(Cells(row));
  return lines;
}

std::string MarkdownTable(const std::vector<std::vector<std::string>>& lines) {
  std::string out;
  for (size_t i = 0; i < lines.size(); ++i) {
    for (const std::string& cell : lines[i]) {
      absl::StrAppend(&out, "| ",
                      absl::StrReplaceAll(cell, {{"|", "\\|"}, {"\n", " "}}),
                      " ");
    }
    out += "|\n";
    if (i > 0) continue;
    for (size_t column = 0; column < lines[i].size(); ++column) out += "|---";
    out += "|\n";
  }
  return out;
}

// Machines of all rows, without repeats.
std::string Machines(const std::vector<ReportRow>& rows) {
  std::set<std::string> seen;
  for (const ReportRow& row : rows) {
    seen.insert(absl::StrFormat(
        "%s, %d cores, %.0f GiB", row.machine.cpu, row.machine.cores,
        static_cast<double>(row.machine.memory_kib) / (1024.0 * 1024.0)));
  }
  return absl::StrJoin(seen, "; ");
}

std::string Legend(const std::vector<ReportRow>& rows) {
  return absl::StrCat(
      "Medians. Build ratios are before/after (above 1 is faster), of a "
      "project "
      "with a 95 % bootstrap interval, of several with the least and the most, "
      "those included that are no win; program and stripped size ratios are "
      "after/before "
      "(above 1 is worse). Not a win: a program more than ",
      FormatRatio(kProgramTimeLimit), " slower or ", FormatRatio(kSizeLimit),
      " larger, other output or symbols, failing tests, or no proof. Runs: "
      "builds/program runs of each side. Machine: ",
      Machines(rows), ".\n");
}

// Columns padded to their width in code points.
size_t Width(absl::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(),
      [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string Aligned(const std::vector<std::vector<std::string>>& lines) {
  std::vector<size_t> widths;
  for (const auto& cells : lines) {
    widths.resize(std::max(widths.size(), cells.size()));
    for (size_t i = 0; i < cells.size(); ++i) {
      widths[i] = std::max(widths[i], Width(cells[i]));
    }
  }
  std::string out;
  for (const auto& cells : lines) {
    std::string line;
    for (size_t i = 0; i < cells.size(); ++i) {
      absl::StrAppend(&line, cells[i]);
      if (i + 1 < cells.size()) {
        line.append(widths[i] - Width(cells[i]) + 2, ' ');
      }
    }
    absl::StrAppend(&out, line, "\n");
  }
  return out;
}

// "12.3 (11.9 .. 13.0)"
std::string Spread(const Summary& s, absl::string_view format) {
  auto one = [&](double value) {
    if (format == "s") return absl::StrFormat("%.3f", value);
    return absl::StrFormat("%.0f", value);
  };
  return absl::StrCat(one(s.median), " (", one(s.min), " .. ", one(s.max), ")");
}

void AddMeasure(absl::string_view name, absl::string_view format,
                const std::optional<Pair>& pair,
                std::vector<std::vector<std::string>>* lines) {
  if (!pair.has_value()) return;
  lines->push_back({std::string(name), Spread(pair->before, format),
                    Spread(pair->after, format), WithInterval(pair->ratio)});
}

}  // namespace

std::vector<ReportRow> SelectRows(const std::vector<BenchResult>& sessions,
                                  absl::string_view project) {
  std::map<std::tuple<std::string, std::string, std::string>, ReportRow> latest;
  for (const BenchResult& result : sessions) {
    if (!project.empty() && result.project != project) continue;
    for (size_t i = 1; i < result.sides.size(); ++i) {
      Comparison c = Compare(result, i);
      Verdict verdict = Judge(c, result.allowed);
      auto key = std::make_tuple(c.project, c.tested, c.baseline);
      latest[key] = {std::move(c), std::move(verdict), result.date,
                     result.versions, result.machine};
    }
  }
  std::vector<ReportRow> rows;
  rows.reserve(latest.size());
  for (auto& [key, row] : latest) rows.push_back(std::move(row));
  return rows;
}

std::string MarkdownReport(const std::vector<ReportRow>& rows) {
  if (rows.empty()) return "No results yet.\n";
  return absl::StrCat(MarkdownTable(Overview(rows)), "\n", Legend(rows),
                      "\n<details>\n<summary>Each project: ", rows.size(),
                      " comparisons</summary>\n\n", MarkdownTable(Lines(rows)),
                      "\n</details>\n");
}

std::string TextReport(const std::vector<ReportRow>& rows) {
  if (rows.empty()) return "no results yet\n";
  return absl::StrCat(Aligned(Overview(rows)), "\n", Aligned(Lines(rows)), "\n",
                      Legend(rows));
}

std::string JsonReport(const std::vector<ReportRow>& rows) {
  Json out = Json::array();
  for (const ReportRow& row : rows) {
    Json one = ComparisonToJson(row.comparison, row.verdict);
    one["date"] = row.date;
    for (const auto& [tool, line] : row.versions) one["versions"][tool] = line;
    one["machine"] = {{"cpu", row.machine.cpu},
                      {"cores", row.machine.cores},
                      {"memory_kib", row.machine.memory_kib}};
    out.push_back(std::move(one));
  }
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string ResultText(const BenchResult& result) {
  std::string out;
  for (size_t i = 1; i < result.sides.size(); ++i) {
    Comparison c = Compare(result, i);
    absl::StrAppend(&out, c.project, ": ", c.tested, " vs ", c.baseline, ", ",
                    c.runs, " builds and ", c.program_runs,
                    " program runs of each\n");
    std::vector<std::vector<std::string>> lines = {
        {"", "before: median (min .. max)", "after", "ratio [95 %]"}};
    AddMeasure("build wall s", "s", c.build_wall, &lines);
    AddMeasure("build CPU s", "s", c.build_cpu, &lines);
    AddMeasure("build memory KiB", "", c.build_memory, &lines);
    AddMeasure("program CPU s", "s", c.program_cpu, &lines);
    AddMeasure("program wall s", "s", c.program_wall, &lines);
    AddMeasure("size B", "", c.size, &lines);
    AddMeasure("stripped size B", "", c.stripped, &lines);
    absl::StrAppend(&out, Aligned(lines), "output: ", SameOrDash(c.same.output),
                    "; dynamic symbols: ", SameOrDash(c.same.symbols),
                    "; own tests: ", Checks(c), "\n");
    absl::StrAppend(&out, "verdict: ", Judge(c, result.allowed).text, "\n");
    if (i + 1 < result.sides.size()) out += "\n";
  }
  for (const std::string& note : result.notes) {
    absl::StrAppend(&out, "note: ", note, "\n");
  }
  return out;
}

std::string ResultJson(const BenchResult& result) {
  Json out = FactsToJson(result);
  out["comparisons"] = Json::array();
  for (size_t i = 1; i < result.sides.size(); ++i) {
    Comparison c = Compare(result, i);
    out["comparisons"].push_back(ComparisonToJson(c, Judge(c, result.allowed)));
  }
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

absl::StatusOr<std::string> ReplaceSection(absl::string_view document,
                                           absl::string_view table,
                                           absl::string_view path) {
  // A marker inside a line is prose about the marker, not the marker.
  std::vector<size_t> begins;
  std::vector<size_t> ends;
  size_t at = 0;
  for (absl::string_view line : absl::StrSplit(document, '\n')) {
    absl::string_view marker = absl::StripTrailingAsciiWhitespace(line);
    if (marker == kReportBegin) begins.push_back(at);
    if (marker == kReportEnd) ends.push_back(at);
    at += line.size() + 1;
  }
  const bool one_each = begins.size() == 1 && ends.size() == 1;
  if (!one_each || begins[0] > ends[0]) {
    return absl::FailedPreconditionError(absl::StrCat(
        "bench report: ", path, ": expected one line '", kReportBegin,
        "' and after it one line '", kReportEnd, "', got ", begins.size(),
        " and ", ends.size(), one_each ? " in the wrong order" : ""));
  }
  return absl::StrCat(document.substr(0, begins[0] + kReportBegin.size()), "\n",
                      table, document.substr(ends[0]));
}

}  // namespace dfe::bench
