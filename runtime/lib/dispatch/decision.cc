// The rules of dispatch, in the order in which they are asked.
#include "dfe/dispatch/decision.h"

#include <algorithm>

namespace dfe::dispatch {
namespace {

// True for a linker that takes its options with -Wl, (a compiler driver), false
// for lld called by itself.
bool IsCompilerDriver(const RustcInvocation& invocation) {
  std::string flavor = invocation.Codegen("linker-flavor").value_or("");
  if (!flavor.empty()) {
    return flavor == "gcc" || flavor.find("-cc") != std::string::npos;
  }
  std::string linker = invocation.Codegen("linker").value_or("cc");
  std::string name = linker.substr(linker.rfind('/') + 1);
  return name.find("lld") == std::string::npos && name != "ld";
}

// A boolean option counts when it stands alone ("") or is not switched off.
bool Truthy(const std::optional<std::string>& value) {
  return value.has_value() && *value != "no" && *value != "off" &&
         *value != "n" && *value != "false" && *value != "0";
}

// Options that change what the usual LLVM pipeline does, so that doing its
// work at link time would not be the same.
Reason PipelineReason(const RustcInvocation& in) {
  if (Truthy(in.Codegen("instrument-coverage")) ||
      in.Codegen("profile-generate") || in.Codegen("profile-use")) {
    return Reason::kInstrumentation;
  }
  if (in.Unstable("sanitizer")) return Reason::kSanitizer;
  if (Truthy(in.Codegen("save-temps"))) return Reason::kSaveTemps;
  if (Truthy(in.Codegen("link-dead-code"))) return Reason::kLinkDeadCode;
  if (in.Codegen("passes") || in.Codegen("llvm-args") ||
      in.Codegen("no-prepopulate-passes") || in.Unstable("llvm-plugins")) {
    return Reason::kUserPasses;
  }
  std::string split = in.Codegen("split-debuginfo").value_or("off");
  if (split != "off") return Reason::kSplitDebuginfo;
  if (Truthy(in.Codegen("prefer-dynamic"))) return Reason::kPreferDynamic;
  return Reason::kNone;
}

Reason UnitReason(const RustcInvocation& in) {
  if (!in.complete) return Reason::kArgumentFile;
  if (in.Codegen("incremental")) return Reason::kIncremental;
  bool links = in.emit.empty();
  for (const std::string& kind : in.emit) {
    if (kind == "link") {
      links = true;
    } else if (kind != "dep-info" && kind != "metadata") {
      return Reason::kEmitsMore;
    }
  }
  if (!links) return Reason::kMetadataOnly;
  if (in.Codegen("opt-level").value_or("0") == "0") return Reason::kUnoptimised;
  return PipelineReason(in);
}

// What keeps the compiler from deferring, besides.
Reason DeferralReason(const RustcInvocation& in) {
  if (in.Unstable("dead-fn-elimination")) return Reason::kOwnFlag;
  if (Truthy(in.Codegen("debug-assertions"))) return Reason::kDebugAssertions;
  return Reason::kNone;
}

bool ProfileAsksForLto(const RustcInvocation& in) {
  // cargo says -C lto[=fat|thin] to units that link, and -C linker-plugin-lto
  // to libraries of which only the bitcode will be used.
  std::optional<std::string> lto = in.Codegen("lto");
  if (lto) return *lto != "off" && *lto != "no" && *lto != "false";
  return in.Codegen("linker-plugin-lto").has_value();
}

// -Wl, splits its words at commas, as -Z dead-fn-elimination does, so a path
// with one cannot be handed over. Map and caches are only for the next build's
// sake: done without, then.
bool CanBeNamed(const std::string& path) {
  return !path.empty() && path.find(',') == std::string::npos;
}

void AddLinkArg(std::string_view option, RustcInvocation* in) {
  in->AddCodegen(
      "link-arg=" + std::string(IsCompilerDriver(*in) ? "-Wl," : "") +
      std::string(option));
}

// What lld needs to give bitcode the whole optimisation. The ThinLTO back
// end's own pipeline expects modules that went through the pre-link half; ours
// did not, so each gets the whole per-module pipeline.
void AddLinkOptions(const Plan& plan, const std::string& pipeline,
                    int import_limit, RustcInvocation* in) {
  AddLinkArg("--lto-newpm-passes=" + pipeline, in);
  AddLinkArg("--thinlto-jobs=" + std::to_string(plan.jobs), in);
  const std::string limit =
      "-import-instr-limit=" + std::to_string(import_limit);
  if (IsCompilerDriver(*in)) {
    AddLinkArg("-mllvm," + limit, in);
  } else {
    AddLinkArg("-mllvm", in);
    AddLinkArg(limit, in);
  }
  if (CanBeNamed(plan.lto_cache)) {
    AddLinkArg("--thinlto-cache-dir=" + plan.lto_cache, in);
  }
}

// What LTO does to functions that are the same, when it has them all in one
// module: they become one, unless their addresses matter; constants, too.
// zoxide is 1.03 times as large as cargo's by a late link, 1.06 without.
// Who says something else gets that, as lld takes the last word.
void FoldIdenticalCode(RustcInvocation* in) {
  for (const RustcInvocation::Argument& argument : in->Arguments()) {
    if (argument.value.find("-icf=") != std::string_view::npos) return;
  }
  AddLinkArg("--icf=safe", in);
}

// The same, where rustc makes the objects: without a table of the addresses
// that matter, which LLVM writes if told to, lld takes all of them for such.
// Deferred zoxide and procs are 1.03 and 1.05 times as large, 1.06 and 1.10
// without.
void FoldIdenticalCodeOfObjects(RustcInvocation* in) {
  in->AddCodegen("llvm-args=-addrsig");
  FoldIdenticalCode(in);
}

// The bitcode was taken from one compiler's libraries and tried with one
// linker. A unit whose std is another (built along with it, or of another
// sysroot) would get the fixed names of that one (rust_eh_personality) from
// this one.
bool TakesStdBitcode(const Plan& plan, const RustcInvocation& in) {
  if (plan.std_bitcode.empty() || in.LinkerKey() != plan.std_bitcode_linker ||
      !IsListed(plan.compilers, in.words[0])) {
    return false;
  }
  // An rlib would tell its users to link it as well.
  if (in.HasCrateType("rlib") || in.HasCrateType("lib")) return false;
  for (const RustcInvocation::Argument& argument : in.Arguments()) {
    if (argument.name == "--sysroot" ||
        argument.value.find("noprelude:") != std::string_view::npos) {
      return false;
    }
  }
  return true;
}

// rustc puts the program's own native libraries in front of those of its
// crates, std among them, and the first to define a symbol has it.
void AddStdBitcode(const std::string& archive, RustcInvocation* in) {
  const size_t slash = archive.rfind('/');
  const std::string name = archive.substr(slash + 1);  // libNAME.a
  in->words.push_back("-Lnative=" + archive.substr(0, slash));
  in->words.push_back("-lstatic:-bundle,-whole-archive=" +
                      name.substr(3, name.size() - 5));
}

void AddMap(const std::string& map_file, RustcInvocation* in) {
  if (CanBeNamed(map_file)) AddLinkArg("--Map=" + map_file, in);
}

// A leaf's own file in the folder of needs.
std::string NeedsFile(const Plan& plan, const RustcInvocation& in) {
  return plan.needs + "/" + AsFileName(in.LeafName()) + ".needs";
}

// Only the unit of a leaf compiles what others deferred, so only its object
// code is worth keeping. What several leaves need is compiled by the libraries,
// but not under LTO: there the leaf's unit has to hold the whole program.
std::string DeferralFlag(const Plan& plan, bool leaf,
                         const RustcInvocation& in) {
  std::string values;
  auto add = [&values](std::string_view key, const std::string& path) {
    if (!CanBeNamed(path)) return;
    values += values.empty() ? "=" : ",";
    values += key;
    values += path;
  };
  if (leaf) add("cache:", plan.object_cache);
  if (!ProfileAsksForLto(in)) {
    if (!leaf) {
      add("seeds:", plan.shared);
    } else if (!plan.needs.empty()) {
      add("emit:", NeedsFile(plan, in));
    }
  }
  return "-Zdead-fn-elimination" + values;
}

std::string Pipeline(const std::string& level) {
  return "default<O" + level + ">";
}

std::string OptLevel(const RustcInvocation& in) {
  return in.Codegen("opt-level").value_or("3");
}

// The strategy for units of this half of the plan, or for this very one.
Strategy WantedFor(const RustcInvocation& in, UnitKind kind, const Plan& plan) {
  if (ProfileAsksForLto(in)) return plan.with_lto;
  for (const UnitChoice& unit : plan.units) {
    if (unit.crate == in.crate_name &&
        kind == (unit.leaf ? UnitKind::kLeaf : UnitKind::kLibrary)) {
      return unit.strategy;
    }
  }
  return plan.without_lto;
}

// A library that does not defer before it is known what leaves share.
bool Learns(const RustcInvocation& in, UnitKind kind, const Plan& plan) {
  return plan.learns && kind == UnitKind::kLibrary && !ProfileAsksForLto(in);
}

// A library that defers, but for what several leaves share, in a plan that has
// one codegen unit for such code. Of little code units say little.
bool CompilesAtHome(const Plan& plan, const RustcInvocation& in) {
  return plan.at_home == Strategy::kSingle && CanBeNamed(plan.shared) &&
         !ProfileAsksForLto(in);
}

// The unit's package has another opt-level than the profile. A late link knows
// one level, the profile's, so such a unit is optimised by rustc beforehand, as
// under cargo's own LTO.
bool HasOwnLevel(const RustcInvocation& in, const Plan& plan) {
  return !plan.opt_level.empty() && OptLevel(in) != plan.opt_level;
}

}  // namespace

std::string_view Name(Reason reason) {
  switch (reason) {
    case Reason::kNone:
      return "none";
    case Reason::kNotACompile:
      return "not-a-compile";
    case Reason::kHostUnit:
      return "host-unit";
    case Reason::kMetadataOnly:
      return "metadata-only";
    case Reason::kIncremental:
      return "incremental";
    case Reason::kEmitsMore:
      return "emits-more";
    case Reason::kUnoptimised:
      return "unoptimised";
    case Reason::kOwnOptLevel:
      return "own-opt-level";
    case Reason::kSplitDebuginfo:
      return "split-debuginfo";
    case Reason::kPreferDynamic:
      return "prefer-dynamic";
    case Reason::kInstrumentation:
      return "instrumentation";
    case Reason::kSanitizer:
      return "sanitizer";
    case Reason::kSaveTemps:
      return "save-temps";
    case Reason::kLinkDeadCode:
      return "link-dead-code";
    case Reason::kUserPasses:
      return "user-passes";
    case Reason::kLinkerNotLld:
      return "linker-not-lld";
    case Reason::kArgumentFile:
      return "argument-file";
    case Reason::kPlanner:
      return "planner";
    case Reason::kRecordedCost:
      return "recorded-cost";
    case Reason::kStaticlib:
      return "staticlib";
    case Reason::kDylib:
      return "dylib";
    case Reason::kDeadHalfLost:
      return "dead-half-lost";
    case Reason::kDebugAssertions:
      return "debug-assertions";
    case Reason::kOwnFlag:
      return "own-flag";
  }
  return "unknown";
}

bool IsLinked(const RustcInvocation& in) {
  return in.test || in.crate_types.empty() || in.HasCrateType("bin") ||
         in.HasCrateType("cdylib") || in.HasCrateType("dylib");
}

UnitKind KindOf(const RustcInvocation& in) {
  if (in.HasCrateType("staticlib") || in.HasCrateType("dylib")) {
    return UnitKind::kForeign;
  }
  return IsLinked(in) ? UnitKind::kLeaf : UnitKind::kLibrary;
}

Decision Decide(const RustcInvocation& in, const Plan& plan,
                bool is_primary_package,
                bool (*linker_works)(const RustcInvocation&, const Plan&,
                                     void*),
                void* context) {
  Decision d;
  d.kind = KindOf(in);
  d.primary = is_primary_package;
  if (!in.is_compile) {
    d.reason = Reason::kNotACompile;
    return d;
  }
  d.marked = plan.marker != 0 &&
             in.Codegen("codegen-units") == std::to_string(plan.marker);
  if (!d.marked || in.HasCrateType("proc-macro")) {
    d.reason =
        in.Codegen("incremental") ? Reason::kIncremental : Reason::kHostUnit;
    return d;
  }
  const Strategy wanted = WantedFor(in, d.kind, plan);
  d.reason = UnitReason(in);
  if (d.reason != Reason::kNone) {
    // A leaf with options of its own over libraries that are bitcode already.
    // Bitcode in an rlib is no obstacle as long as lld links it, and deferred
    // code is none to the compiler that deferred it.
    d.needs_rebuild = d.kind == UnitKind::kLeaf &&
                      d.reason == Reason::kPreferDynamic &&
                      wanted != Strategy::kDeferred;
    return d;
  }
  if (wanted == Strategy::kPlain) {
    d.reason = plan.without_lto == Strategy::kPlain || ProfileAsksForLto(in)
                   ? Reason::kPlanner
                   : Reason::kRecordedCost;
    return d;
  }
  if (wanted == Strategy::kDeferred) {
    d.reason = DeferralReason(in);
    // Native code for any linker, and each unit may say for itself.
    if (d.reason != Reason::kNone) return d;
    d.strategy = Learns(in, d.kind, plan) ? plan.at_home : wanted;
    if (d.strategy == Strategy::kPlain) d.reason = Reason::kPlanner;
    return d;
  }
  if (wanted == Strategy::kSingle) {
    // Native libraries for any linker: none of the questions below matters.
    d.strategy = wanted;
    return d;
  }
  if (wanted == Strategy::kLate && d.kind == UnitKind::kLibrary &&
      HasOwnLevel(in, plan)) {
    d.reason = Reason::kOwnOptLevel;
    return d;
  }
  if (!linker_works(in, plan, context)) {
    d.reason = Reason::kLinkerNotLld;
    // Only the leaf meets a linker; its libraries are bitcode by now, or have
    // bitcode members.
    d.needs_rebuild = d.kind == UnitKind::kLeaf;
    return d;
  }
  if (d.kind == UnitKind::kForeign && is_primary_package) {
    d.reason = in.HasCrateType("dylib") ? Reason::kDylib : Reason::kStaticlib;
    d.needs_rebuild = true;
    return d;
  }
  d.strategy = wanted;
  return d;
}

std::string NamesFile(const Decision& decision, const Plan& plan,
                      const RustcInvocation& in) {
  // Not what is plain for a reason of its own.
  if (!decision.marked || !Learns(in, decision.kind, plan) ||
      !CanBeNamed(plan.names) ||
      (decision.strategy != Strategy::kSingle &&
       decision.reason != Reason::kPlanner)) {
    return "";
  }
  // Its -C metadata, as file names have it, tells it from others of that name.
  return plan.names + "/" +
         AsFileName(in.crate_name + in.Codegen("extra-filename").value_or("")) +
         ".names";
}

namespace {

// Late links were tried with the unit's linker, and work.
bool IsKnownLld(const Plan& plan, const RustcInvocation& in) {
  const std::string key = in.LinkerKey();
  return std::any_of(plan.linkers.begin(), plan.linkers.end(),
                     [&key](const auto& linker) {
                       return linker.second && linker.first == key;
                     });
}

}  // namespace

bool MayHaveMap(const Decision& decision, const Plan& plan,
                const RustcInvocation& in) {
  if (!plan.map || !IsLinked(in)) return false;
  switch (decision.strategy) {
    case Strategy::kLate:
    case Strategy::kSeeded:
      return true;
    case Strategy::kPlain:
      if (decision.reason != Reason::kRecordedCost) return false;
      break;
    case Strategy::kSingle:
    case Strategy::kDeferred:
      break;
  }
  return IsKnownLld(plan, in);
}

void Apply(const Decision& decision, const Plan& plan,
           const std::string& map_file, RustcInvocation* in) {
  if (!decision.marked) return;
  const bool leaf = decision.kind != UnitKind::kLibrary;
  if (decision.strategy == Strategy::kPlain ||
      decision.strategy == Strategy::kSingle ||
      decision.strategy == Strategy::kSeeded ||
      decision.strategy == Strategy::kDeferred) {
    const bool deferred = decision.strategy == Strategy::kDeferred;
    int units = plan.codegen_units;
    if (decision.strategy == Strategy::kSingle ||
        decision.strategy == Strategy::kSeeded ||
        (deferred && !leaf && CompilesAtHome(plan, *in))) {
      // What comes last and alone would leave cores idle: a library of 18 s
      // that eight programs wait for takes 11 s in four units on two cores.
      // A library with a dead half is one module, as the half refers to it.
      const bool many =
          leaf || (decision.primary && decision.strategy != Strategy::kSeeded);
      units = many ? plan.leaf_units : 1;
    }
    const std::string pipeline = Pipeline(OptLevel(*in));
    in->RemoveCodegen("codegen-units");
    if (units > 0) in->AddCodegen("codegen-units=" + std::to_string(units));
    if (deferred) {
      // LTO stays as the profile says: the compiler knows what it has to do.
      in->words.push_back(DeferralFlag(plan, leaf, *in));
    }
    const std::string names = NamesFile(decision, plan, *in);
    if (!names.empty()) {
      in->words.push_back("-Zdead-fn-elimination=names:" + names);
    }
    if (leaf && decision.strategy != Strategy::kSeeded) AddMap(map_file, in);
    if (deferred && IsLinked(*in) && ProfileAsksForLto(*in) &&
        IsKnownLld(plan, *in)) {
      FoldIdenticalCodeOfObjects(in);
    }
    if (decision.strategy != Strategy::kSeeded) return;
    if (leaf) {
      // Halves that a wrong seed left out are optimised by the linker.
      AddLinkOptions(plan, pipeline, plan.import_limit_no_lto, in);
      AddMap(map_file, in);
    } else {
      in->words.push_back("-Zllvm-plugins=" + plan.plugin);
    }
    return;
  }
  const bool with_lto = ProfileAsksForLto(*in);
  const bool own_level = HasOwnLevel(*in, plan);
  for (const char* name :
       {"codegen-units", "lto", "embed-bitcode", "linker-plugin-lto"}) {
    in->RemoveCodegen(name);
  }
  in->AddCodegen("codegen-units=1");
  in->AddCodegen("linker-plugin-lto");
  if (!own_level) in->AddCodegen("no-prepopulate-passes");
  if (!leaf) return;
  // The level of the libraries below, which is the profile's.
  const bool with_std = with_lto && TakesStdBitcode(plan, *in);
  if (with_std) AddStdBitcode(plan.std_bitcode, in);
  AddLinkOptions(plan, Pipeline(own_level ? plan.opt_level : OptLevel(*in)),
                 with_std   ? kStdInstructions
                 : with_lto ? plan.import_limit_lto
                            : plan.import_limit_no_lto,
                 in);
  if (with_lto) FoldIdenticalCode(in);
  AddMap(map_file, in);
}

}  // namespace dfe::dispatch
