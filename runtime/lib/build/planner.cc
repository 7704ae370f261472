// The planner's rules. The figures behind each constant are in
// runtime/DESIGN.md.
#include "dfe/build/planner.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace dfe {
namespace {

using dispatch::Strategy;

// No sane profile asks for this many codegen units.
constexpr int kMarkerBase = 57300;

// How large a function ThinLTO copies into another module to inline it there.
// On bat 5 and 0 differ by 0.1 % in instructions run and in size.
constexpr int kImportLimitLto = 5;
constexpr int kImportLimitNoLto = 0;

// `single` gives up parallelism inside a crate. With few cores other crates
// fill them; beyond this it was not measured, and a large crate on the critical
// path would be compiled by one core.
constexpr int kSingleMaxCores = 4;

// The leaf comes last and alone: enough units to fill the cores, in halves
// small enough to end together.
int LeafUnitsFor(int cores) { return std::min(16, 2 * cores); }

// The reason why deferred is not possible, or "".
std::string WhyNotDeferred(const PlannerInput& in) {
  if (!in.have_deferral) return absl::StrCat("deferred: ", in.deferral_detail);
  if (in.profile.debug_assertions) {
    return absl::StrCat("deferred: profile ", in.profile.name,
                        " has debug assertions");
  }
  if (in.deferred_banned) {
    return "a deferred build failed here before: `dfe clean bans` forgets that";
  }
  return "";
}

// The reason why deferring would gain nothing, or "". A unit that is a cdylib,
// too, compiles all that it reaches, of other crates as well, by module, and
// programs link that. Of grex, whose library is one, the build took 29.0 s in
// place of 26.3, by `single` 23.9, and the program 1.1 times as long.
std::string WhyNotWorthDeferring(const PlannerInput& in) {
  if (in.library_of_two_kinds.empty()) return "";
  return absl::StrCat("deferred: library ", in.library_of_two_kinds,
                      " is a cdylib, too, which compiles all that it reaches");
}

// The reason why not before it is known what leaves share, or "". Eight
// programs over four libraries took 2.5 times as long as without us when each
// compiled all that it needed; two over one crate take about as long.
std::string WhyNotDeferredYet(const PlannerInput& in) {
  if (in.shares_known || !in.profile_known ||
      (in.leaves < 2 && !in.was_learning)) {
    return "";
  }
  return absl::StrCat(kNothingKnown, " what the programs and tests share; ",
                      in.linker_works
                          ? "this build records it for the next clean one"
                          : "only a linker that writes lld's maps tells");
}

// The reason why nothing can be done for this command, or "".
std::string WhyPlain(const PlannerInput& in) {
  if (in.choice == StrategyChoice::kPlain) return "asked for: --strategy plain";
  if (!in.command.compiles) {
    return absl::StrCat("cargo ", in.command.subcommand,
                        " generates no optimised code");
  }
  if (in.profile.opt_level == "0") {
    return absl::StrCat("profile ", in.profile.name, " is not optimised");
  }
  if (in.profile.incremental) {
    return absl::StrCat("profile ", in.profile.name,
                        " is incremental: left alone");
  }
  for (const std::string& config : in.command.config) {
    if (config.find("profile") != std::string::npos) {
      return "--config sets a profile: not seen through";
    }
    if (config.find("rustc-wrapper") != std::string::npos) {
      return "--config sets a rustc-wrapper: not seen through";
    }
    if (config.find('=') == std::string::npos) {
      return absl::StrCat("--config names the file ", config,
                          ": not seen through");
    }
  }
  // The compiler that has the flag is built from a tested release, but calls
  // itself something else.
  if (!in.rustc_tested && in.choice == StrategyChoice::kAuto &&
      !WhyNotDeferred(in).empty()) {
    return absl::StrCat("rustc ", in.rustc_release,
                        " is not a tested release: --strategy overrides",
                        in.have_deferral ? "; " : "",
                        in.have_deferral ? WhyNotDeferred(in) : "");
  }
  return "";
}

// The reason why late is not possible, or "". Without `ask_linker` that is
// taken to be able to.
std::string WhyNotLate(const PlannerInput& in, bool ask_linker = true) {
  if (!in.foreign_type.empty()) {
    return absl::StrCat(
        in.foreign_type,
        " in the workspace: its users' linkers read no bitcode");
  }
  if (ask_linker && !in.linker_works) {
    return absl::StrCat("linker cannot do late links: ", in.linker_detail);
  }
  if (in.late_banned) {
    return "a late link failed here before: `dfe clean bans` forgets that";
  }
  return "";
}

std::string WhyNotSingle(const PlannerInput& in) {
  if (in.profile.codegen_units != 0) {
    return absl::StrCat("profile ", in.profile.name,
                        " sets codegen-units = ", in.profile.codegen_units);
  }
  if (in.cores > kSingleMaxCores) {
    return absl::StrCat("single: expected at most ", kSingleMaxCores,
                        " cores, got ", in.cores);
  }
  return "";
}

std::string WhyNotSeeded(const PlannerInput& in) {
  if (!in.allow_unstable) {
    return "seeded needs -Zllvm-plugins: --unstable permits it";
  }
  if (!in.have_plugin) {
    return "seeded: DeadFnElim.so was not found under a path without spaces";
  }
  if (!in.have_seeds) return "seeded: no seeds yet, this build records them";
  return WhyNotLate(in);  // it heals through lld, as late links do
}

}  // namespace

int MarkerFor(Strategy with_lto, Strategy without_lto) {
  // Seeded shares single's: cargo hashes the number into -C metadata, which is
  // part of every symbol's name, and the seeds were learned under single. Both
  // make native libraries, so either may stand where the other is expected.
  if (without_lto == Strategy::kSeeded) without_lto = Strategy::kSingle;
  return kMarkerBase + 10 * static_cast<int>(with_lto) +
         static_cast<int>(without_lto);
}

PlannerOutput MakePlan(const PlannerInput& in) {
  PlannerOutput out;
  out.reason = WhyPlain(in);
  if (!out.reason.empty()) return out;

  dispatch::Plan& plan = out.plan;
  plan.codegen_units = in.profile.codegen_units;
  if (in.profile_known) plan.opt_level = in.profile.opt_level;
  plan.jobs = in.command.jobs > 0 ? in.command.jobs : in.cores;
  plan.leaf_units = in.profile.codegen_units != 0 ? in.profile.codegen_units
                                                  : LeafUnitsFor(plan.jobs);
  plan.import_limit_lto = kImportLimitLto;
  plan.import_limit_no_lto = kImportLimitNoLto;

  // For each half of the plan: the strategy, and what spoke against a better
  // one. Dispatch tells the halves apart by what cargo says to rustc, so a
  // command whose profile is not known beforehand gets both.
  std::string against_lto;
  std::string against_no_lto;
  auto choose =
      [](std::initializer_list<std::pair<Strategy, std::string>> order,
         std::string* against) {
        for (const auto& [strategy, why] : order) {
          if (why.empty()) return strategy;
          absl::StrAppend(against, against->empty() ? "" : "; ", why);
        }
        return Strategy::kPlain;
      };
  switch (in.choice) {
    case StrategyChoice::kPlain:
      break;
    case StrategyChoice::kLate:
      plan.with_lto = choose({{Strategy::kLate, WhyNotLate(in)}}, &against_lto);
      plan.without_lto = plan.with_lto;
      against_no_lto = against_lto;
      break;
    case StrategyChoice::kSingle:
      // Asked for by name, so the number of cores is the user's business.
      plan.without_lto = Strategy::kSingle;
      against_lto = "single is for profiles without LTO";
      break;
    case StrategyChoice::kSeeded:
      plan.without_lto = choose({{Strategy::kSeeded, WhyNotSeeded(in)},
                                 {Strategy::kSingle, WhyNotSingle(in)}},
                                &against_no_lto);
      plan.with_lto = choose({{Strategy::kLate, WhyNotLate(in)}}, &against_lto);
      break;
    case StrategyChoice::kDeferred:
      plan.with_lto = plan.without_lto =
          choose({{Strategy::kDeferred, WhyNotDeferred(in)}}, &against_lto);
      against_no_lto = against_lto;
      break;
    case StrategyChoice::kAuto:
      if (in.have_deferral) {
        std::string why = WhyNotDeferred(in);
        if (why.empty()) why = WhyNotWorthDeferring(in);
        if (why.empty()) {
          plan.with_lto = plan.without_lto = Strategy::kDeferred;
          // Under LTO each leaf is compiled as a whole anyway.
          against_no_lto = WhyNotDeferredYet(in);
          plan.learns = !against_no_lto.empty();
          if (plan.learns && !WhyNotSingle(in).empty()) {
            absl::StrAppend(&against_no_lto, "; ", WhyNotSingle(in));
          }
          break;
        }
        against_lto = against_no_lto = why;
      }
      // Where no unit will take this half, the linker has no say in it: the
      // marker is then the same, whatever is found out about that later.
      plan.with_lto =
          choose({{Strategy::kLate,
                   WhyNotLate(in, !in.profile_known || in.flags_ask_for_lto ||
                                      in.profile.asks_for_lto())}},
                 &against_lto);
      plan.without_lto =
          choose({{Strategy::kSingle, WhyNotSingle(in)}}, &against_no_lto);
      break;
  }
  if (WhyNotSingle(in).empty()) plan.at_home = Strategy::kSingle;
  const bool lto = in.profile.asks_for_lto();
  if (in.profile_known) {
    out.accelerate =
        (lto ? plan.with_lto : plan.without_lto) != Strategy::kPlain;
    out.reason = lto ? against_lto : against_no_lto;
  } else {
    out.accelerate = plan.with_lto != Strategy::kPlain ||
                     plan.without_lto != Strategy::kPlain;
    out.reason = against_lto.empty() ? against_no_lto : against_lto;
  }
  plan.plain_reason = out.reason;
  plan.marker = MarkerFor(plan.with_lto, plan.without_lto);
  plan.map = true;
  return out;
}

bool LinkerMatters(const PlannerInput& in) {
  PlannerInput works = in;
  works.linker_works = true;
  PlannerInput fails = in;
  fails.linker_works = false;
  const PlannerOutput with = MakePlan(works);
  const PlannerOutput without = MakePlan(fails);
  return with.accelerate != without.accelerate ||
         with.reason != without.reason ||
         with.plan.Render() != without.plan.Render();
}

absl::StatusOr<StrategyChoice> ChoiceFromName(absl::string_view name) {
  if (name == "auto") return StrategyChoice::kAuto;
  if (name == "plain") return StrategyChoice::kPlain;
  if (name == "late") return StrategyChoice::kLate;
  if (name == "single") return StrategyChoice::kSingle;
  if (name == "seeded") return StrategyChoice::kSeeded;
  if (name == "deferred") return StrategyChoice::kDeferred;
  return absl::InvalidArgumentError(
      absl::StrCat("--strategy: expected auto, plain, single, late, seeded "
                   "or deferred, got '",
                   name, "'"));
}

}  // namespace dfe
