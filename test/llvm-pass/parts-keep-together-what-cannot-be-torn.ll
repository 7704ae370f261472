; A comdat group, an alias and its base, a table of labels and its function, and
; the list of constructors are each in one part.
;
; RUN: rm -rf %t && mkdir %t && %opt -load-pass-plugin=%plugin -S %s -o %t/0.ll \
; RUN:   -passes='dfe-parts<parts=2;parts-dir=%t;verify>'
; RUN: %opt -S %t/1.bc -o %t/1.ll && cat %t/0.ll %t/1.ll | FileCheck %s
; RUN: FileCheck %s --check-prefix=FIRST --input-file=%t/0.ll

; Each definition is there once.
; CHECK-COUNT-1: @llvm.global_ctors = appending
; CHECK-NOT: @llvm.global_ctors
; FIRST-DAG: @llvm.global_ctors = appending global [2 x
; FIRST-DAG: @alias = alias i32 (i32), ptr @base
; FIRST-DAG: define {{.*}}i32 @base(

$group = comdat any
@llvm.global_ctors = appending global [2 x { i32, ptr, ptr }] [{ i32, ptr, ptr } { i32 65535, ptr @start, ptr null }, { i32, ptr, ptr } { i32 65535, ptr @late, ptr null }]
@labels = internal constant [2 x ptr] [ptr blockaddress(@jump, %a), ptr blockaddress(@jump, %b)]
@count = global i32 0
declare void @outside()
@inside = global i32 1, comdat($group)
@alias = alias i32 (i32), ptr @base

define void @start() noinline {
  call void @outside()
  ret void
}
define i32 @jump(i32 %x) noinline {
  %p = getelementptr [2 x ptr], ptr @labels, i32 0, i32 %x
  %t = load ptr, ptr %p
  indirectbr ptr %t, [label %a, label %b]
a:
  ret i32 1
b:
  ret i32 2
}
define i32 @group(i32 %x) noinline comdat {
  %v = load i32, ptr @inside
  %r = call i32 @jump(i32 %v)
  ret i32 %r
}
define i32 @base(i32 %x) noinline {
  %r = call i32 @group(i32 %x)
  ret i32 %r
}
define void @late() noinline {
  %r = call i32 @alias(i32 3)
  store i32 %r, ptr @count
  call void @outside()
  ret void
}
