; A missing, foreign or unnamed seed file changes nothing and says why; with
; strict it fails the compile.
; RUN: rm -f "%t.log" "%t.none"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-cut<seeds=%t.none;log=%t.log>" -S "%s" 2>&1 | FileCheck "%s"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-cut<seeds=%s;log=%t.log>" -S "%s" 2>&1 | FileCheck "%s"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-cut<log=%t.log>" -S "%s" 2>&1 | FileCheck "%s"
; RUN: FileCheck "%s" --check-prefix=LOG --input-file="%t.log"
; RUN: not %opt -load-pass-plugin=%plugin -passes="dfe-cut<strict>" -S "%s" 2>&1 | FileCheck "%s" --check-prefix=STRICT

; CHECK: remark: {{.*}}dfe-cut: seeds:
; CHECK: define void @dead()
; LOG: error: seeds: cannot open: {{.*}}.none: No such file or directory
; LOG: error: seeds: cannot read: {{.*}}: signature: expected 'DFESEEDS', got '; A miss
; LOG: error: seeds: expected a file, got none
; STRICT: error: dfe-cut: seeds: expected a file, got none
define void @dead() {
  ret void
}
