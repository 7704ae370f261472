; RUN: printf "# dfe seeds\nseed\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-cut<seeds=%t.seeds;internalize>,verify" -S "%s" | FileCheck "%s" --check-prefixes=BOTH,INTERNAL
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-cut<seeds=%t.seeds>,verify" -S "%s" | FileCheck "%s" --check-prefixes=BOTH,PLAIN

; BOTH: define void @seed()
; INTERNAL: define internal void @reached()
; PLAIN: define hidden void @reached()
; BOTH: define weak_odr void @shared()
define void @seed() {
  call void @reached()
  call void @shared()
  ret void
}

define hidden void @reached() {
  ret void
}

define weak_odr void @shared() {
  ret void
}
