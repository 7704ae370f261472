; Personality, prefix and prologue data, block addresses and !callees refer.
; RUN: printf "# dfe seeds\\nseed\\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-cut<seeds=%t.seeds>,verify" -S "%s" | FileCheck "%s"

; CHECK: @prefix = internal constant
; CHECK: @prologue = internal constant
; CHECK-NOT: @dead
; CHECK: define internal void @target()
; CHECK: define internal void @callee()
; CHECK: define internal i32 @personality(...)
@prefix = internal constant i32 1
@prologue = internal constant i32 2
@jumps = internal constant [1 x ptr] [ptr blockaddress(@target, %there)]

define void @seed(ptr %f) prefix ptr @prefix prologue ptr @prologue personality ptr @personality {
  call void %f(), !callees !0
  store ptr @jumps, ptr %f
  ret void
}

define internal void @target() {
  br label %there
there:
  ret void
}

define internal void @callee() {
  ret void
}

define internal i32 @personality(...) {
  ret i32 0
}

define internal void @dead() {
  ret void
}

!0 = !{ptr @callee}
