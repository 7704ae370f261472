; If the dead half cannot be written, nothing is removed.
; RUN: printf "# dfe seeds\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-defer<seeds=%t.seeds;defer-dir=/dev/null/no>,verify" -S "%s" 2>&1 | FileCheck "%s"

; CHECK: remark: {{.*}}dfe-defer: cannot create:
; CHECK: define void @dead()
define void @dead() {
  ret void
}
