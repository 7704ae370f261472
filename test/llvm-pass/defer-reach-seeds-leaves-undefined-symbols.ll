; reach=seeds trusts the seeds: a live call of a dead function becomes an
; undefined symbol, which pulls the member; by default the callee stays.
; RUN: printf "# dfe seeds\nseed\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-defer<seeds=%t.seeds;out=%t.bc;reach=seeds>,verify" -S "%s" | FileCheck "%s" --check-prefix=SEEDS
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-defer<seeds=%t.seeds;out=%t.bc>,verify" -S "%s" | FileCheck "%s" --check-prefix=CLOSURE

; SEEDS: define internal void @local()
; SEEDS: declare hidden void @callee()
; CLOSURE: define internal void @local()
; CLOSURE: define hidden void @callee()
define void @seed() {
  call void @local()
  call void @callee()
  ret void
}

define internal void @local() {
  ret void
}

define hidden void @callee() {
  ret void
}
