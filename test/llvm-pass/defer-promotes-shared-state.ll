; Variables that both halves use have one hidden copy with a unique name, also
; thread-local ones; aliases of locals too. What one half uses keeps its name.
; RUN: printf "# dfe seeds\\nseed\\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-defer<seeds=%t.seeds;out=%t.dead.bc;verify>,verify" -S "%s" -o "%t.live.ll"
; RUN: %llvm_tools/llvm-dis "%t.dead.bc" -o "%t.dead.ll"
; RUN: FileCheck "%s" --check-prefix=LIVE --input-file="%t.live.ll"
; RUN: FileCheck "%s" --check-prefix=DEAD --input-file="%t.dead.ll"

; LIVE: @state.dfe.[[KEY:[0-9a-f]+]] = hidden global i32 0
; LIVE: @tls.dfe.[[KEY]] = hidden thread_local global i32 1
; LIVE: @mine = internal global i32 3
; LIVE: @llvm.compiler.used
; LIVE: @alias.dfe.[[KEY]] = hidden alias i32, ptr @state.dfe.[[KEY]]

; DEAD: @state.dfe.[[KEY:[0-9a-f]+]] = external hidden global i32
; DEAD: @tls.dfe.[[KEY]] = external hidden thread_local global i32
; DEAD-NOT: @mine
; DEAD: @alias.dfe.[[KEY]] = external hidden global i32
@state = internal global i32 0
@tls = internal thread_local global i32 1
@mine = internal global i32 3
@alias = internal alias i32, ptr @state

define void @seed() {
  store i32 1, ptr @state
  store i32 1, ptr @tls
  store i32 1, ptr @alias
  store i32 1, ptr @mine
  ret void
}

define void @dead() {
  store i32 2, ptr @state
  store i32 2, ptr @tls
  store i32 2, ptr @alias
  ret void
}
