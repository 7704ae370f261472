; Nothing that a linker could ask for is dead: no file, but unused locals go.
; RUN: rm -rf "%t" && mkdir "%t"
; RUN: printf "# dfe seeds\nseed\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-defer<seeds=%t.seeds;defer-dir=%t/d>" -S "%s" | FileCheck "%s"
; RUN: ls "%t/d" | count 0
; RUN: printf "# dfe seeds\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-defer<seeds=%t.seeds;defer-dir=%t/d>" -disable-output "%s"
; RUN: ls "%t/d" | count 1

; CHECK: define void @seed()
; CHECK-NOT: @unused
define void @seed() {
  ret void
}

define internal void @unused() {
  ret void
}
