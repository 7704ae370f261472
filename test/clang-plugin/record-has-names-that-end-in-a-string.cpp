// A name in what is given to a macro is read, also if it comes out as a string only:
// were it defined, the string would be another. What # and ## take is not expanded,
// so nothing is read; nor is what the macro has no use for.
// RUN: split-file "%s" "%t" && cd "%t"
// RUN: %clangxx -fplugin=%headers_plugin -fsyntax-only -Xclang -plugin -Xclang dfe-headers-scan -Xclang -plugin-arg-dfe-headers-scan -Xclang out=r m.cpp
// RUN: %header_dump r >dump && FileCheck m.cpp --input-file=dump
//--- texts.h
#define STRING(x) #x
#define TEXT(x) STRING(x)
#define PASTE(x) pasted_##x
#define NOTHING(x)
#define BOTH(x, ...) TEXT(x) #__VA_ARGS__ TEXT(__VA_ARGS__)
extern char expanded[sizeof(TEXT(feature + call(1)))];
extern char as_it_is[sizeof(STRING(stringified))];
extern int PASTE(end);
NOTHING(unused)
extern char rest[sizeof(BOTH(one, two))];
//--- m.cpp
// CHECK: enter ./texts.h
// CHECK-NOT: stringified
// CHECK-NOT: {{ }}end
// CHECK: name feature undefined
// CHECK-NEXT: read call undefined
// CHECK-NOT: unused
// CHECK: name one undefined
// CHECK: name two undefined
// CHECK-NEXT: define feature
#include "texts.h"
#define feature 1
#define call(x) 2
#define stringified 3
#define end 4
#define unused 5
#define one 6
#define two 7
