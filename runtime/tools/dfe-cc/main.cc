// dfe-cc: what a build system calls in front of its C or C++ compiler (CMake's
// CMAKE_CXX_COMPILER_LAUNCHER, or CXX="dfe-cc clang++") under `dfe build`.
// Without a plan it is the compiler.
#include "dfe/dispatch/cc_dispatch.h"

int main(int argc, char** argv) { return dfe::dispatch::RunCc(argc, argv); }
