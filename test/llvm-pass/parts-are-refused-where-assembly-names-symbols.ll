; Nobody can tell what assembly defines: such a module stays whole, as one with
; nothing to divide does, and the log says why.
;
; RUN: split-file %s %t && cd %t
; RUN: for f in module inline single; do %opt -load-pass-plugin=%plugin -S $f.ll \
; RUN:   -o $f.out -passes="dfe-parts<parts=2;parts-dir=%t;log=%t/$f.log>" && \
; RUN:   not ls 1.bc locals 2>/dev/null && grep -c '^define' $f.out || exit 1; done
; RUN: FileCheck %s --check-prefix=MODULE --input-file=module.log
; RUN: FileCheck %s --check-prefix=INLINE --input-file=inline.log
; RUN: FileCheck %s --check-prefix=SINGLE --input-file=single.log
; MODULE: not divided: module-level assembly
; INLINE: not divided: assembly in f defines symbols
; SINGLE: not divided: fewer than two functions

;--- module.ll
module asm "x: .long f"
define void @f() {
  ret void
}
define void @g() {
  ret void
}
;--- inline.ll
define void @f() {
  call void asm sideeffect ".globl y\0Ay:", ""()
  ret void
}
define void @g() {
  ret void
}
;--- single.ll
define void @f() {
  ret void
}
