// What one `dfe bench` run measured: only facts and raw samples. Ratios and
// verdicts are always computed from these (verdict.h), never stored, so that a
// table cannot disagree with its samples.
#ifndef DFE_BENCH_RESULT_H_
#define DFE_BENCH_RESULT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "nlohmann/json.hpp"

namespace dfe::bench {

// One timed build. Sizes are -1 when they could not be told.
struct BuildSample {
  int round = 0;     // from 0; a round builds every side once
  int position = 0;  // place within the round, from 0
  double wall_seconds = 0;
  double user_seconds = 0;
  double system_seconds = 0;
  int64_t peak_rss_kib = 0;   // of the largest process
  int64_t still_running = 0;  // processes that outlived the build
  int64_t size_bytes = -1;
  int64_t stripped_bytes = -1;
};

// One timed run of the produced program.
struct ProgramSample {
  int round = 0;
  int position = 0;
  double wall_seconds = 0;
  double user_seconds = 0;
  double system_seconds = 0;
  int64_t peak_rss_kib = 0;
};

enum class CheckOutcome { kNotRun = 0, kPassed = 1, kFailed = 2 };

struct Side {
  std::string label;
  std::string build;
  std::string clean;
  std::string artifact;
  std::string check;
  std::vector<std::pair<std::string, std::string>> environment;
  CheckOutcome check_outcome = CheckOutcome::kNotRun;
  std::vector<BuildSample> builds;
  std::vector<ProgramSample> runs;
};

// The tested side against one baseline. No value: not compared.
struct Sameness {
  std::optional<bool> output;
  std::string output_detail;  // what differs
  std::optional<bool> symbols;
  std::string symbols_detail;
};

// Trades that the user asked for by name.
struct Allowed {
  bool slower_program = false;
  bool larger_program = false;
  bool symbol_changes = false;
  bool no_program = false;
};

struct Machine {
  std::string cpu;
  int64_t cores = 0;  // that this process may use
  int64_t memory_kib = 0;
};

using NamedText = std::vector<std::pair<std::string, std::string>>;

struct BenchResult {
  std::string project;
  std::string date;    // of the start, "2026-01-31T12:00:00Z"
  NamedText versions;  // "dfe", "rustc", …: first line of --version
  NamedText flags;     // set variables that steer compilers and cargo
  Machine machine;
  int64_t warmup = 0;
  std::string run_command;  // with {}
  std::string output_ignore;
  Allowed allowed;
  std::vector<Side> sides;         // [0] is the tested one
  std::vector<Sameness> sameness;  // [i] compares sides[0] and sides[i + 1]
  std::vector<std::string> notes;  // oddities that a reader should know
};

std::string CheckOutcomeName(CheckOutcome outcome);  // "not run", …

// The facts alone, all of them: two results are the same if and only if their
// JSON is. Invalid UTF-8 is replaced.
nlohmann::ordered_json FactsToJson(const BenchResult& result);

// Hex XXH3-64 of that JSON.
std::string Fingerprint(const BenchResult& result);

}  // namespace dfe::bench

#endif  // DFE_BENCH_RESULT_H_
