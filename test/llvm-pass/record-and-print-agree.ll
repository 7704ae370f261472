; The recorded file and print<dfe-graph> show the same graph.
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-record<out=%t.dfegraph>,print<dfe-graph>" -disable-output "%s" 2> "%t.printed"
; RUN: %dfe_graph dump "%t.dfegraph" > "%t.dumped"
; RUN: diff "%t.printed" "%t.dumped"
; RUN: FileCheck "%s" --match-full-lines --input-file="%t.dumped"

$group = comdat any
@llvm.used = appending global [1 x ptr] [ptr @f], section "llvm.metadata"
@shared = internal unnamed_addr constant [2 x ptr] [ptr @f, ptr @g]
@tls = hidden thread_local global i64 0
@weak = extern_weak global i32
@alias = alias void (), ptr @g

; CHECK: function external default f size=3 flags=used,root -> g shared weak
; CHECK-NEXT: function linkonce_odr default g size=1 comdat=1
; CHECK-NEXT: variable appending default llvm.used size=8 flags=root -> f
; CHECK-NEXT: variable internal default shared size=16 flags=unnamed_addr -> #[[C:[0-9]+]]
; CHECK-NEXT: variable external hidden tls size=8 flags=thread_local
; CHECK-NEXT: variable extern_weak default weak size=0 flags=declaration
; CHECK-NEXT: alias external default alias comdat=1 -> g
; CHECK-NEXT: constant #[[C]] -> f g
define void @f() {
  call void @g()
  store ptr @shared, ptr @weak
  ret void
}

define linkonce_odr void @g() comdat($group) {
  ret void
}
