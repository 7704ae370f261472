; Unused here means not emitted here, in any build: no seed is asked.
; RUN: printf "# dfe seeds\nseed\nlinkonce\navailable\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-cut<seeds=%t.seeds>,verify" -S "%s" | FileCheck "%s"

; CHECK-NOT: @linkonce
; CHECK-NOT: @available
; CHECK: define available_externally void @needed_available()
; CHECK: define linkonce_odr void @needed_linkonce()
define available_externally void @needed_available() {
  ret void
}

define available_externally void @available() {
  ret void
}

define linkonce_odr void @linkonce() {
  ret void
}

define linkonce_odr void @needed_linkonce() {
  ret void
}

define void @seed() {
  call void @needed_linkonce()
  call void @needed_available()
  ret void
}
