; A local that assembly names, or that a kept comdat group owns, cannot be shared:
; who refers to it stays and is shared in its place. The plain twin goes.
; RUN: printf "# dfe seeds\\nseed\\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-defer<seeds=%t.seeds;out=%t.dead.bc;verify>,verify" -S "%s" -o "%t.live.ll"
; RUN: %llvm_tools/llvm-dis "%t.dead.bc" -o "%t.dead.ll"
; RUN: FileCheck "%s" --check-prefix=LIVE --input-file="%t.live.ll"
; RUN: FileCheck "%s" --check-prefix=DEAD --input-file="%t.dead.ll"

$group = comdat any
module asm "call by_name"

; LIVE: @member = internal global i32 0, comdat($group)
; LIVE: @through.dfe.{{[0-9a-f]+}} = hidden unnamed_addr constant
; LIVE: define void @uses_member()
; LIVE: define void @uses_undefined()
; LIVE: define internal void @by_name()
; LIVE-NOT: @plain
; DEAD-NOT: @by_name
; DEAD: define ptr @dead_user()
; DEAD: define void @plain()
; DEAD-NOT: module asm
@member = internal global i32 0, comdat($group)
@through = internal unnamed_addr constant [2 x ptr] [ptr @by_name, ptr @seed]
module asm "asm_local:"

define weak_odr void @group() comdat {
  ret void
}

define void @seed() {
  call void @group()
  ret void
}

define void @uses_member() {
  store i32 1, ptr @member
  ret void
}

define ptr @dead_user() {
  ret ptr @through
}

define void @uses_undefined() {
  call void @asm_local()
  ret void
}

define internal void @by_name() {
  ret void
}

define void @plain() {
  ret void
}

declare void @asm_local()
