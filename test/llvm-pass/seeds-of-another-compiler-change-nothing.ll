; RUN: printf "# dfe seeds\n" > "%t.txt"
; RUN: %dfe_graph seeds --from-text "%t.txt" --out "%t.seeds" --identity "rustc 1"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-cut<seeds=%t.seeds;identity=rustc 2>" -S "%s" 2>&1 | FileCheck "%s" --check-prefix=OTHER
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-cut<seeds=%t.seeds;identity=rustc 1>" -S "%s" 2>&1 | FileCheck "%s" --check-prefix=SAME

; OTHER: identity: expected 'rustc 2', got 'rustc 1'
; OTHER: define void @dead()
; SAME-NOT: @dead
define void @dead() {
  ret void
}
