; llvm.used, llvm.compiler.used, constructors and destructors need no seed.
; RUN: printf "# dfe seeds\\nseed\\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-cut<seeds=%t.seeds>,verify" -S "%s" | FileCheck "%s"

@llvm.used = appending global [1 x ptr] [ptr @used], section "llvm.metadata"
@llvm.compiler.used = appending global [1 x ptr] [ptr @compiler_used], section "llvm.metadata"
@llvm.global_ctors = appending global [1 x { i32, ptr, ptr }] [{ i32, ptr, ptr } { i32 65535, ptr @ctor, ptr null }]
@llvm.global_dtors = appending global [1 x { i32, ptr, ptr }] [{ i32, ptr, ptr } { i32 65535, ptr @dtor, ptr null }]

; CHECK: @used = internal global
; CHECK: define void @compiler_used()
; CHECK: define internal void @ctor()
; CHECK: define internal void @dtor()
; CHECK-NOT: @unused
@used = internal global i32 0
@unused = internal global i32 0

define void @compiler_used() {
  ret void
}

define internal void @ctor() {
  ret void
}

define internal void @dtor() {
  ret void
}

define void @unused_ctor() {
  ret void
}
