// The whole of dispatch, for one call of the compiler.
#ifndef DFE_DISPATCH_DISPATCH_H_
#define DFE_DISPATCH_DISPATCH_H_

namespace dfe::dispatch {

// The variable that names the session folder. Without it the compiler is called
// exactly as given.
inline constexpr char kSessionVariable[] = "DFE_SESSION";

// What a dispatch must undo even if it cannot read its plan: the marker
// (Plan::marker) in place of the user's codegen-units (Plan::codegen_units),
// and itself in place of the user's wrapper (Plan::chain).
inline constexpr char kMarkerVariable[] = "DFE_MARKER";
inline constexpr char kUnitsVariable[] = "DFE_CODEGEN_UNITS";
inline constexpr char kChainVariable[] = "DFE_CHAIN";

// The exit code of a unit that dispatch did not compile because the whole
// build has to be done again without it; see Decision::needs_rebuild.
inline constexpr int kNeedsRebuild = 97;

// argv[1] is the compiler (or the user's workspace wrapper). Returns the exit
// code for this process; does not return when it becomes the compiler.
int Run(int argc, char** argv);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_DISPATCH_H_
