"""A C or C++ program of many functions that share state: large.py [c++] >FILE."""
import sys

CPP = "c++" in sys.argv
lines = ["#include <stdio.h>", "static int counter;", "static const int table[4] = {1, 2, 3, 4};",
         "int seen(void);", "const char *name(void);"]
if CPP:
    lines += ["struct Start { int at; Start(int n) : at(n) { counter += n; } ~Start() { printf(\"%d\\n\", at); } };",
              "static Start one(1), two(2);",
              "template <int N> int twice(int x) { return x * N + counter; }",
              "struct Base { virtual int f(int x) { return x; } virtual ~Base() {} };",
              "namespace { struct Own : Base { int f(int x) override { if (x > 1000) throw x; return x + 1; } }; }"]
for i in range(120):
    rest = f"s{i - 1}(x - 1) + s{i // 2}(x - 2)" if i else "x"
    more = f" + twice<{i % 7}>(x)" if CPP else ""
    lines.append(f"static __attribute__((noinline)) int s{i}(int x) {{ static int calls; ++calls; counter += x & 1; "
                 f"if (x <= 0) return table[{i} % 4]; return (x % 3 ? {rest} : x) + calls{more} + {i}; }}")
lines += ["static int (*const all[])(int) = {" + ", ".join(f"s{i}" for i in range(120)) + "};",
          "int seen(void) { return counter; }", "const char *name(void) { return __func__; }",
          "int main(void) { int t = 0; for (int i = 0; i < 40; i++) t += all[119 - i % 9](i % 17);"]
if CPP:
    lines.append("Own own; Base *volatile b = &own; try { t += b->f(seen() & 7); b->f(2000); } catch (int x) { t += x; }")
lines.append('printf("%d %d %s\\n", t, seen(), name()); return 0; }')
print("\n".join(lines))
