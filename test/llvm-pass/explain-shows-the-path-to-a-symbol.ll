; RUN: rm -f "%t.log"
; RUN: printf "# dfe seeds\nseed\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-cut<seeds=%t.seeds;log=%t.log;explain=leaf>" -disable-output "%s"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-cut<seeds=%t.seeds;log=%t.log;explain=dead>" -disable-output "%s"
; RUN: FileCheck "%s" --input-file="%t.log"

; CHECK: explain leaf: seed seed -> table -> leaf
; CHECK: removed 1 functions, 0 other symbols, 2 instructions; internalized 0
; CHECK: explain dead: nothing needs it
@table = internal constant [2 x ptr] [ptr @leaf, ptr @seed]

define ptr @seed() {
  ret ptr @table
}

define internal void @leaf() {
  ret void
}

define void @dead() {
  call void @leaf()
  ret void
}
