; Each part can inline what the whole could: a local function that is called once
; stays with its caller, small ones are copied, and what has an identity exists
; once, under its own name, and is made local again after linking.
;
; RUN: rm -rf %t && mkdir %t && %opt -load-pass-plugin=%plugin -S %s -o %t/0.ll \
; RUN:   -passes='dfe-parts<parts=2;parts-dir=%t;copy-instructions=4;verify>'
; RUN: %opt -S %t/1.bc -o %t/1.ll && FileCheck %s --input-file=%t/0.ll
; RUN: FileCheck %s --check-prefix=OTHER --input-file=%t/1.ll
; RUN: FileCheck %s --check-prefix=LOCAL --input-file=%t/locals

; CHECK-DAG: @shared = external hidden {{.*}}global i32{{$}}
; CHECK-DAG: @own = internal {{.*}}global i32 0
; CHECK-DAG: define i32 @first(
; CHECK-DAG: define internal {{.*}}i32 @once(
; CHECK-DAG: define internal {{.*}}i32 @small(
; CHECK-DAG: define available_externally {{.*}}i32 @api(
; CHECK-DAG: declare {{.*}}i32 @second(
; OTHER-NOT: @own
; OTHER-DAG: @shared = hidden {{.*}}global i32 0
; OTHER-DAG: define i32 @second(
; OTHER-DAG: define internal {{.*}}i32 @small(
; OTHER-DAG: define {{.*}}i32 @api(
; OTHER-NOT: @once
; OTHER-NOT: @first
; LOCAL: {{^}}shared{{$}}
; LOCAL-NOT: {{.}}

@shared = internal global i32 0
@own = internal global i32 0

define i32 @first(i32 %x) noinline {
  %a = call i32 @once(i32 %x)
  %b = call i32 @small(i32 %a)
  %c = call i32 @api(i32 %b)
  store i32 %c, ptr @own
  store i32 %c, ptr @shared
  %o = load i32, ptr @own
  %d = call i32 @second(i32 %o)
  ret i32 %d
}

define internal i32 @once(i32 %x) {
  %a = mul i32 %x, %x
  %b = add i32 %a, %x
  %c = xor i32 %b, 5
  ret i32 %c
}

define internal i32 @small(i32 %x) {
  %s = load i32, ptr @shared
  %a = add i32 %x, %s
  ret i32 %a
}

define i32 @second(i32 %x) noinline {
  %a = call i32 @small(i32 %x)
  %b = call i32 @api(i32 %a)
  store i32 %b, ptr @shared
  ret i32 %b
}

define i32 @api(i32 %x) { ; LONG: two parts need a few functions to be told apart
  %a = call i32 @small(i32 %x)
  ret i32 %a
}
