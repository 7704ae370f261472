; What no seed reaches goes, together with what only it used, and with
; declarations, which would pull archive members in LTO.
; RUN: printf "# dfe seeds\\nseed\\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-cut<seeds=%t.seeds>,verify" -S "%s" | FileCheck "%s"

; CHECK-NOT: dead
; CHECK: @table = internal constant
; CHECK: define void @seed()
; CHECK: define internal void @reached()
; CHECK-NOT: dead
@table = internal constant [2 x ptr] [ptr @reached, ptr null]
@dead_table = internal constant [2 x ptr] [ptr @dead, ptr @dead_local]
@dead_tls = thread_local global i32 0

define void @seed() {
  %f = load ptr, ptr @table
  call void %f()
  ret void
}

define internal void @reached() {
  ret void
}

define void @dead() {
  %p = load ptr, ptr @dead_table
  call void @dead_extern()
  call void @dead_local()
  store i32 1, ptr @dead_tls
  ret void
}

define internal void @dead_local() {
  call void @dead()
  ret void
}

declare void @dead_extern()
