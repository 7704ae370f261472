; Pulling a member runs its constructors in any build: the dead half refers to
; the live one.
; RUN: printf "# dfe seeds\\nseed\\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-defer<seeds=%t.seeds;out=%t.dead.bc;verify>,verify" -S "%s" -o "%t.live.ll"
; RUN: %llvm_tools/llvm-dis "%t.dead.bc" -o "%t.dead.ll"
; RUN: FileCheck "%s" --check-prefix=LIVE --input-file="%t.live.ll"
; RUN: FileCheck "%s" --check-prefix=DEAD --input-file="%t.dead.ll"

; LIVE: @__dfe_live.[[KEY:[0-9a-f]+]] = hidden constant i8 0
; LIVE: @llvm.compiler.used = {{.*}}@__dfe_live.[[KEY]]
; LIVE: define internal void @ctor()
; DEAD: @__dfe_live.{{[0-9a-f]+}} = external hidden constant i8
; DEAD-NOT: @llvm.global_ctors
; DEAD-NOT: @ctor
@llvm.global_ctors = appending global [1 x { i32, ptr, ptr }] [{ i32, ptr, ptr } { i32 65535, ptr @ctor, ptr null }]

define internal void @ctor() {
  ret void
}

define void @dead() {
  ret void
}
