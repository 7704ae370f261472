; weak_odr has one meaning everywhere, so the seeds decide, unlike for weak.
; RUN: printf "# dfe seeds\nseed_odr\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-cut<seeds=%t.seeds>,verify" -S "%s" | FileCheck "%s"

; CHECK: define weak_odr void @seed_odr()
; CHECK-NOT: @other_odr
define weak_odr void @seed_odr() {
  ret void
}

define weak_odr void @other_odr() {
  ret void
}
