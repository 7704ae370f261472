// A library is split with wrong seeds; the archive holds the live half as machine
// code and the dead half as bitcode. The program is right, and the linker reads
// the dead half only when something needs it.
// RUN: rm -rf "%t" && mkdir "%t" && cd "%t"
// RUN: printf "# dfe seeds\nlive\n" > wrong && printf "# dfe seeds\nlive\ndead\ntext\n" > right
// RUN: %clang -O2 -DPROGRAM -c "%s" -o program.o
// RUN: %clang -O2 -c "%s" -o plain.o && %clang program.o plain.o -o plain && ./plain > plain.txt
// RUN: FileCheck "%s" --input-file=plain.txt
// RUN: for seeds in wrong right; do \
// RUN:   env DFE_PASS_MODE=defer DFE_PASS_SEEDS=$seeds DFE_PASS_DEFER_DIR=$seeds.d DFE_PASS_VERIFY=1 \
// RUN:     %clang -O2 -g -fpass-plugin=%plugin -c "%s" -o $seeds.o && \
// RUN:   %llvm_tools/llvm-ar rcs $seeds.a $seeds.o $(ls -d $seeds.d/*) && \
// RUN:   for lld in %lld %rust_lld; do \
// RUN:     "%S/Inputs/link-with" $lld %clang program.o $seeds.a -o prog > trace && ./prog > out && diff plain.txt out && \
// RUN:     echo $seeds $(grep -c dead.bc trace); done || exit 1; done | FileCheck "%s" --check-prefix=TRACE
// CHECK: constructed
// CHECK-NEXT: 3 13 0 abc 1 28
// TRACE: wrong 1
// TRACE-NEXT: wrong 1
// TRACE-NEXT: right 0
// TRACE-NEXT: right 0
#include <stdio.h>
int live(int), dead(int);
const char *text(int);
#ifdef PROGRAM
int main(void) {
  int a = live(1), b = dead(4), c = live(-7);
  printf("%d %d %d %s %d %d\n", a, b, c, text(0), text(0) == text(1), dead(21));
}
#else
static int counter = 2;
static __thread int calls;
static const char *const texts[] = {"abc", "abc"};
static int add(int x) { return counter += x; }
static int (*const table[])(int) = {add, add};
__attribute__((constructor)) static void construct(void) { puts("constructed"); }
int live(int x) { return table[x & 1](x) + calls * 0; }
int dead(int x) { return table[1](x) + ++calls + 5; }
const char *text(int i) { return texts[i]; }
#endif
