// A definition that says __cold__ and one that says cold are one, unless either name
// is a macro somewhere; macros of other names (the kernel's noinline) do not matter,
// and names inside of an attribute are not its own.
// RUN: split-file "%s" "%t" && cd "%t"
// RUN: record() { %clang "$@" -fplugin=%headers_plugin -fsyntax-only -Xclang -plugin -Xclang dfe-headers-scan -Xclang -plugin-arg-dfe-headers-scan -Xclang out=r m.c && %header_dump r; }
// RUN: record | FileCheck m.c && record -Dcold=hot | FileCheck m.c --check-prefix=TWO && record -D__cold__=hot | FileCheck m.c --check-prefix=TWO
//--- m.c
// CHECK: define A #[[A:[0-9]+]]{{$}}
// CHECK-NEXT: undefine A
// CHECK-NEXT: define A #[[A]]{{$}}
// CHECK-NEXT: define B #[[B:[0-9]+]]{{$}}
// CHECK-NEXT: undefine B
// CHECK-NOT: define B #[[B]]{{$}}
// CHECK: define noinline #[[C:[0-9]+]]{{$}}
// TWO: define A #[[A:[0-9]+]]{{$}}
// TWO-NEXT: undefine A
// TWO-NOT: define A #[[A]]{{$}}
#define A __attribute__((used, __cold__))
#undef A
#define A __attribute__((used, cold))
#define B __attribute__((cleanup(__cold__)))
#undef B
#define B __attribute__((cleanup(cold)))
#define noinline __attribute__((__noinline__))
A static int x;
