// Signals that end a build.
//
// What the terminal sends, the user's command gets too; what another process
// sends came to us alone and is passed on. Then we stay until the compilers are
// gone, and clean up.
#ifndef DFE_BUILD_INTERRUPTS_H_
#define DFE_BUILD_INTERRUPTS_H_

namespace dfe {

// From here on SIGINT, SIGTERM and SIGHUP do not end this process.
void HandleSignals();

// Whether one of them came.
bool Interrupted();
// As of a process that it ended.
int InterruptedExitCode();

// The process that gets what comes to us alone, and what came before; 0: none.
void PassSignalsTo(int pid);

}  // namespace dfe

#endif  // DFE_BUILD_INTERRUPTS_H_
