; An unknown name is an error in each of the three sources, a bad value too.
; RUN: not %opt -load-pass-plugin=%plugin -passes="dfe-cut<sead=x>" -disable-output "%s" 2>&1 | FileCheck "%s" --check-prefix=PARAMETER
; RUN: not %opt -load-pass-plugin=%plugin -passes="dfe-defer<dup-bytes=many>" -disable-output "%s" 2>&1 | FileCheck "%s" --check-prefix=VALUE
; RUN: env DFE_PASS_MODUS=cut %opt -load-pass-plugin=%plugin -passes="default<O1>" -disable-output "%s" 2>&1 | FileCheck "%s" --check-prefix=VARIABLE
; RUN: printf "# comment\nmode = cut\nseedz = x\n" > "%t.conf"
; RUN: env DFE_PASS_CONFIG="%t.conf" %opt -load-pass-plugin=%plugin -passes="default<O1>" -S "%s" 2>&1 | FileCheck "%s" --check-prefix=FILE
; RUN: env DFE_PASS_CONFIG="%t.none" DFE_PASS_STRICT=1 not %opt -load-pass-plugin=%plugin -passes="default<O1>" -S "%s" 2>&1 | FileCheck "%s" --check-prefix=MISSING

; PARAMETER: error: dfe-cut: unknown option 'sead': did you mean 'seeds'?
; VALUE: error: dfe-defer: dup-bytes: expected a number, got 'many'
; VARIABLE: DFE_PASS_MODUS: unknown option 'modus': did you mean 'mode'?
; FILE: options-name-the-nearest-known-one.ll.tmp.conf:3: unknown option 'seedz': did you mean 'seeds'?
; FILE: define void @f()
; MISSING: error: dead-fn-elim: configuration: {{.*}}.none: expected a readable file
define void @f() {
  ret void
}
