// What a header reads from outside itself is recorded with what it saw: a macro
// that is set, one that is not, one in #if, and a plain name that a later header
// makes a macro of. A compile and a scan record the same; only the compile knows
// instantiations.
// RUN: split-file "%s" "%t" && cd "%t"
// RUN: %clangxx -fplugin=%headers_plugin -Xclang -plugin-arg-dfe-headers -Xclang out=compiled -c m.cpp
// RUN: %clangxx -fplugin=%headers_plugin -fsyntax-only -Xclang -plugin -Xclang dfe-headers-scan -Xclang -plugin-arg-dfe-headers-scan -Xclang out=scanned m.cpp
// RUN: %header_dump compiled >a && %header_dump scanned >b && not diff a b >differences
// RUN: FileCheck m.cpp --input-file=a
// RUN: FileCheck m.cpp --check-prefix=DIFF --input-file=differences
//--- a.h
#pragma once
#ifdef SET
int set = SET;
#endif
#if UNSET || defined(TESTED)
#endif
int later(int);
int c = __COUNTER__;
//--- b.h
#ifndef B_H
#define B_H
#define UNSET
#define TESTED
#define later(x) x
template <class T> T id(T t) { return t; }
#endif
//--- m.cpp
// CHECK: file ./a.h once counter counter_number bytes=
// CHECK: file ./b.h guard=B_H bytes={{.*}} instantiations=1
// CHECK: leading #define SET 1{{$}}
// CHECK: enter m.cpp
// CHECK: define SET #[[N:[0-9]+]]
#define SET 1
// CHECK-NEXT: enter ./a.h by "a.h"{{$}}
// CHECK-NEXT: pragma once
// CHECK-NEXT: read SET #[[N]]
// CHECK-NEXT: read TESTED undefined
// CHECK-NEXT: read UNSET undefined
// CHECK-NEXT: read later undefined
// CHECK-NEXT: counter
#include "a.h"
// CHECK-NEXT: enter ./b.h by "b.h"{{$}}
// CHECK-NEXT: read B_H undefined
// CHECK-NEXT: define B_H
// CHECK: define later
#include "b.h"
// CHECK-NEXT: skip ./b.h by "b.h"{{$}}
#include "b.h"
// CHECK-NEXT: code
int f() { return id(1); }
// CHECK-NEXT: undefine SET
// CHECK-NOT: {{.}}
#undef SET
// DIFF: < file ./b.h {{.*}} instantiations=1
// DIFF: > file ./b.h {{.*}} instantiations=0
// DIFF-NOT: {{[<>]}}
