; A declaration that nobody used before the cut stays: it is there on purpose.
; RUN: printf "# dfe seeds\\nseed\\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-cut<seeds=%t.seeds>,verify" -S "%s" | FileCheck "%s"

; CHECK-NOT: @by_dead
; CHECK: declare void @on_purpose()
; CHECK-NOT: @by_dead
define void @dead() {
  call void @by_dead()
  ret void
}

declare void @by_dead()
declare void @on_purpose()
