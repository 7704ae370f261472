// Groups rows, and says of each group what most projects gained.
#include "dfe/bench/overview.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "dfe/bench/statistics.h"
#include "dfe/bench/verdict.h"

namespace dfe::bench {
namespace {

constexpr char kFirstBuild[] = "first clean build";

std::string WayOfBuilding(const std::string& project) {
  const size_t comma = project.find(", ");
  return comma == std::string::npos ? kFirstBuild : project.substr(comma + 2);
}

std::string MedianOrDash(const std::vector<double>& values) {
  return values.empty() ? "-" : FormatRatio(Median(values));
}

std::string WithSpread(const std::vector<double>& values) {
  if (values.size() < 2) return MedianOrDash(values);
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return absl::StrFormat("%s (%.2f to %.2f)", MedianOrDash(values), *least,
                         *most);
}

struct Group {
  std::vector<double> wall;
  std::vector<double> cpu;
  std::vector<double> program;
  std::vector<double> size;
  std::map<VerdictKind, int> verdicts;  // in the order of VerdictKind

  void Add(const ReportRow& row) {
    const Comparison& c = row.comparison;
    wall.push_back(c.build_wall.ratio.value);
    cpu.push_back(c.build_cpu.ratio.value);
    if (c.program_cpu) program.push_back(c.program_cpu->ratio.value);
    const std::optional<Pair>& bytes = c.stripped ? c.stripped : c.size;
    if (bytes) size.push_back(bytes->ratio.value);
    ++verdicts[row.verdict.kind];
  }

  std::string Verdicts() const {
    std::vector<std::string> parts;
    parts.reserve(verdicts.size());
    for (const auto& [kind, count] : verdicts) {
      parts.push_back(absl::StrCat(count, " ", VerdictKindName(kind)));
    }
    return absl::StrJoin(parts, ", ");
  }
};

}  // namespace

std::vector<std::vector<std::string>> Overview(
    const std::vector<ReportRow>& rows) {
  std::map<std::pair<std::string, std::string>, Group> groups;
  for (const ReportRow& row : rows) {
    groups[{WayOfBuilding(row.comparison.project), row.comparison.baseline}]
        .Add(row);
  }
  std::vector<std::vector<std::string>> lines = {
      {"what is built", "beside", "projects", "build wall", "build CPU",
       "program CPU", "program size", "verdicts"}};
  for (const auto& [key, group] : groups) {
    lines.push_back({key.first, key.second, absl::StrCat(group.wall.size()),
                     WithSpread(group.wall), WithSpread(group.cpu),
                     WithSpread(group.program), WithSpread(group.size),
                     group.Verdicts()});
  }
  return lines;
}

}  // namespace dfe::bench
