; The dead half takes what only it uses and declares what is live; it carries a
; summary, and no anchor when the live half does nothing by itself.
; RUN: printf "# dfe seeds\\nseed\\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-defer<seeds=%t.seeds;out=%t.dead.bc;verify>,verify" -S "%s" -o "%t.live.ll"
; RUN: %llvm_tools/llvm-dis "%t.dead.bc" -o "%t.dead.ll"
; RUN: FileCheck "%s" --check-prefix=LIVE --input-file="%t.live.ll"
; RUN: FileCheck "%s" --check-prefix=DEAD --input-file="%t.dead.ll"

; LIVE-NOT: dead
; LIVE: @llvm.compiler.used = {{.*}} [ptr @seed]
; LIVE-NOT: dead
; LIVE: define void @seed()
; LIVE-NOT: dead

; DEAD-NOT: __dfe_live
; DEAD: @dead_table = internal constant
; DEAD: declare void @seed()
; DEAD: define void @dead()
; DEAD: define internal void @dead_local()
; DEAD: ^0 = module:
; DEAD: gv: (name: "dead", summaries:
@dead_table = internal constant [2 x ptr] [ptr @dead, ptr @dead_local]

define void @seed() {
  ret void
}

define void @dead() {
  %p = load ptr, ptr @dead_table
  call void @seed()
  ret void
}

define internal void @dead_local() {
  ret void
}
