; Names in module-level and inline assembly stay, quoted or with a suffix; a name
; that only begins alike does not.
; RUN: printf "# dfe seeds\\nseed\\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-cut<seeds=%t.seeds>,verify" -S "%s" | FileCheck "%s"

module asm "call in_module@PLT"
module asm ".quad \22quoted name\22"

; CHECK: define void @in_module()
; CHECK: define internal void @"quoted name"()
; CHECK: define void @in_inline()
; CHECK-NOT: @in_module_not
define void @in_module() {
  ret void
}

define internal void @"quoted name"() {
  ret void
}

define void @in_inline() {
  ret void
}

define void @in_module_not() {
  ret void
}

define void @seed() {
  call void asm sideeffect "call in_inline", ""()
  ret void
}
