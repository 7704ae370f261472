// One child, one signal, both atomic.
#include "dfe/build/interrupts.h"

#include <signal.h>

#include <atomic>

#include "dfe/build/orphans.h"

namespace dfe {
namespace {

std::atomic<int> g_child{0};
std::atomic<int> g_signal{0};

void PassOn(int signal) {
  const int child = g_child;
  if (child > 0) kill(child, signal);
}

void OnSignal(int signal, siginfo_t* info, void*) {
  g_signal = signal;
  if (info->si_code <= 0) PassOn(signal);  // not from the kernel's terminal
}

}  // namespace

void HandleSignals() {
  struct sigaction action = {};
  action.sa_sigaction = OnSignal;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  for (int s : {SIGINT, SIGTERM, SIGHUP}) sigaction(s, &action, nullptr);
  AdoptOrphans();
}

bool Interrupted() { return g_signal != 0; }

int InterruptedExitCode() { return 128 + g_signal; }

void PassSignalsTo(int pid) {
  g_child = pid;
  if (g_signal != 0) PassOn(g_signal);  // it came before the child did
}

}  // namespace dfe
