; A local function that one part copies and another only declares has one
; definition; the copy is then no second one.
; LONG: sizes decide what is in which part
;
; RUN: rm -rf %t && mkdir %t && %opt -load-pass-plugin=%plugin -S %s -o %t/0.ll \
; RUN:   -passes='dfe-parts<parts=3;parts-dir=%t;copy-instructions=4;verify>'
; RUN: for i in 1 2; do %opt -S %t/$i.bc -o %t/$i.ll || exit 1; done
; RUN: cat %t/0.ll %t/1.ll %t/2.ll | grep -E '^(define|declare).*@leaf\(' | sort | FileCheck %s
; RUN: grep -x leaf %t/locals

; CHECK: declare hidden {{.*}}@leaf(
; CHECK-NEXT: define available_externally hidden {{.*}}@leaf(
; CHECK-NEXT: define hidden {{.*}}@leaf(
; CHECK-NOT: @leaf

define i32 @near(i32 %x) noinline {
  %v0 = call i32 @leaf(i32 %x)
  %v1 = mul i32 %v0, %x
  %v2 = mul i32 %v1, %x
  %v3 = mul i32 %v2, %x
  %v4 = mul i32 %v3, %x
  %v5 = mul i32 %v4, %x
  %v6 = mul i32 %v5, %x
  %v7 = mul i32 %v6, %x
  %v8 = mul i32 %v7, %x
  %v9 = mul i32 %v8, %x
  %v10 = mul i32 %v9, %x
  %v11 = mul i32 %v10, %x
  %v12 = mul i32 %v11, %x
  %v13 = mul i32 %v12, %x
  ret i32 %v13
}
define i32 @far(i32 %x) noinline {
  %v0 = call i32 @mid(i32 %x)
  %v1 = mul i32 %v0, %x
  %v2 = mul i32 %v1, %x
  %v3 = mul i32 %v2, %x
  %v4 = mul i32 %v3, %x
  %v5 = mul i32 %v4, %x
  %v6 = mul i32 %v5, %x
  %v7 = mul i32 %v6, %x
  %v8 = mul i32 %v7, %x
  %v9 = mul i32 %v8, %x
  %v10 = mul i32 %v9, %x
  %v11 = mul i32 %v10, %x
  %v12 = mul i32 %v11, %x
  %v13 = mul i32 %v12, %x
  ret i32 %v13
}
define i32 @home(i32 %x) noinline {
  %v0 = call i32 @leaf(i32 %x)
  %v1 = call i32 @mid(i32 %v0)
  %v2 = mul i32 %v1, %x
  %v3 = mul i32 %v2, %x
  %v4 = mul i32 %v3, %x
  %v5 = mul i32 %v4, %x
  %v6 = mul i32 %v5, %x
  %v7 = mul i32 %v6, %x
  ret i32 %v7
}
define internal i32 @mid(i32 %x) {
  %v = call i32 @leaf(i32 %x)
  ret i32 %v
}
define internal i32 @leaf(i32 %x) {
  %a = mul i32 %x, %x
  %b = xor i32 %a, 7
  ret i32 %b
}
