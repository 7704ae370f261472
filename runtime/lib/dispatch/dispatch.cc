// Dispatch in order: plan, decision, rewrite, run, report.
//
// Budget: under 1 ms of own time, which a test holds it to. So:
// a static program, no allocation-heavy start-up, one small file read, one
// line appended. Everything slow (probing a linker) is another program's work
// and happens once for each build.
#include "dfe/dispatch/dispatch.h"

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "dfe/dispatch/archive_append.h"
#include "dfe/dispatch/compile_turn.h"
#include "dfe/dispatch/decision.h"
#include "dfe/dispatch/event_log.h"
#include "dfe/dispatch/linker_answer.h"
#include "dfe/dispatch/spawn.h"
#include "dfe/dispatch/unit_cache.h"

namespace dfe::dispatch {
namespace {

int64_t NowUs() {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<int64_t>(t.tv_sec) * 1000000 + t.tv_nsec / 1000;
}

// How long all cores together have been idle since the machine started; 0
// where the system does not tell. One line, unlike /proc/stat, whose making
// takes longer the more devices there are.
int64_t IdleUs() {
  char line[64] = "";
  if (FILE* file = std::fopen("/proc/uptime", "re")) {
    if (std::fgets(line, sizeof line, file) == nullptr) line[0] = '\0';
    (void)std::fclose(file);
  }
  // Seconds since the start, then of idleness.
  const char* idle = std::strchr(line, ' ');
  return idle == nullptr
             ? 0
             : static_cast<int64_t>(std::strtod(idle, nullptr) * 1e6);
}

constexpr char kSelf[] = "dfe-rustc";

// Adds what `dfe build` found out meanwhile about the linker of a leaf. Returns
// how long that took, in microseconds.
int64_t TakeLinkerAnswer(const RustcInvocation& leaf,
                         const std::string& session, Plan* plan) {
  if (!IsLinked(leaf) || leaf.LinkerKey() != plan->asked_linker) return 0;
  const int64_t start = NowUs();
  const std::optional<bool> works = AwaitLinkerAnswer(session);
  if (works) plan->linkers.emplace_back(*plan->asked_linker, *works);
  return NowUs() - start;
}

// Asks the prober whether late links work with this invocation's linker. Its
// answer was foreseen in the plan for every key that `dfe build` knew of.
bool LinkerWorks(const RustcInvocation& in, const Plan& plan, void*) {
  const std::string key = in.LinkerKey();
  for (const auto& [known, works] : plan.linkers) {
    if (known == key) return works;
  }
  if (plan.prober.empty()) return false;
  std::vector<std::string> words = {plan.prober, "probe-linker", "--"};
  words.insert(words.end(), in.words.begin(), in.words.end());
  return RunAndWait(kSelf, std::move(words), {.quiet = true}).exit_code == 0;
}

// The file that the leaf's linker will write, as far as the command line
// tells: <out-dir>/<crate><extra-filename>.
std::string ArtifactPath(const RustcInvocation& in) {
  std::string name = in.crate_name;
  if (in.HasCrateType("cdylib")) name = "lib" + name;
  name += in.Codegen("extra-filename").value_or("");
  if (in.HasCrateType("cdylib")) name += ".so";
  return in.out_dir.empty() ? name : in.out_dir + "/" + name;
}

// After a leaf failed under late: is the failure the user's (front end) or
// could it be ours (the link)? Told by doing the front end alone; that costs
// only on failure, and needs no reading of error texts.
bool FrontEndPasses(const std::vector<std::string>& user_words,
                    const std::string& session) {
  std::vector<std::string> words = user_words;
  for (std::string& w : words) {
    if (w.rfind("--emit=", 0) == 0) w = "--emit=metadata";
  }
  words.push_back("-o");
  words.push_back(session + "/front-end-" + std::to_string(getpid()));
  return RunAndWait(kSelf, std::move(words), {.quiet = true}).exit_code == 0;
}

std::string_view KindName(const Decision& d) {
  if (!d.marked) return "host";
  switch (d.kind) {
    case UnitKind::kLibrary:
      return "library";
    case UnitKind::kLeaf:
      return "leaf";
    case UnitKind::kForeign:
      return "foreign";
  }
  return "library";
}

// A rewritten command line goes through an argument file where the original
// did: it may be longer than execve takes.
std::vector<std::string> CommandLine(const Plan& plan,
                                     const RustcInvocation& in, bool was_file,
                                     const std::string& session) {
  std::vector<std::string> words;
  if (!plan.chain.empty()) words.push_back(plan.chain);
  if (was_file) {
    std::string path = session + "/args-" + std::to_string(getpid());
    // What stands before the options are programs: a workspace wrapper takes
    // the compiler as its first word, never from a file.
    size_t programs = 1;
    while (programs < in.words.size() && in.words[programs][0] != '-') {
      ++programs;
    }
    if (FILE* file = std::fopen(path.c_str(), "we")) {
      for (size_t i = programs; i < in.words.size(); ++i) {
        std::fprintf(file, "%s\n", in.words[i].c_str());
      }
      if (std::fclose(file) == 0) {
        words.insert(words.end(), in.words.begin(),
                     in.words.begin() + static_cast<ptrdiff_t>(programs));
        words.push_back("@" + path);
        return words;
      }
    }
  }
  words.insert(words.end(), in.words.begin(), in.words.end());
  return words;
}

// Configures the pass plugin in the compiler that is about to start. Returns
// the folder for the dead halves.
std::string PrepareSeeded(const Plan& plan, const UnitEvent& event,
                          const std::string& session) {
  const std::string folder =
      session + "/defer-" + event.crate + "-" + event.unit;
  mkdir(folder.c_str(), 0755);
  setenv("RUSTC_BOOTSTRAP", "1", 1);
  setenv("DFE_PASS_MODE", "defer", 1);
  setenv("DFE_PASS_SEEDS", plan.seeds.c_str(), 1);
  setenv("DFE_PASS_DEFER_DIR", folder.c_str(), 1);
  setenv("DFE_PASS_UNIT", event.unit.c_str(), 1);
  setenv("DFE_PASS_LOG", (session + "/pass-log").c_str(), 1);
  return folder;
}

// Puts the dead halves into the library that rustc just wrote.
bool FinishSeeded(const RustcInvocation& in, const std::string& folder) {
  const std::string rlib = in.out_dir + "/lib" + in.crate_name +
                           in.Codegen("extra-filename").value_or("") + ".rlib";
  return AppendMembers(rlib, FilesIn(folder, ".bc"));
}

// Calls the compiler as the user's own build would, without a plan to read:
// what `dfe build` put in cargo's way is known from the environment.
int BecomePlain(int argc, char** argv, const std::string& session) {
  auto number = [](const char* name) {
    const std::string value = EnvironmentValue(name);
    int result = 0;  // what is no number counts as not set
    (void)std::from_chars(value.data(), value.data() + value.size(), result);
    return result;
  };
  Plan plan;
  plan.marker = number(kMarkerVariable);
  plan.codegen_units = number(kUnitsVariable);
  plan.chain = EnvironmentValue(kChainVariable);
  std::vector<std::string> raw(argv + 1, argv + argc);
  bool was_file = false;
  for (const std::string& w : raw) was_file = was_file || w[0] == '@';
  RustcInvocation invocation(raw);
  Decision decision = Decide(invocation, plan, false, LinkerWorks, nullptr);
  if (decision.marked) {
    Apply(decision, plan, "", &invocation);
    raw = CommandLine(plan, invocation, was_file, session);
  } else if (!plan.chain.empty()) {
    raw.insert(raw.begin(), plan.chain);
  }
  return Become(kSelf, Pointers(raw).data());
}

void ClearSeeded() {
  for (const char* name :
       {"RUSTC_BOOTSTRAP", "DFE_PASS_MODE", "DFE_PASS_SEEDS",
        "DFE_PASS_DEFER_DIR", "DFE_PASS_UNIT", "DFE_PASS_LOG"}) {
    unsetenv(name);
  }
}

// The project's own among the lists of functions of all projects, also where
// the library itself was kept. What fails costs time in the next clean build.
void LinkNames(const std::string& names, const std::string& needs) {
  if (needs.empty() || access(names.c_str(), R_OK) != 0) return;
  const std::string to = needs + names.substr(names.rfind('/'));
  (void)unlink(to.c_str());
  (void)link(names.c_str(), to.c_str());
}

}  // namespace

int Run(int argc, char** argv) {
  const int64_t start = NowUs();
  if (argc < 2) {
    std::fprintf(stderr,
                 "dfe-rustc: expected a compiler and its arguments, got "
                 "nothing; cargo calls this program, see `dfe build`\n");
    return 2;
  }
  const char* session_variable = std::getenv(kSessionVariable);
  if (session_variable == nullptr) return Become(kSelf, argv + 1);
  const std::string session = session_variable;
  std::optional<Plan> plan = Plan::Load(session + "/plan");
  if (!plan) return BecomePlain(argc, argv, session);

  std::vector<std::string> raw(argv + 1, argv + argc);
  bool was_file = false;
  for (const std::string& w : raw) was_file = was_file || w[0] == '@';
  RustcInvocation invocation(std::move(raw));
  const bool primary = std::getenv("CARGO_PRIMARY_PACKAGE") != nullptr;
  Decision decision = Decide(invocation, *plan, primary, LinkerWorks, nullptr);
  if (decision.reason == Reason::kNotACompile) {
    if (plan->chain.empty()) return Become(kSelf, argv + 1);
    std::vector<std::string> words = {plan->chain};
    words.insert(words.end(), argv + 1, argv + argc);
    return Become(kSelf, Pointers(words).data());
  }

  UnitEvent event;
  event.crate = invocation.crate_name;
  event.unit = invocation.Codegen("metadata").value_or("");
  event.kind = KindName(decision);
  event.strategy = Name(decision.strategy);
  event.reason = Name(decision.reason);
  event.needs_rebuild = decision.needs_rebuild;
  if (decision.needs_rebuild) {
    event.exit_code = kNeedsRebuild;
    AppendEvent(session, event);
    return kNeedsRebuild;  // `dfe build` says what follows
  }

  const bool links = decision.kind != UnitKind::kLibrary &&
                     (decision.strategy != Strategy::kPlain ||
                      decision.reason == Reason::kRecordedCost);
  int64_t linker_us = 0;
  if (links) {
    event.artifact = ArtifactPath(invocation);
    event.leaf = invocation.LeafName();
    linker_us = TakeLinkerAnswer(invocation, session, &*plan);
    if (MayHaveMap(decision, *plan, invocation)) {
      event.map_file = session + "/map-" + event.unit;
    }
  }
  // The cache may have been emptied since the plan was made.
  if (links && access(plan->std_bitcode.c_str(), R_OK) != 0) {
    plan->std_bitcode.clear();
  }
  const std::string names = NamesFile(decision, *plan, invocation);
  const RustcInvocation original = invocation;
  Apply(decision, *plan, event.map_file, &invocation);
  std::vector<std::string> words =
      decision.marked
          ? CommandLine(*plan, invocation, was_file, session)
          : CommandLine(*plan, RustcInvocation({argv + 1, argv + argc}),
                        was_file, session);
  const bool seeded_library = decision.strategy == Strategy::kSeeded &&
                              decision.kind == UnitKind::kLibrary;
  std::string halves;
  if (seeded_library) halves = PrepareSeeded(*plan, event, session);
  event.own_us = NowUs() - start - linker_us;
  Usage usage;
  // Also where it is then taken in place of compiled, which reads its sources.
  const CompileTurn turn(session, CompileTurn::Compiler::kRustc);
  const int64_t waited = NowUs() - start - event.own_us;
  const int64_t idle = IdleUs();
  // Halves are put into a seeded library by what this unit's plugin wrote.
  if (plan->unit_cache.empty() || seeded_library ||
      decision.kind != UnitKind::kLibrary) {
    usage = RunAndWait(kSelf, words);
  } else {
    // A kept library has no list of functions, unless that is still there.
    const bool may_take = names.empty() || access(names.c_str(), R_OK) == 0;
    UnitResult result = CompileOrTakeUnit(invocation, words, *plan, may_take);
    usage = result.usage;
    event.own_us += result.before_us;
    event.kept = std::move(result.kept);
    if (event.kept == kTaken) event.strategy = kReused;
  }
  if (seeded_library && usage.exit_code == 0 &&
      !FinishSeeded(invocation, halves)) {
    // Without its dead half the library could leave symbols undefined: once
    // more, whole.
    ClearSeeded();
    decision.strategy = Strategy::kSingle;
    event.strategy = Name(decision.strategy);
    event.reason = Name(Reason::kDeadHalfLost);
    RustcInvocation whole = original;
    Apply(decision, *plan, "", &whole);
    usage = RunAndWait(kSelf, CommandLine(*plan, whole, was_file, session));
  }
  event.wall_us = NowUs() - start - waited;
  event.idle_us = IdleUs() - idle;
  event.cpu_us = usage.cpu_us;
  event.peak_rss_kib = usage.peak_rss_kib;
  event.exit_code = usage.exit_code;
  if (usage.exit_code == 0 && !names.empty()) LinkNames(names, plan->needs);
  // A library that is deferred may fail through a compiler of ours, too.
  const bool may_be_ours =
      links || decision.strategy == Strategy::kDeferred || !names.empty();
  if (usage.exit_code != 0 && usage.exit_code < 128 && may_be_ours) {
    RustcInvocation plain = original;
    Decision as_plain = decision;
    as_plain.strategy = Strategy::kPlain;
    as_plain.reason = Reason::kNone;
    Apply(as_plain, *plan, "", &plain);
    event.needs_rebuild = FrontEndPasses(plain.words, session);
  }
  AppendEvent(session, event);
  return usage.exit_code;
}

}  // namespace dfe::dispatch
