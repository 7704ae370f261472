// Debug info of what is gone goes or loses its place; the verifier agrees, and
// so does code generation.
// RUN: printf "# dfe seeds\nlive\n" > "%t.seeds"
// RUN: %clang -g -O1 -Xclang -disable-llvm-passes -emit-llvm -c "%s" -o "%t.bc"
// RUN: %opt -load-pass-plugin=%plugin -passes="dfe-cut<seeds=%t.seeds;verify>,verify,default<O2>" "%t.bc" -o "%t.cut.bc"
// RUN: %clang -g -c "%t.cut.bc" -o "%t.o"
// RUN: %llvm_tools/llvm-dwarfdump --verify "%t.o"
// RUN: %llvm_tools/llvm-dwarfdump "%t.o" | FileCheck "%s"
// CHECK-NOT: DW_AT_name ("dead")
// CHECK: DW_AT_name ("live")
// CHECK-NOT: DW_AT_name ("dead")
static int shared;
int live(int x) {
  shared += x;
  return shared;
}
int dead(int x) {
  int *where = &shared;
  return *where + x;
}
