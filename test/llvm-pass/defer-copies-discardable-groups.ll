; The optimiser may drop the live half's linkonce copy after inlining, so the
; dead half brings its own; a weak_odr group stays once, in the live half.
; RUN: printf "# dfe seeds\\nseed\\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-defer<seeds=%t.seeds;out=%t.dead.bc;verify>,verify" -S "%s" -o "%t.live.ll"
; RUN: %llvm_tools/llvm-dis "%t.dead.bc" -o "%t.dead.ll"
; RUN: FileCheck "%s" --check-prefix=LIVE --input-file="%t.live.ll"
; RUN: FileCheck "%s" --check-prefix=DEAD --input-file="%t.dead.ll"

$inline = comdat any
$kept = comdat any

; LIVE: define linkonce_odr void @inline() comdat
; LIVE: define weak_odr void @kept() comdat
; DEAD: @inline_state = linkonce_odr global i32 0, comdat($inline)
; DEAD: define linkonce_odr void @inline() comdat
; DEAD: declare void @kept()
@inline_state = linkonce_odr global i32 0, comdat($inline)

define void @seed() {
  call void @inline()
  call void @kept()
  ret void
}

define void @dead() {
  call void @inline()
  call void @kept()
  ret void
}

define linkonce_odr void @inline() comdat {
  ret void
}

define weak_odr void @kept() comdat {
  ret void
}
