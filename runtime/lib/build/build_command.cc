// `dfe build`, in order: command, facts, plan, session, run, recover, learn.
//
// Whatever goes wrong on our side ends in the user's own command, run as it
// was given, with one line that names the reason.
#include "dfe/build/build_command.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "dfe/base/progress_line.h"
#include "dfe/base/subprocess.h"
#include "dfe/base/versions.h"
#include "dfe/build/build_scripts.h"
#include "dfe/build/cargo_config.h"
#include "dfe/build/cargo_flags.h"
#include "dfe/build/cargo_project.h"
#include "dfe/build/compile_queue.h"
#include "dfe/build/explain_units.h"
#include "dfe/build/interrupts.h"
#include "dfe/build/kept_units.h"
#include "dfe/build/known_probes.h"
#include "dfe/build/orphans.h"
#include "dfe/build/planner.h"
#include "dfe/build/seeds.h"
#include "dfe/build/session.h"
#include "dfe/build/shared_functions.h"
#include "dfe/build/std_bitcode.h"
#include "dfe/build/toolchain.h"
#include "dfe/build/unit_choice.h"
#include "dfe/dispatch/archive_append.h"
#include "dfe/dispatch/decision.h"
#include "dfe/dispatch/dispatch.h"
#include "dfe/dispatch/event_log.h"
#include "dfe/dispatch/rustc_invocation.h"
#include "dfe/store/cache_folders.h"
#include "dfe/store/link_map.h"
#include "dfe/store/store.h"

extern char** environ;

namespace dfe {
namespace {

namespace fs = std::filesystem;
using dispatch::Strategy;
using dispatch::UnitEvent;

constexpr OptionSpec kOptions[] = {
    {"strategy", OptionKind::kText, "NAME", "auto", "build",
     "auto, plain, single, late, seeded or deferred"},
    {"explain", OptionKind::kFlag, "", "", "build",
     "say what was done to each unit, and why"},
    {"strict", OptionKind::kFlag, "", "", "build",
     "fail where dfe would fall back to the plain build"},
    {"unstable", OptionKind::kFlag, "", "", "build",
     "permit unstable rustc flags (RUSTC_BOOTSTRAP=1) for seeded"},
    {"lto-cache", OptionKind::kFlag, "", "1", "build",
     "keep the linker's optimised modules for the next late build"},
    {"object-cache", OptionKind::kFlag, "", "1", "build",
     "keep object code for the next build: of deferred programs, and of C and "
     "C++ in build scripts"},
    {"unit-cache", OptionKind::kFlag, "", "1", "build",
     "keep compiled libraries for the next clean build, of any project"},
    {"std-bitcode", OptionKind::kFlag, "", "1", "build",
     "let late links of profiles with LTO optimise std as well, as cargo's do"},
    {"compile-queue", OptionKind::kFlag, "", "1", "build",
     "compile first what most of the build waits for, as with C in build "
     "scripts"},
    {"save-session", OptionKind::kText, "DIR", "", "build",
     "copy plan, events and maps there, for a bug report"},
};

// Everything that one build knows; filled from top to bottom by RunBuild.
struct Build {
  const ParsedOptions& options;
  std::ostream& notes;
  std::vector<std::string> words;  // the user's command
  bool is_cargo = false;
  std::string directory;
  std::vector<std::string> environment;
  std::string root;  // of the cache
  std::optional<store::Store> store;
  RustToolchain toolchain;
  std::optional<CompilerContent> compiler;
  CargoProject project;
  PlannerInput facts;
  PlannerOutput plan;
  absl::Time started = absl::Now();
  std::optional<ExpectedLinker> linker;
  bool cold = false;  // nothing of this profile was compiled before
  std::string needs;  // where leaves write what they needed, or empty
  CapturedBuild* captured = nullptr;
  // Until the user's command has the terminal.
  ProgressLine progress = {"dfe", notes, ProgressLine::Elsewhere::kNothing};

  void Note(absl::string_view text) {
    progress.Clear();
    notes << "dfe: " << text << "\n" << std::flush;
  }
};

// Only after the facts are gathered.
store::LiveKey KeyOf(const Build& build) {
  return {build.project.root, build.facts.profile.name,
          build.toolchain.identity};
}
store::BuildRecord RecordOf(const Build& build) {
  store::BuildRecord record;
  record.project = build.project.root;
  record.command = absl::StrJoin(build.words, " ");
  record.profile = build.facts.profile.name;
  record.rustc = build.toolchain.identity;
  return record;
}
std::string Seeds(const Build& build) {
  return store::SeedsFolder(build.root, KeyOf(build));
}

// Of all projects, as libraries are kept for all.
std::string Names(const Build& build) {
  return absl::StrCat(build.root, "/seeds/names/",
                      store::HashedName(build.toolchain.identity));
}

// No linker's key is this one: those begin with a target.
void ProbeCompiler(Build* build) {
  store::Store* store = build->store ? &*build->store : nullptr;
  auto probe = [&] { return ProbeDeferral(build->toolchain, Scratch(store)); };
  const LinkerProbe answer =
      IsStable(build->toolchain.release)
          ? probe()
          : KnownOrProbed(store, build->toolchain,
                          "-Zdead-fn-elimination=names", Interrupted, probe);
  build->facts.have_deferral = answer.works;
  build->facts.deferral_detail = answer.detail;
}

absl::Status FindCommand(Build* build, const ProjectKind& other) {
  build->words = build->options.rest;
  if (build->words.empty()) {
    for (fs::path at = build->directory;; at = at.parent_path()) {
      std::error_code error;
      if (fs::exists(at / "Cargo.toml", error)) {
        build->words = {"cargo", "build", "--release"};
        break;
      }
      if (at == at.parent_path()) {
        build->words = other.default_command(build->directory);
        if (!build->words.empty()) break;
        return absl::InvalidArgumentError(
            absl::StrCat("build: ", build->directory,
                         ": expected a Cargo.toml here or above, a folder "
                         "configured by CMake or Meson, or a Makefile, found "
                         "none; `dfe build -- COMMAND` runs any command"));
      }
    }
  }
  const std::string& program = build->words[0];
  build->is_cargo = program.substr(program.rfind('/') + 1) == "cargo";
  return absl::OkStatus();
}

// Opens the store; a build can do without.
void OpenStore(Build* build) {
  build->root = store::CacheRoot(build->options.Text("store"));
  absl::StatusOr<store::Store> opened = store::Store::Open(build->root);
  if (!opened.ok()) {
    build->Note(
        absl::StrCat(opened.status().message(), ": nothing is learned"));
    return;
  }
  build->store.emplace(*std::move(opened));
  if (!build->store->warning().empty()) build->Note(build->store->warning());
}

// Gathers the planner's facts. An error is a reason for the plain build.
absl::Status GatherFacts(Build* build) {
  PlannerInput& facts = build->facts;
  facts.cores = CoreCount();
  if (build->is_cargo) {
    facts.command =
        ParseCargoCommand({build->words.begin() + 1, build->words.end()});
  } else {
    facts.command.subcommand = "build";
    facts.command.profile = "release";
    facts.command.compiles = true;
  }
  if (!facts.command.compiles || facts.command.profile == "dev") {
    facts.profile.name = facts.command.profile;
    facts.profile.opt_level = "0";
    return absl::OkStatus();
  }
  const char* cargo = std::getenv("CARGO");
  absl::StatusOr<CargoProject> project = absl::UnknownError("not asked");
  absl::StatusOr<RustToolchain> toolchain =
      FindRustToolchain(facts.command.toolchain, build->directory, [&] {
        project = LoadCargoProject(build->is_cargo    ? build->words[0]
                                   : cargo != nullptr ? cargo
                                                      : "cargo",
                                   facts.command, build->directory);
      });
  if (!toolchain.ok()) return toolchain.status();
  build->toolchain = *std::move(toolchain);
  facts.rustc_tested = build->toolchain.tested;
  facts.rustc_release = build->toolchain.release;

  std::string manifest;
  if (project.ok()) {
    build->project = *std::move(project);
    manifest = build->project.root + "/Cargo.toml";
    facts.foreign_type = build->project.ForeignCrateType(facts.command);
    facts.library_of_two_kinds =
        build->project.LibraryOfTwoKinds(facts.command);
  } else if (build->is_cargo && facts.command.subcommand != "install") {
    return project.status();
  } else {
    build->project.root = build->directory;
    facts.profile_known = false;
  }
  absl::StatusOr<CargoProfile> profile = ResolveCargoProfile(
      facts.command.profile, manifest, build->directory, build->environment);
  if (!profile.ok()) return profile.status();
  facts.profile = *std::move(profile);
  if (!build->is_cargo) facts.profile_known = false;
  return absl::OkStatus();
}

// Which linker the units will name, as far as cargo's settings tell.
void FindExpectedLinker(Build* build) {
  const CargoCommand& command = build->facts.command;
  std::vector<std::string> words = {build->toolchain.rustc};
  if (!command.target.empty()) {
    words.insert(words.end(), {"--target", command.target});
  }
  // Settings that cannot be read are told of when the plan is completed.
  words = ExpectedRustcWords(build->toolchain, command, build->directory,
                             build->environment)
              .value_or(words);
  const dispatch::RustcInvocation expected(words);
  build->facts.flags_ask_for_lto =
      expected.Codegen("lto") || expected.Codegen("linker-plugin-lto");
  build->linker.emplace(build->store ? &*build->store : nullptr,
                        build->toolchain, std::move(words));
}

// Whether late links work with it, if the plan depends on that: asked once for
// a toolchain and linker, then known.
void ProbeExpectedLinker(Build* build) {
  if (!build->linker->known()) {
    if (!LinkerMatters(build->facts)) return;
    const bool lto =
        build->facts.profile_known && build->facts.profile.asks_for_lto();
    build->linker->Try(lto && build->options.Flag("std-bitcode"), Interrupted);
  }
  const LinkerProbe& probe = *build->linker->known();
  build->facts.linker_works = probe.works;
  build->facts.linker_detail = probe.detail;
}

// What is known by now of the linker, or that it will be.
void NameLinker(Build* build, const std::string& session) {
  const std::optional<LinkerProbe>& probe = build->linker->known();
  dispatch::Plan& plan = build->plan.plan;
  if (probe) {
    plan.linkers.emplace_back(build->linker->key(), probe->works);
  } else {
    plan.asked_linker = build->linker->key();
    build->linker->TryFor(session, Interrupted);
  }
}

// What is known of what the command's leaves share; in a clean build, what the
// builds before it taught as well.
//
// cargo does not know of the file for the libraries, and its path is part of
// their hash: so the path is always the same, and what is in it changes only
// while nothing of the profile is compiled. Otherwise the same source would
// make a different library today than yesterday, in one target folder.
void FindShared(Build* build) {
  PlannerInput& facts = build->facts;
  if (!facts.have_deferral || !build->store || !facts.profile_known ||
      facts.profile.asks_for_lto()) {
    return;
  }
  const store::BuildRecord like = RecordOf(*build);
  const std::string folder = Seeds(*build);
  const std::string shared = folder + "/shared.deferred";
  std::error_code ignored;
  fs::create_directories(folder, ignored);
  // The compiler warns where it cannot write.
  if (access(folder.c_str(), W_OK) != 0) return;
  build->needs = folder;
  facts.leaves = build->project.CountLeaves(facts.command);
  facts.was_learning = !build->cold && WasLearning(*build->store, like);
  if (build->cold &&
      (facts.leaves > 1 || MadeSeveralLeaves(*build->store, like))) {
    absl::StatusOr<size_t> count =
        ShareNeeds(folder, build->toolchain.identity, shared);
    if (!count.ok()) build->Note(count.status().message());
  }
  facts.shares_known = fs::exists(shared, ignored);
}

// Lets libraries compile what several leaves needed, or list their functions,
// and leaves write what they needed.
void NameSharedFunctions(Build* build) {
  dispatch::Plan& plan = build->plan.plan;
  if (plan.without_lto != Strategy::kDeferred || build->needs.empty()) return;
  plan.needs = build->needs;
  std::error_code ignored;
  if (plan.learns) {
    plan.names = Names(*build);
    fs::create_directories(plan.names, ignored);
    if (access(plan.names.c_str(), W_OK) != 0) plan.names.clear();
  }
  if (!build->facts.shares_known) return;
  plan.shared = build->needs + "/shared.deferred";
  if (build->options.Flag("explain")) {
    build->Note("plan: libraries compile what several programs needed");
  }
}

// Completes the plan with what is not the planner's: paths and the chain.
absl::Status CompletePlan(Build* build) {
  dispatch::Plan& plan = build->plan.plan;
  absl::StatusOr<std::vector<toml::table>> configs =
      LoadCargoConfigs(build->directory, build->environment);
  if (!configs.ok()) return configs.status();
  plan.chain =
      ConfiguredRustcWrapper(*configs, build->directory, build->environment);
  plan.prober = OwnPath();
  plan.compilers = absl::StrCat(build->toolchain.rustc, "\n",
                                build->toolchain.sysroot, "/bin/rustc");
  const bool lto =
      !build->facts.profile_known || build->facts.profile.asks_for_lto();
  if (build->options.Flag("std-bitcode") && lto &&
      plan.with_lto == Strategy::kLate) {
    const std::string why =
        AddStdBitcode(build->store ? &*build->store : nullptr, build->toolchain,
                      build->linker->words(), Interrupted, &plan);
    if (build->options.Flag("explain")) {
      build->Note(why.empty() ? "plan: late links optimise std as well"
                              : absl::StrCat(why, ": std stays as it is"));
    }
  }
  if (build->options.Flag("lto-cache") && build->store) {
    plan.lto_cache = build->root + "/lto";
    std::error_code ignored;
    fs::create_directories(plan.lto_cache, ignored);
  }
  if (build->options.Flag("object-cache") && build->store) {
    // The compiler makes it. Its keys know the compiler's version, not which
    // compiler of that version it is.
    plan.object_cache = absl::StrCat(
        build->root, "/objects/", store::HashedName(build->toolchain.identity));
  }
  if (build->compiler) {
    absl::Status kept = KeepUnits(*build->compiler, build->root, &plan);
    if (!kept.ok()) build->Note(absl::StrCat(kept.message(), ": not kept"));
  }
  return absl::OkStatus();
}

// Gives a seeded plan its plugin and its seeds. Seeds that cannot be read turn
// the plan into a single one.
absl::Status AddSeeds(Build* build, const std::string& session) {
  dispatch::Plan& plan = build->plan.plan;
  absl::StatusOr<size_t> seeds = UniteSeeds(Seeds(*build), session + "/seeds");
  if (seeds.ok() && *seeds > 0) {
    plan.plugin = FindPassPlugin();
    plan.seeds = session + "/seeds";
    return absl::OkStatus();
  }
  const std::string why =
      seeds.ok() ? "no seeds" : std::string(seeds.status().message());
  if (build->options.Flag("strict")) return absl::FailedPreconditionError(why);
  build->Note(absl::StrCat(why, ": single in place of seeded"));
  plan.without_lto = Strategy::kSingle;
  return absl::OkStatus();
}

// Names the units that did better otherwise than the plan has it for all.
// Who asks for `single` by name gets it for each.
void ChooseByCost(Build* build) {
  dispatch::Plan& plan = build->plan.plan;
  if (!build->store || (plan.without_lto == Strategy::kSingle &&
                        build->facts.choice != StrategyChoice::kAuto)) {
    return;
  }
  auto chosen = ChooseRecordedUnits(
      plan.without_lto, build->project.root, build->facts.profile.name,
      build->toolchain.identity, build->cold, plan.jobs, &*build->store);
  if (!chosen.ok()) {
    build->Note(absl::StrCat(chosen.status().message(), ": not chosen by it"));
    return;
  }
  plan.units = *std::move(chosen);
}

absl::StatusOr<SubprocessResult> RunUserCommand(
    Build* build,
    std::vector<std::pair<std::string, std::optional<std::string>>> changes) {
  if (Interrupted()) {
    SubprocessResult interrupted;
    interrupted.exit_code = InterruptedExitCode();
    return interrupted;
  }
  build->progress.Clear();
  SubprocessOptions run;
  run.argv = build->words;
  run.environment = std::move(changes);
  run.capture_stdout = build->captured != nullptr;
  run.on_start = PassSignalsTo;
  absl::StatusOr<SubprocessResult> result = RunSubprocess(run);
  PassSignalsTo(0);
  if (Interrupted()) EndOrphans();
  if (build->captured != nullptr && result.ok()) {
    build->captured->out = result->out;
  }
  return result;
}

absl::StatusOr<int> RunPlain(Build* build) {
  absl::StatusOr<SubprocessResult> result = RunUserCommand(build, {});
  if (!result.ok()) return result.status();
  return result->exit_code;
}

// What the links kept, and what each unit cost, into the store.
void Learn(Build* build, int exit_code, absl::Duration cpu,
           const std::vector<UnitEvent>& events) {
  if (!build->store) return;
  store::BuildRecord record = RecordOf(*build);
  record.strategy = std::string(Name(build->facts.profile.asks_for_lto()
                                         ? build->plan.plan.with_lto
                                         : build->plan.plan.without_lto));
  record.plain_reason = build->plan.reason;
  record.dfe_version = kVersion;
  record.started = build->started;
  record.wall_us = absl::ToInt64Microseconds(absl::Now() - build->started);
  record.cpu_us = absl::ToInt64Microseconds(cpu);
  record.exit_code = exit_code;
  record.cold = build->cold;
  std::vector<store::LinkRecord> links;
  for (const UnitEvent& event : events) {
    if (event.map_file.empty() || event.exit_code != 0) continue;
    absl::StatusOr<store::LinkMap> map = store::LoadLinkMap(event.map_file);
    absl::Status saved = map.status();
    if (map.ok()) {
      links.push_back(store::ToLinkRecord(*map, event.leaf, event.artifact));
      saved = store::SaveLive(*map, build->root, KeyOf(*build), event.leaf);
    }
    if (!saved.ok()) build->Note(saved.message());
  }
  absl::Status written = build->store->FinishBuild(0, record, events, links);
  if (!written.ok()) build->Note(written.message());
  absl::StatusOr<int64_t> pruned = store::PruneAfterBuild(build->root);
  if (!pruned.ok()) build->Note(pruned.status().message());
}

void Summarise(Build* build, const std::vector<UnitEvent>& events) {
  int accelerated = 0;
  int known = 0;
  for (const UnitEvent& e : events) {
    known += e.kind != "host";
    accelerated += e.kind != "host" && e.strategy != "plain";
  }
  if (build->captured != nullptr) build->captured->accelerated = accelerated;
  if (isatty(STDERR_FILENO) == 0) return;
  build->Note(absl::StrCat(accelerated, " of ", known,
                           " units accelerated; `dfe explain` says how"));
}

absl::StatusOr<int> RunAccelerated(Build* build, const ProjectKind& other) {
  absl::Status completed = CompletePlan(build);
  if (!completed.ok()) return completed;
  const std::string wrapper = FindDispatchProgram();
  if (wrapper.empty()) {
    return absl::NotFoundError("dfe-rustc: not found beside dfe");
  }
  absl::StatusOr<Session> session =
      Session::Create(Scratch(build->store ? &*build->store : nullptr));
  if (!session.ok()) return session.status();
  if (build->plan.plan.without_lto == Strategy::kSeeded) {
    absl::Status seeded = AddSeeds(build, session->folder());
    if (!seeded.ok()) return seeded;
  }
  NameLinker(build, session->folder());
  NameSharedFunctions(build);
  ChooseByCost(build);
  const dispatch::Plan& plan = build->plan.plan;
  absl::Status written = session->WritePlan(plan);
  if (!written.ok()) return written;

  absl::StatusOr<Environment> changes = Environment{};
  if (build->options.Flag("object-cache") && build->store) {
    changes = KeepObjectsOfBuildScripts(build->root, other.compilers,
                                        session->folder());
  }
  if (!changes.ok()) {
    build->Note(absl::StrCat(changes.status().message(), ": C is compiled"));
    changes = Environment{};
  }
  const bool sees_c = !changes->empty();
  const Environment ours = {
      {"RUSTC_WRAPPER", wrapper},
      {dispatch::kSessionVariable, session->folder()},
      {dispatch::kMarkerVariable, absl::StrCat(plan.marker)},
      {dispatch::kUnitsVariable, absl::StrCat(plan.codegen_units)},
      {dispatch::kChainVariable, plan.chain},
      {ProfileVariable(build->facts.profile.name, "codegen-units"),
       absl::StrCat(plan.marker)}};
  changes->insert(changes->end(), ours.begin(), ours.end());
  std::string order;
  std::unique_ptr<CompileQueue> queue = StartCompileQueue(
      {build->options.Flag("compile-queue"), build->is_cargo, sees_c,
       build->facts.command, build->directory, build->environment,
       build->project.root, session->folder(), build->facts.cores},
      &*changes, &order);
  if (build->options.Flag("explain")) build->Note(order);
  absl::StatusOr<SubprocessResult> result =
      RunUserCommand(build, *std::move(changes));
  queue.reset();
  build->linker->Finish();
  if (!result.ok()) return result.status();
  dispatch::EventLog log = dispatch::ReadEvents(session->folder());
  if (log.damaged_lines > 0) {
    build->Note(absl::StrCat("events: ", log.damaged_lines,
                             " damaged lines passed over"));
  }
  std::string save = build->options.Text("save-session");
  if (!save.empty()) {
    absl::Status saved = session->SaveTo(save);
    if (!saved.ok()) build->Note(saved.message());
  }
  int exit_code = result->exit_code;
  if (Interrupted()) return InterruptedExitCode();

  const UnitEvent* failed = nullptr;
  for (const UnitEvent& e : log.events) {
    if (e.needs_rebuild) failed = &e;
  }
  if (build->options.Flag("explain")) {
    for (const std::string& text : ExplainUnits(build->plan, log.events)) {
      build->Note(text);
    }
    for (const std::string& text : {ExplainKeptUnits(log.events),
                                    ExplainBuildScripts(session->folder())}) {
      if (!text.empty()) build->Note(text);
    }
  }
  // A choice by cost is no reason to fail.
  const bool chosen = failed != nullptr &&
                      failed->reason == Name(dispatch::Reason::kRecordedCost);
  const std::string reason =
      failed == nullptr ? ""
      : failed->reason == "none" || chosen
          ? absl::StrCat(failed->strategy,
                         failed->leaf.empty() ? " compile" : " link", " failed")
          : failed->reason;
  if (exit_code != 0 && failed != nullptr) {
    if (build->options.Flag("strict")) {
      return absl::FailedPreconditionError(absl::StrCat(
          failed->crate, ": ", reason, ": --strict forbids the plain build"));
    }
    build->Note(absl::StrCat(failed->crate, ": ", reason,
                             ": building again without dfe"));
    absl::StatusOr<int> plain = RunPlain(build);
    // What fails without us too is the user's fault, and no reason for a ban.
    const bool deferring = failed->strategy == "deferred" || plan.learns;
    if (build->store && plain.ok() && *plain == 0 &&
        (deferring || (failed->strategy != "single" && !chosen))) {
      (void)build->store->Ban(build->project.root,
                              deferring ? "deferred" : "late", reason);
    }
    return plain;
  }
  if (failed != nullptr) {
    build->Note(absl::StrCat(failed->crate, ": ", reason,
                             ": not built, and the command passed over that"));
  }
  Learn(build, exit_code, result->user + result->system, log.events);
  if (exit_code == 0) Summarise(build, log.events);
  return exit_code;
}

}  // namespace

absl::Span<const OptionSpec> BuildOptions() { return kOptions; }

absl::StatusOr<int> RunBuild(const ParsedOptions& options, std::ostream& notes,
                             const ProjectKind& other,
                             CapturedBuild* captured) {
  Build build{options, notes};
  build.captured = captured;
  build.directory = fs::current_path().string();
  for (char** entry = environ; *entry != nullptr; ++entry) {
    build.environment.emplace_back(*entry);
  }
  absl::StatusOr<StrategyChoice> choice =
      ChoiceFromName(options.Text("strategy"));
  if (!choice.ok()) return choice.status();
  absl::Status found = FindCommand(&build, other);
  if (!found.ok()) return found;
  HandleSignals();
  if (captured != nullptr && captured->plain) return RunPlain(&build);
  if (!build.is_cargo) {
    std::optional<absl::StatusOr<int>> done = other.build(
        options, build.words, build.directory,
        [&build](auto changes) {
          return RunUserCommand(&build, std::move(changes));
        },
        notes);
    if (done) return *std::move(done);
  }
  // Below another `dfe build` (a makefile that calls cargo dfe, say) cargo's
  // wrapper is ours already: it would be chained to itself without end.
  if (std::getenv(dispatch::kSessionVariable) != nullptr) {
    if (options.Flag("explain")) {
      build.Note("plain build: another dfe build accelerates this one");
    }
    return RunPlain(&build);
  }

  build.facts.choice = *choice;
  build.facts.allow_unstable = options.Flag("unstable");
  // rustc splits -Zllvm-plugins at spaces, so a path with one cannot be named.
  const std::string plugin = FindPassPlugin();
  build.facts.have_plugin = !plugin.empty() && !absl::StrContains(plugin, ' ');
  build.progress.Show("reading what is to be built");
  absl::Status facts = GatherFacts(&build);
  // After this point the facts about command, project and profile are fixed.
  if (!facts.ok()) {
    if (options.Flag("strict")) return facts;
    build.Note(absl::StrCat(facts.message(), ": plain build"));
    return RunPlain(&build);
  }
  const bool worth_probing = build.facts.command.compiles &&
                             build.facts.profile.opt_level != "0" &&
                             *choice != StrategyChoice::kPlain;
  absl::Cleanup remove_scratch = [&build] {
    if (!build.store) RemoveScratchWithoutStore();
  };
  if (worth_probing) {
    OpenStore(&build);
    build.progress.Show("asking compiler and linker what they can do");
    if (options.Flag("unit-cache") && build.store) {
      build.compiler.emplace(build.toolchain, *build.store);
    }
    FindExpectedLinker(&build);
    ProbeCompiler(&build);
    if (build.store) {
      absl::StatusOr<std::optional<store::BanRecord>> ban =
          build.store->IsBanned(build.project.root, "late");
      build.facts.late_banned = ban.ok() && ban->has_value();
      ban = build.store->IsBanned(build.project.root, "deferred");
      build.facts.deferred_banned = ban.ok() && ban->has_value();
      build.facts.have_seeds =
          !dispatch::FilesIn(Seeds(build), ".seeds").empty();
    }
  }
  build.cold = build.project.NothingCompiled(build.facts.command,
                                             build.facts.profile.name);
  if (worth_probing) {
    FindShared(&build);
    ProbeExpectedLinker(&build);
  }
  build.plan = MakePlan(build.facts);
  // After this point the plan is fixed.
  if (!build.plan.accelerate) {
    if (options.Flag("strict") && *choice != StrategyChoice::kPlain) {
      return absl::FailedPreconditionError(build.plan.reason);
    }
    if (worth_probing || options.Flag("explain")) {
      build.Note(absl::StrCat("plain build: ", build.plan.reason));
    }
    return RunPlain(&build);
  }
  if (*choice != StrategyChoice::kAuto && !build.plan.reason.empty()) {
    // Something else than the user named is done, as good as it goes.
    build.Note(build.plan.reason);
  }
  absl::StatusOr<int> code = RunAccelerated(&build, other);
  if (code.ok() || options.Flag("strict")) return code;
  build.Note(absl::StrCat(code.status().message(), ": plain build"));
  return RunPlain(&build);
}

}  // namespace dfe
