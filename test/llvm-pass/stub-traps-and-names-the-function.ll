; A dead function keeps its symbol and names itself; what only it used goes.
; RUN: printf "# dfe seeds\nseed\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-stub<seeds=%t.seeds>,verify" -S "%s" | FileCheck "%s"

; CHECK: @dead_variable = global i32 0
; CHECK: [[NAME:@[0-9]+]] = private unnamed_addr constant [5 x i8] c"dead\00"
; CHECK: define void @seed()
; CHECK-NEXT: ret void
; CHECK: define void @dead()
; CHECK-NEXT: call void @__dfe_stub_hit(ptr [[NAME]])
; CHECK-NEXT: unreachable
; CHECK-NOT: @only_dead
; CHECK: define weak void @__dfe_stub_hit(ptr %0)
; CHECK-NEXT: call void @llvm.trap()
@dead_variable = global i32 0

define void @seed() {
  ret void
}

define void @dead() alwaysinline willreturn memory(none) {
  call void @only_dead()
  ret void
}

define internal void @only_dead() {
  ret void
}
