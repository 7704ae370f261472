// The whole of dispatch, for one call of the compiler.
#ifndef DFE_DISPATCH_DISPATCH_H_
#define DFE_DISPATCH_DISPATCH_H_

namespace dfe::dispatch {

// The variable that names the session folder. Without it, or without a
// readable plan in it, the compiler is called exactly as given.
inline constexpr char kSessionVariable[] = "DFE_SESSION";

// The exit code of a unit that dispatch did not compile because the whole
// build has to be done again without it; see Decision::needs_rebuild.
inline constexpr int kNeedsRebuild = 97;

// argv[1] is the compiler (or the user's workspace wrapper). Returns the exit
// code for this process; does not return when it becomes the compiler.
int Run(int argc, char** argv);

}  // namespace dfe::dispatch

#endif  // DFE_DISPATCH_DISPATCH_H_
