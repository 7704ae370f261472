// A faulty configuration leaves the compile as it is, warnings as errors or not;
// with strict it fails. The reason is in the log either way.
// RUN: rm -f "%t.log" && export DFE_PASS_LOG="%t.log" DFE_PASS_MODE=cut DFE_PASS_SEEDS="%t.none"
// RUN: %clang -O1 -Werror -fpass-plugin=%plugin -c "%s" -o "%t.o" 2>&1 | count 0
// RUN: %llvm_tools/llvm-nm "%t.o" | FileCheck "%s"
// RUN: FileCheck "%s" --check-prefix=LOG --input-file="%t.log"
// RUN: env DFE_PASS_STRICT=1 not %clang -O1 -fpass-plugin=%plugin -c "%s" -o "%t.strict.o" 2>&1 | FileCheck "%s" --check-prefix=STRICT
// CHECK: T dead
// LOG: dfe-cut: {{.*}}: error: seeds: cannot open
// STRICT: error: dfe-cut: seeds: cannot open
int dead(void) { return 3; }
