// A block of definitions under #ifndef is recorded by what it would do, carried out or
// not; and a condition of an #error is no read. Not where anything else is in there,
// nor in the main file.
// LONG: one block for each thing that makes a condition a read.
// RUN: split-file "%s" "%t" && cd "%t"
// RUN: record() { %clang "$@" -I. -fplugin=%headers_plugin -fsyntax-only -Xclang -plugin -Xclang dfe-headers-scan -Xclang -plugin-arg-dfe-headers-scan -Xclang out=r $FILE && %header_dump $COSTS r; }
// RUN: FILE=m.c; record | FileCheck m.c && record -DX='"x"' -D'Y(a,b)=f(a, b)' | FileCheck m.c && record -DX=2 | FileCheck m.c
// RUN: FILE=twins.c; record | FileCheck twins.c
// RUN: COSTS=--costs; for FILE in once.c often.c; do record | sed -n 's,^file ./asks.h.* asked=,,p' >>asked; done; [ -s asked ] && [ $(uniq asked | wc -l) = 1 ]
//--- m.c
// CHECK: enter ./plain.h
// CHECK-NEXT: read PLAIN_H undefined
// CHECK-NEXT: define PLAIN_H
// CHECK-NEXT: define Z #[[Z:[0-9]+]]{{$}}
// CHECK-NEXT: define W #[[W:[0-9]+]]{{$}}
// CHECK: enter ./default.h
// CHECK-NEXT: default Y #[[W]] without X{{$}}
// CHECK-NEXT: default X #[[Z]]{{$}}
// CHECK-NEXT: default U #[[U:[0-9]+]]{{$}}
// CHECK-NEXT: enter ./error.h
// CHECK-NOT: {{read|name}} {{[XYV]}} 
// CHECK: code
#include <plain.h>
#include <default.h>
#include <error.h>
int x;
//--- plain.h
#ifndef PLAIN_H
#define PLAIN_H
#define Z "x"
#define W(a, b) f(a, b)
int z;
#endif
//--- default.h
#ifndef X /* nor Y */
// None yet.
# define X "x"
#define Y(a,b) f(a, \
                 b)

#endif // X
#ifndef U
#define U
#endif
//--- error.h
#if !defined X && /* nor */ !defined Y /* here */
# error "never include this \
directly"
#endif
#ifdef V
#error
#endif
//--- asks.h
#if __has_include(<plain.h>) && __has_include(<none.h>)
#endif
//--- once.c
#include <asks.h>
//--- often.c
#include <asks.h>
#include <asks.h>
//--- twins.c
// CHECK: read MAIN
#ifndef MAIN
#define MAIN
#endif
#include <twins.h>
//--- twins.h
// CHECK: enter ./twins.h
// CHECK-NEXT: read A undefined
#ifndef A
#define A
int a;
#endif
// CHECK: read B undefined
#ifndef B
#define B
#else
#endif
// CHECK: read C undefined
#ifndef C
#define C
#undef C
#endif
// CHECK: read D undefined
#ifndef D
#define D(x) #x
#endif
// CHECK: read E undefined
#ifndef E
#endif
// CHECK: read F undefined
#ifdef F
#define F
#endif
// CHECK: read G undefined
#ifdef G
#warning "g"
#endif
// CHECK: read H undefined
#if defined H
#error
#define H
#endif
// CHECK: read I undefined
#ifndef I
#define I
#define I
#endif
// CHECK: read K undefined
#if defined K /* or
#error
#endif
*/
int k;
#endif
// CHECK: read J undefined
#ifndef J
#define J(x, ...) x
#endif
