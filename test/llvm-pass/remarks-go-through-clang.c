// Remarks, their YAML and the pass in a time trace come by the host's own options,
// and only on request.
// RUN: printf "# dfe seeds\nlive\n" > "%t.seeds"
// RUN: export DFE_PASS_MODE=cut DFE_PASS_SEEDS="%t.seeds"
// RUN: %clang -O1 -fpass-plugin=%plugin -Rpass=dead-fn-elim -Rpass-missed=dead-fn-elim -fsave-optimization-record -foptimization-record-file="%t.yaml" -c "%s" -o "%t.o" 2>&1 | FileCheck "%s"
// RUN: FileCheck "%s" --check-prefix=YAML --input-file="%t.yaml"
// RUN: %clang -O1 -fpass-plugin=%plugin -c "%s" -o "%t.o" 2>&1 | count 0
// RUN: %clang -O1 -fpass-plugin=%plugin -ftime-trace="%t.json" -ftime-trace-granularity=0 -c "%s" -o "%t.o"
// RUN: FileCheck "%s" --check-prefix=TRACE --input-file="%t.json"
// CHECK: remark: weak kept: interposable [-Rpass-missed=dead-fn-elim]
// CHECK: remark: dead removed: no seed needs it ({{[0-9]+}} instructions) [-Rpass=dead-fn-elim]
// YAML: --- !Missed
// YAML-NEXT: Pass: dead-fn-elim
// YAML-NEXT: Name: Kept
// YAML: Reason: interposable
// YAML: --- !Passed
// YAML-NEXT: Pass: dead-fn-elim
// YAML-NEXT: Name: Dead
// YAML: Function: dead
// TRACE: "name":"dfe-cut","args":{"detail":"{{.*}}remarks-go-through-clang.c"}
int live(void) { return 1; }
__attribute__((weak)) int weak(void) { return 2; }
int dead(void) { return 3; }
