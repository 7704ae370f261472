; A local function of a library function's name is not that function, which the
; optimiser sees by its being local: it must not become global. One that is global
; already, or has another name, does not matter.
;
; RUN: split-file %s %t && cd %t
; RUN: for f in local other; do %opt -load-pass-plugin=%plugin -S $f.ll -o $f.out \
; RUN:   -passes="dfe-parts<parts=2;parts-dir=%t;log=%t/$f.log>" || exit 1; \
; RUN:   test $f = other || not ls 1.bc locals 2>/dev/null || exit 1; done
; RUN: FileCheck %s --check-prefix=LOCAL --input-file=local.log
; RUN: FileCheck %s --check-prefix=OTHER --input-file=other.log
; LOCAL: not divided: a local function has the library's name floor
; OTHER: divided:
;
; A folder is needed, and parts are counted: else the module stays whole.
; RUN: rm -f 1.bc && %opt -load-pass-plugin=%plugin -S other.ll -o whole -passes="dfe-parts<parts=65;parts-dir=%t>" 2>&1 | FileCheck %s --check-prefix=MANY
; RUN: %opt -load-pass-plugin=%plugin -S other.ll -o whole -passes="dfe-parts<parts=2>" 2>&1 | FileCheck %s --check-prefix=FOLDER
; RUN: not ls 1.bc 2>/dev/null && grep -c '^define' whole | grep -x 2
; MANY: dfe-parts: parts: expected at most 64, got 65
; FOLDER: dfe-parts: parts-dir: expected a folder, got none

;--- local.ll
target triple = "x86_64-unknown-linux-gnu"
define internal double @floor(double %x) noinline {
  ret double 1.0
}
define double @f(double %x) {
  %y = call double @floor(double %x)
  ret double %y
}
define double @g(double %x) {
  %y = call double @floor(double %x)
  ret double %y
}
;--- other.ll
target triple = "x86_64-unknown-linux-gnu"
define internal double @flour(double %x) noinline {
  ret double 1.0
}
define double @floor(double %x) {
  %y = call double @flour(double %x)
  ret double %y
}
