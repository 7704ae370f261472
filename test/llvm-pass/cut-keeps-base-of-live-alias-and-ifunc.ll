; A needed alias keeps its base, a needed ifunc its resolver; the twins go.
; RUN: printf "# dfe seeds\\nseed\\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-cut<seeds=%t.seeds>,verify" -S "%s" | FileCheck "%s"

; CHECK-NOT: @dead
; CHECK: @alias = alias void (), ptr @base
; CHECK: @ifunc = ifunc void (), ptr @resolver
; CHECK-NOT: @dead
; CHECK: define internal void @base()
; CHECK: define internal ptr @resolver()
; CHECK-NOT: @dead
@alias = alias void (), ptr @base
@dead_alias = alias void (), ptr @base
@dead_alias_of_dead = alias void (), ptr @dead_base
@ifunc = ifunc void (), ptr @resolver
@dead_ifunc = ifunc void (), ptr @dead_resolver

define void @seed() {
  call void @alias()
  call void @ifunc()
  ret void
}

define internal void @base() {
  ret void
}

define internal void @dead_base() {
  ret void
}

define internal ptr @resolver() {
  ret ptr @base
}

define internal ptr @dead_resolver() {
  ret ptr @dead_base
}
