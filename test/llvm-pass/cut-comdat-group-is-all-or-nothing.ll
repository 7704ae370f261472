; One needed member keeps the whole group.
; RUN: printf "# dfe seeds\\nseed\\n" > "%t.seeds"
; RUN: %opt -load-pass-plugin=%plugin -passes="dfe-cut<seeds=%t.seeds>,verify" -S "%s" | FileCheck "%s"

$group = comdat any
$other = comdat any

; CHECK: @data = weak_odr global i32 0, comdat($group)
; CHECK-NOT: @other_data
; CHECK: @group_alias = weak_odr alias
; CHECK: define weak_odr void @group() comdat
; CHECK: define linkonce_odr void @member() comdat($group)
; CHECK-NOT: @other
@data = weak_odr global i32 0, comdat($group)
@other_data = weak_odr global i32 0, comdat($other)
@group_alias = weak_odr alias void (), ptr @group

define void @seed() {
  store i32 1, ptr @data
  ret void
}

define weak_odr void @group() comdat {
  ret void
}

define linkonce_odr void @member() comdat($group) {
  ret void
}

define weak_odr void @other() comdat {
  ret void
}
