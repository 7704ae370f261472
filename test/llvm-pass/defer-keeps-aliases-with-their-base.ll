; An alias cannot leave its base: dead aliases of a live base stay.
; RUN: printf "# dfe seeds\\nseed\\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-defer<seeds=%t.seeds;out=%t.dead.bc;verify>,verify" -S "%s" -o "%t.live.ll"
; RUN: %llvm_tools/llvm-dis "%t.dead.bc" -o "%t.dead.ll"
; RUN: FileCheck "%s" --check-prefix=LIVE --input-file="%t.live.ll"
; RUN: FileCheck "%s" --check-prefix=DEAD --input-file="%t.dead.ll"

; LIVE: @stays = alias void (), ptr @seed
; LIVE-NOT: @goes
; DEAD: @goes = alias void (), ptr @dead
; DEAD: define void @dead()
@stays = alias void (), ptr @seed
@goes = alias void (), ptr @dead

define void @seed() {
  ret void
}

define void @dead() {
  ret void
}
