; The same module through opt's default pipelines: nothing without a
; configuration, a cut with one; the environment overrides the file.
; RUN: printf "# dfe seeds\nseed\n" > "%t.seeds"
; RUN: printf "mode = cut\nseeds = %t.seeds\n" > "%t.conf"
; RUN: %opt -load-pass-plugin=%plugin -passes="default<O0>" -S "%s" | FileCheck "%s" --check-prefix=IDLE
; RUN: env DFE_PASS_MODE=cut DFE_PASS_SEEDS="%t.seeds" %opt -load-pass-plugin=%plugin -passes="default<O0>" -S "%s" | FileCheck "%s"
; RUN: env DFE_PASS_CONFIG="%t.conf" %opt -load-pass-plugin=%plugin -passes="thinlto-pre-link<O2>" -S "%s" | FileCheck "%s"
; RUN: env DFE_PASS_CONFIG="%t.conf" %opt -load-pass-plugin=%plugin -passes="lto<O2>" -S "%s" | FileCheck "%s"
; RUN: env DFE_PASS_CONFIG="%t.conf" DFE_PASS_MODE=off %opt -load-pass-plugin=%plugin -passes="default<O0>" -S "%s" | FileCheck "%s" --check-prefix=IDLE

; IDLE: define void @seed()
; IDLE: define void @dead()
; CHECK: define void @seed()
; CHECK-NOT: @dead
define void @seed() {
  ret void
}

define void @dead() {
  ret void
}
