// Chooses a strategy for one unit, and says why.
#ifndef DFE_DISPATCH_DECISION_H_
#define DFE_DISPATCH_DECISION_H_

#include <string>
#include <string_view>

#include "dfe/dispatch/plan.h"
#include "dfe/dispatch/rustc_invocation.h"

namespace dfe::dispatch {

// Why a unit is compiled as the user's own build would compile it. Every
// refusal has a name, so that `dfe explain` and the tests can ask for it.
enum class Reason {
  kNone,             // it is not plain
  kNotACompile,      // a probe: -vV, --print, ___
  kHostUnit,         // build script, proc macro, or a profile not accelerated
  kMetadataOnly,     // nothing is generated anyway
  kIncremental,      // incremental builds are left alone
  kEmitsMore,        // the user asked rustc for assembly, IR or objects
  kUnoptimised,      // opt-level 0
  kOwnOptLevel,      // late: the link would give it the program's level
  kSplitDebuginfo,   // the linker would have to write the .dwo files
  kPreferDynamic,    // links against dylibs
  kInstrumentation,  // coverage or profile data wants the usual pipeline
  kSanitizer,        // wants rustc's own pipeline
  kSaveTemps,        // the user wants to see rustc's intermediate files
  kLinkDeadCode,     // the user wants dead code
  kUserPasses,       // -C passes, llvm-args or no-prepopulate-passes by hand
  kLinkerNotLld,     // whole-program optimisation needs lld at link
  kArgumentFile,     // an @file that could not be read
  kPlanner,          // the plan says plain; Plan::plain_reason has the words
  kRecordedCost,     // it took less before, so the plan names it: Plan::units
  kStaticlib,        // other people's linkers must be able to read it
  kDylib,            // everything is exported: nothing is dead
  kDeadHalfLost,     // seeded: the dead half could not be kept, so done whole
  kDebugAssertions,  // deferred: the compiler does not defer with these
  kOwnFlag,          // deferred: the user says -Z dead-fn-elimination already
};

std::string_view Name(Reason reason);

// What kind of artifact the unit makes, as far as linking goes.
enum class UnitKind {
  kLibrary,  // rlib only: no linker runs
  kLeaf,     // bin, test, cdylib: a linker runs
  kForeign,  // staticlib, dylib: made for linkers and programs not ours
};

UnitKind KindOf(const RustcInvocation& invocation);

struct Decision {
  Strategy strategy = Strategy::kPlain;
  Reason reason = Reason::kNone;
  UnitKind kind = UnitKind::kLibrary;
  // Of a package that the command names or stands in, so it comes late.
  bool primary = false;
  // The unit carries the plan's marker: it belongs to the accelerated profile.
  bool marked = false;
  // A plain decision that the libraries below, already made late, cannot
  // serve: the whole build must be done again without us.
  bool needs_rebuild = false;
};

// Pure: looks at nothing but its arguments. `linker_works` tells for the
// invocation's linker key whether late links work (asked only if it matters).
Decision Decide(const RustcInvocation& invocation, const Plan& plan,
                bool is_primary_package,
                bool (*linker_works)(const RustcInvocation&, const Plan&,
                                     void*),
                void* context);

// Where the unit lists its functions by symbol, or "" if it does not. All
// projects have one folder, since a library may be kept for all of them.
std::string NamesFile(const Decision& decision, const Plan& plan,
                      const RustcInvocation& invocation);

// Whether a linker is called for it: not for a library, or for a staticlib.
bool IsLinked(const RustcInvocation& invocation);

// Whether the unit's linker can be asked for a map. Only lld's are read: what
// takes any linker has one if that is known to be lld, and nobody is asked.
bool MayHaveMap(const Decision& decision, const Plan& plan,
                const RustcInvocation& invocation);

// Rewrites the invocation for the decision; a leaf's linker writes `map_file`
// if that is not empty. The marker is always removed, so
// a plain unit gets exactly the user's own words.
void Apply(const Decision& decision, const Plan& plan,
           const std::string& map_file, RustcInvocation* invocation);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_DECISION_H_
