; !associated: the linker drops the note with its function, so both live or die
; together.
; RUN: printf "# dfe seeds\\nseed\\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-cut<seeds=%t.seeds>,verify" -S "%s" | FileCheck "%s"

; CHECK: @note = internal constant i32 1, section ".text.note", !associated
; CHECK-NOT: dead
@note = internal constant i32 1, section ".text.note", !associated !0
@dead_note = internal constant i32 1, section ".text.note", !associated !1

define void @seed() {
  ret void
}

define void @dead() {
  ret void
}

!0 = !{ptr @seed}
!1 = !{ptr @dead}
