; A live ifunc or alias is only declared in the dead half, with its visibility; a
; dead ifunc takes its resolver along.
; RUN: printf "# dfe seeds\nseed\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-defer<seeds=%t.seeds;out=%t.bc;verify>,verify" -S "%s" | FileCheck "%s" --check-prefix=LIVE
; RUN: %llvm_tools/llvm-dis "%t.bc" -o - | FileCheck "%s" --check-prefix=DEAD

; LIVE: @ifunc = hidden ifunc
; LIVE-NOT: @dead_ifunc
; LIVE: define internal ptr @resolver()
; LIVE-NOT: @dead_resolver
; DEAD: @dead_ifunc = ifunc void (), ptr @dead_resolver
; DEAD: define void @dead()
; DEAD: define internal ptr @dead_resolver()
; DEAD: declare hidden void @alias()
; DEAD: declare hidden void @ifunc()
@alias = hidden alias void (), ptr @seed
@ifunc = hidden ifunc void (), ptr @resolver
@dead_ifunc = ifunc void (), ptr @dead_resolver

define void @seed() {
  call void @ifunc()
  ret void
}

define void @dead() {
  call void @alias()
  call void @ifunc()
  call void @dead_ifunc()
  ret void
}

define internal ptr @resolver() {
  ret ptr @seed
}

define internal ptr @dead_resolver() {
  ret ptr @dead
}
