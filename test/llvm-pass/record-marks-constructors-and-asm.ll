; RUN: %opt -load-pass-plugin=%plugin -passes="print<dfe-graph>" -disable-output "%s" 2>&1 | FileCheck "%s" --match-full-lines

module asm ".globl named"
@llvm.global_ctors = appending global [1 x { i32, ptr, ptr }] [{ i32, ptr, ptr } { i32 65535, ptr @ctor, ptr null }]
@llvm.global_dtors = appending global [1 x { i32, ptr, ptr }] [{ i32, ptr, ptr } { i32 65535, ptr @dtor, ptr null }]

; CHECK: function internal default ctor size=1 flags=ctor
; CHECK-NEXT: function internal default dtor size=1 flags=dtor
; CHECK-NEXT: function external default named size=1 flags=asm,root
; CHECK-NEXT: function external default plain size=1
define internal void @ctor() {
  ret void
}

define internal void @dtor() {
  ret void
}

define void @named() {
  ret void
}

define void @plain() {
  ret void
}
