// Loaded and idle, the plugin leaves every byte as it was; with a configuration it
// does not.
// RUN: printf "# dfe seeds\nlive\n" > "%t.seeds"
// RUN: %clang -O2 -c "%s" -o "%t.plain.o"
// RUN: %clang -O2 -fpass-plugin=%plugin -c "%s" -o "%t.idle.o"
// RUN: cmp "%t.plain.o" "%t.idle.o"
// RUN: env DFE_PASS_MODE=cut DFE_PASS_SEEDS="%t.seeds" %clang -O2 -fpass-plugin=%plugin -c "%s" -o "%t.cut.o"
// RUN: not cmp -s "%t.plain.o" "%t.cut.o"
int live(int x) { return x + 1; }
int dead(int x) { return x + 2; }
