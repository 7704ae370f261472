// The plugin works inside both linkers: at the start of full LTO, and at the start
// of a ThinLTO backend that runs the default pipeline of compiles.
// RUN: rm -rf "%t" && mkdir "%t" && cd "%t" && printf "# dfe seeds\n_start\n" > seeds
// RUN: %clang -O2 -flto=thin -ffreestanding -c "%s" -o thin.o && %clang -O2 -flto=full -ffreestanding -c "%s" -o full.o
// RUN: "%S/Inputs/cut-in-linker" %plugin %lld %lld full.o && FileCheck "%s" --input-file=log
// RUN: "%S/Inputs/cut-in-linker" %plugin %lld %lld thin.o "--lto-newpm-passes=default<O3>" && FileCheck "%s" --input-file=log
// RUN: "%S/Inputs/cut-in-linker" %plugin %rust_lld "%t/ld.lld" full.o && FileCheck "%s" --input-file=log
// RUN: "%S/Inputs/cut-in-linker" %plugin %rust_lld "%t/ld.lld" thin.o "--lto-newpm-passes=default<O3>" && FileCheck "%s" --input-file=log
// RUN: "%S/Inputs/cut-in-linker" %plugin %lld %lld thin.o && test ! -e log
// CHECK: dfe-cut: {{.*}}: removed 1 functions
__attribute__((noinline)) int dead(int x) { return x + 2; }
void _start(void) {}
