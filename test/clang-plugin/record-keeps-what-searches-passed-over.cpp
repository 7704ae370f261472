// A scan keeps what another file would change without touching any that was read:
// the places that a search passed over, search folders that are not there, and
// what __has_include asked about; what that found is a file. What was read is no probe, and a path that
// nobody asked for is not kept.
// RUN: rm -rf "%t" && split-file "%s" "%t" && cd "%t" && mkdir one
// RUN: %clangxx -nostdinc -Ione -Itwo -Inone -fplugin=%headers_plugin -fsyntax-only -Xclang -plugin -Xclang dfe-headers-scan -Xclang -plugin-arg-dfe-headers-scan -Xclang out=r m.cpp
// RUN: %header_dump --costs r | grep -E '^(absent|asked|folder) ' >probes && FileCheck m.cpp --input-file=probes
// RUN: %header_dump r >plain && FileCheck m.cpp --check-prefix=QUIET --input-file=plain
//--- two/angled.h
//--- two/quoted.h
//--- two/only-asked.h
//--- two/nobody.h
//--- m.cpp
// CHECK-NOT: nobody
// CHECK-NOT: absent ./angled.h
// CHECK: absent ./quoted.h
// CHECK: absent none
// CHECK: folder one
// CHECK-NEXT: absent one/absent.h
// CHECK-NEXT: absent one/angled.h
// CHECK-NEXT: absent one/only-asked.h
// CHECK-NEXT: absent one/quoted.h
// CHECK-NEXT: folder two
// CHECK-NEXT: absent two/absent.h
// CHECK-NOT: {{.}}
// QUIET: file two/only-asked.h asked
// QUIET-NOT: absent
#include <angled.h>
#include "quoted.h"
#if __has_include(<absent.h>) || !__has_include(<only-asked.h>)
#error "never"
#endif
int x;
