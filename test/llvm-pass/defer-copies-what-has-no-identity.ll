; Small constants without an address of their own and functions whose address
; nobody takes are copied; the twins with an identity are promoted.
; RUN: printf "# dfe seeds\\nseed\\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-defer<seeds=%t.seeds;out=%t.dead.bc;verify>,verify" -S "%s" -o "%t.live.ll"
; RUN: %llvm_tools/llvm-dis "%t.dead.bc" -o "%t.dead.ll"
; RUN: FileCheck "%s" --check-prefix=LIVE --input-file="%t.live.ll"
; RUN: FileCheck "%s" --check-prefix=DEAD --input-file="%t.dead.ll"

; LIVE: @small = private unnamed_addr constant
; LIVE: @addressed.dfe.{{[0-9a-f]+}} = hidden constant
; LIVE: @large.dfe.{{[0-9a-f]+}} = hidden unnamed_addr constant
; LIVE: define internal void @called()
; LIVE: define hidden void @compared.dfe.

; DEAD: @small = private unnamed_addr constant
; DEAD: @addressed.dfe.{{[0-9a-f]+}} = external hidden constant
; DEAD: @large.dfe.{{[0-9a-f]+}} = external hidden unnamed_addr constant
; DEAD: define internal void @called()
; DEAD: declare hidden void @compared.dfe.
@small = private unnamed_addr constant [4 x i8] c"abc\00"
@addressed = internal constant [4 x i8] c"abc\00"
@large = private unnamed_addr constant [300 x i8] zeroinitializer

define ptr @seed(ptr %p) {
  call void @called()
  store ptr @small, ptr %p
  store ptr @addressed, ptr %p
  store ptr @large, ptr %p
  ret ptr @compared
}

define ptr @dead(ptr %p) {
  call void @called()
  store ptr @small, ptr %p
  store ptr @addressed, ptr %p
  store ptr @large, ptr %p
  ret ptr @compared
}

define internal void @called() {
  ret void
}

define internal void @compared() {
  ret void
}
