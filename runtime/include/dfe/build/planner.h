// Chooses how a cargo build is accelerated, from facts alone.
//
// Pure: everything that it looks at is in PlannerInput, so each rule has a
// test. In doubt the answer is plain, with the reason in words.
#ifndef DFE_BUILD_PLANNER_H_
#define DFE_BUILD_PLANNER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dfe/build/cargo_command.h"
#include "dfe/build/cargo_profile.h"
#include "dfe/dispatch/plan.h"

namespace dfe {

// What the user asked for with --strategy.
enum class StrategyChoice { kAuto, kPlain, kLate, kSingle, kSeeded, kDeferred };

struct PlannerInput {
  StrategyChoice choice = StrategyChoice::kAuto;
  CargoCommand command;
  CargoProfile profile;
  bool profile_known = true;  // false: cargo is called by some other program
  std::string foreign_type;   // staticlib or dylib among the members, or ""
  // A library made for Rust and as a cdylib by one call, or "".
  std::string library_of_two_kinds;
  bool rustc_tested = true;  // the release is one that dfe was tested with
  std::string rustc_release;
  bool have_deferral = false;    // rustc has -Z dead-fn-elimination
  std::string deferral_detail;   // why not
  bool deferred_banned = false;  // a deferred build failed here before
  // Programs and tests that the command makes, 0 if that is not known, and
  // whether it is known which functions they share.
  int leaves = 0;
  bool shares_known = false;
  // What is compiled here was not deferred for lack of that knowledge.
  bool was_learning = false;
  bool flags_ask_for_lto = false;  // rustflags do, whatever the profile says
  bool linker_works = true;        // late links work with the expected linker
  std::string linker_detail;
  bool late_banned = false;  // a late link failed here before
  bool allow_unstable = false;
  bool have_plugin = false;
  bool have_seeds = false;
  int cores = 1;
};

// How the reason begins where libraries do not defer because several programs
// would each compile what they share.
inline constexpr char kNothingKnown[] = "deferred: not known yet";

struct PlannerOutput {
  // False: run the user's command untouched; `reason` says why.
  bool accelerate = false;
  std::string reason;
  dispatch::Plan plan;
};

PlannerOutput MakePlan(const PlannerInput& input);

// Whether anything in the plan depends on what the linker can do: if not, that
// can be found out while the build runs. Not looked at: `linker_works`.
bool LinkerMatters(const PlannerInput& input);

// The marker for a strategy pair: one number for each, so that file names
// (cargo hashes the profile) differ between plans that are not alike.
int MarkerFor(dispatch::Strategy with_lto, dispatch::Strategy without_lto);

// The choice that --strategy names. Error: InvalidArgument.
absl::StatusOr<StrategyChoice> ChoiceFromName(absl::string_view name);

}  // namespace dfe

#endif  // DFE_BUILD_PLANNER_H_
