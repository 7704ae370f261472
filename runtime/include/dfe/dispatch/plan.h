// The plan of one build, written by `dfe build`, read by every dispatch.
//
// A text file `plan` in the session folder, one `key value` a line, the first
// line `dfe-plan 1`. Values are the rest of the line; a line break in a value
// is written as \n and a backslash as \\. A dispatch that cannot read it, or
// finds another version, makes of its unit what the user's own build would.
#ifndef DFE_DISPATCH_PLAN_H_
#define DFE_DISPATCH_PLAN_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dfe::dispatch {

// How one unit is compiled.
enum class Strategy {
  kPlain,   // exactly as the user's build would
  kLate,    // unoptimised bitcode; the program is optimised once, at link
  kSingle,  // libraries in one codegen unit: no copies made in several
  kSeeded,  // cut by the last link's seeds before optimisation (needs -Z)
  // Libraries leave their functions to the leaf, which compiles what it needs,
  // once: for compilers with -Z dead-fn-elimination (rustc-patches/).
  kDeferred,
};

std::string_view Name(Strategy strategy);
std::optional<Strategy> StrategyFromName(std::string_view name);

// A unit that does better otherwise than the plan has it for all.
struct UnitChoice {
  std::string crate;
  bool leaf = false;  // the program, test or cdylib of that name
  Strategy strategy = Strategy::kPlain;

  bool operator==(const UnitChoice&) const = default;
};

// Late links that take bitcode of std in inline functions of up to so many
// instructions from other modules (import-instr-limit), and the archive holds
// no larger ones.
inline constexpr int kStdInstructions = 30;

struct Plan {
  // A codegen-units value that no one else uses. `dfe build` puts it into the
  // profile, which marks the target units of that profile (host units have a
  // profile of their own) and gives them file names of their own, so that
  // bitcode libraries never meet a plain build's. Dispatch always removes it.
  int marker = 0;
  // What the profile said before; 0 = cargo's default, no -C codegen-units.
  int codegen_units = 0;
  // The profile's opt-level, empty if the profile is not known beforehand.
  std::string opt_level;

  Strategy with_lto = Strategy::kPlain;     // the profile asks for thin or fat
  Strategy without_lto = Strategy::kPlain;  // it does not
  std::string plain_reason;  // why a strategy above is plain, for --explain

  int jobs = 1;        // threads of the whole-program optimisation
  int leaf_units = 0;  // codegen units of a leaf in single; 0 = as without us
  int import_limit_lto = 0;     // ThinLTO's import-instr-limit under with_lto
  int import_limit_no_lto = 0;  // and under without_lto
  std::string lto_cache;        // folder of lld's ThinLTO cache, or empty
  std::string object_cache;     // folder of deferred leaves' objects, or empty
  std::string unit_cache;       // folder of kept libraries, or empty
  std::string unit_compiler;    // identity of the compiler that makes them
  std::string compilers;        // programs that are the compiler, a line each
  std::string chain;            // the user's own RUSTC_WRAPPER, or empty
  std::string prober;           // program that probes a linker key
  bool map = false;             // let the linker write a map for feedback
  // Bitcode of std for late links under with_lto, or empty; and the linker's
  // key with which such a link was tried. See dfe/build/std_bitcode.h.
  std::string std_bitcode;
  std::string std_bitcode_linker;

  std::string plugin;  // DeadFnElim.so, for seeded
  std::string seeds;   // folder of seed files, for seeded
  std::string needs;   // folder where deferred leaves write what they needed
  std::string shared;  // what several leaves need: libraries compile it
  // Deferred without LTO: how libraries compile what they do not leave to
  // leaves, single or plain. That is all while it is not known what the leaves
  // share; then they list their functions in the folder `names`, if any.
  Strategy at_home = Strategy::kPlain;
  bool learns = false;
  std::string names;

  // Linker keys (RustcInvocation::LinkerKey) that were probed, and whether
  // late links work with them.
  std::vector<std::pair<std::string, bool>> linkers;
  // The one that is probed meanwhile; see dfe/dispatch/linker_answer.h.
  std::optional<std::string> asked_linker;
  // Under without_lto; see dfe/build/unit_choice.h.
  std::vector<UnitChoice> units;

  std::string Render() const;
  static std::optional<Plan> Parse(std::string_view text);
  static std::optional<Plan> Load(const std::string& path);
};

// Whether one of the lines is `program`: see Plan::compilers.
bool IsListed(std::string_view lines, std::string_view program);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_PLAN_H_
