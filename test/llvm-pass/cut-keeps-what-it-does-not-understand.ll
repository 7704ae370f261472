; Each of these stays for its own named reason; the plain twin goes.
; RUN: printf "# dfe seeds\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-cut<seeds=%t.seeds>,verify" -pass-remarks-missed=dead-fn-elim -pass-remarks=dead-fn-elim -disable-output "%s" 2>&1 | FileCheck "%s"
target triple = "x86_64-unknown-linux-gnu"

; CHECK: plain removed: no seed needs it (1 instructions)
; CHECK: main kept: entry-point
; CHECK: memcpy kept: runtime-library
; CHECK: __rust_alloc kept: rust-runtime
; CHECK: _RNvCsx_7___rustc12___rust_alloc kept: rust-runtime
; CHECK: weak kept: interposable
; CHECK: in_odd_section kept: unknown-section
; CHECK: in_walked_section kept: retained-section
; CHECK: in_plain_section removed
; CHECK: _ZTH3foo kept: thread-init
; CHECK: exports_asm kept: defines-asm-symbol
define void @plain() {
  ret void
}
define i32 @main() {
  ret i32 0
}
define ptr @memcpy(ptr %a, ptr %b, i64 %n) {
  ret ptr %a
}
define void @__rust_alloc() {
  ret void
}
define void @_RNvCsx_7___rustc12___rust_alloc() {
  ret void
}
define weak void @weak() {
  ret void
}
define internal void @in_odd_section() section ".odd" {
  ret void
}
define internal void @in_walked_section() section "my_set" {
  ret void
}
define void @in_plain_section() section ".text.hot" {
  ret void
}
define void @_ZTH3foo() {
  ret void
}
define internal void @exports_asm() {
  call void asm sideeffect ".globl here\0Ahere:", ""()
  ret void
}
