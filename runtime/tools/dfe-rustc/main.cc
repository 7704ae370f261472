// dfe-rustc: what cargo calls in place of rustc (RUSTC_WRAPPER) under
// `dfe build`. Reads the build's plan, decides about one unit, runs the
// compiler, reports what it cost. Without a plan it is the compiler.
#include "dfe/dispatch/dispatch.h"

int main(int argc, char** argv) { return dfe::dispatch::Run(argc, argv); }
