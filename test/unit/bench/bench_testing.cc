#include "bench_testing.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"

namespace dfe::bench {

std::string NewFolder() {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) /
      absl::StrCat("bench_", getpid(), "_", test->test_suite_name(), "_",
                   test->name());
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder.string();
}

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void WriteAll(const std::string& path, absl::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

BenchResult GoodResult() {
  BenchResult r;
  r.project = "tool";
  r.date = "2026-03-01T10:00:00Z";
  r.versions = {{"dfe", "0.1.0"}, {"rustc", "rustc 9.8.7 (abc 2026-01-01)"}};
  r.flags = {{"RUSTFLAGS", "-Cx"}};
  r.machine = {"Test CPU", 2, 8 << 20};
  r.run_command = "{} input";
  r.sides.resize(2);
  r.sameness.resize(1);
  r.sides[0].label = "dfe";
  r.sides[1].label = "default";
  for (size_t k = 0; k < 2; ++k) {
    Side& side = r.sides[k];
    side.build = "make";
    side.clean = "make clean";
    side.artifact = "out/tool";
    side.check = "make test";
    side.check_outcome = CheckOutcome::kPassed;
    for (int i = 0; i < 5; ++i) {
      const double wall = (k == 0 ? 1.0 : 2.0) + 0.01 * i;
      BuildSample b;
      b.round = i;
      b.position = static_cast<int>(k + static_cast<size_t>(i)) % 2;
      b.wall_seconds = wall;
      b.user_seconds = wall * 1.5;
      b.system_seconds = 0.125;
      b.peak_rss_kib = 1000;
      b.size_bytes = 5000;
      b.stripped_bytes = 4000;
      side.builds.push_back(b);
      side.runs.push_back({i, b.position, 0.3 + 0.001 * i, 0.2, 0.05, 500});
    }
  }
  r.sameness[0] = {true, "", true, ""};
  return r;
}

BenchRun RunWords(const std::vector<std::string>& words) {
  static const OptionTable table("dfe", {&kBenchCommand, 1}, BenchOptions());
  std::vector<std::string> all = {"bench"};
  all.insert(all.end(), words.begin(), words.end());
  BenchRun run;
  absl::StatusOr<ParsedOptions> options = table.Parse(all, {});
  if (!options.ok()) {
    run.exit_code = options.status();
    return run;
  }
  std::ostringstream out;
  std::ostringstream progress;
  run.exit_code = RunBench(*options, out, progress);
  run.out = out.str();
  run.progress = progress.str();
  return run;
}

}  // namespace dfe::bench
