// Loaded without `out=`, the plugin leaves the object as it was; an argument that
// it does not know stops the compile; a record that cannot be written does not.
// RUN: rm -rf "%t" && mkdir -p "%t" && cd "%t"
// RUN: %clang -O2 -c "%s" -o plain.o
// RUN: %clang -O2 -fplugin=%headers_plugin -c "%s" -o idle.o && cmp plain.o idle.o
// RUN: %clang -O2 -fplugin=%headers_plugin -Xclang -plugin-arg-dfe-headers -Xclang out=r -c "%s" -o recording.o && cmp plain.o recording.o && test -s r
// RUN: not %clang -fplugin=%headers_plugin -Xclang -plugin-arg-dfe-headers -Xclang to=r -c "%s" -o wrong.o 2>log && FileCheck "%s" <log
// RUN: %clang -O2 -fplugin=%headers_plugin -Xclang -plugin-arg-dfe-headers -Xclang out=none/r -c "%s" -o unwritten.o 2>log && cmp plain.o unwritten.o
// RUN: FileCheck "%s" --check-prefix=UNWRITTEN <log
// CHECK: error: dfe-headers: argument: expected out=FILE, got 'to=r'
// UNWRITTEN: warning: dfe-headers: cannot create: none/r
int f(int x) { return x + 1; }
