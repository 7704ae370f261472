// A name that no bracket follows is only seen, and read if one does; __COUNTER__ that
// ends names is told from one that is a number; what a file defines before its first
// #include is kept as lines.
// RUN: split-file "%s" "%t" && cd "%t"
// RUN: %clangxx -fplugin=%headers_plugin -fsyntax-only -Xclang -plugin -Xclang dfe-headers-scan -Xclang -plugin-arg-dfe-headers-scan -Xclang out=r m.cpp
// RUN: %header_dump r >dump && FileCheck m.cpp --input-file=dump
//--- names.h
#define PASTE(a, b) a##b
#define ENDED(a, b) PASTE(a, b)
extern int ENDED(name, __COUNTER__);
int seen(int later);
int used = sizeof(later
(0));
//--- number.h
#define PASS(x) x
enum { number = PASS(__COUNTER__) };
//--- text.h
#define STRING(x) #x
#define TEXT(x) STRING(x)
extern char text[sizeof(TEXT(__COUNTER__))];
//--- m.cpp
// CHECK: file ./names.h counter bytes
// CHECK: file ./number.h counter counter_number bytes
// CHECK: file ./text.h counter counter_number bytes
// CHECK: leading #define SET 1{{$}}
// CHECK-NEXT: leading #define PAIR(a,b...) a +b{{$}}
// CHECK-NEXT: leading #undef PAIR{{$}}
// CHECK-NEXT: enter m.cpp
#define SET 1
#define PAIR(a, b...) a /* blank */ +b
#undef PAIR
int later(int);
// CHECK: name later undefined
// CHECK-NEXT: read later undefined
#include "names.h"
#include "number.h"
#include "text.h"
#define later(x) x
#define AFTER
