#!/usr/bin/env python3
"""Random programs against the plugin: what links must run as without it.

A program is a few modules of random functions and a main that prints what some
of them return. Calls only go to functions with a higher number, so that every
program ends. The modules hold what makes splitting hard: state shared by live
and dead code, thread-locals, tables of function pointers, aliases, comdat
groups and linkonce functions in several modules, constructors, block addresses,
names in assembly.

Each program is built plain, deferred with any seeds from an archive whose dead
halves are lazy members, and cut with the seeds that it needs. All must print the
same. A failing program is named by its number; `--first N --programs 1 --keep
DIR` makes it again and keeps its files.
"""
import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile

LINKAGES = ["", "", "hidden ", "internal ", "internal ", "weak_odr "]


class Function:
    """One function: which module it is in, how it is linked, whom it uses."""

    def __init__(self, rng, index, modules):
        self.index = index
        self.shared = index > 0 and rng.random() < 0.2  # linkonce_odr, in each module that uses it
        self.module = None if self.shared else rng.randrange(modules)
        self.linkage = "linkonce_odr " if self.shared else rng.choice(LINKAGES) if index else ""
        self.name = f"f{index}"
        self.comdat = self.shared or self.linkage == "weak_odr "
        self.local = self.linkage == "internal "
        self.alias = not self.shared and rng.random() < 0.2
        self.alias_local = self.local or rng.random() < 0.3
        self.calls, self.table = [], []
        self.state = None if self.shared else rng.choice([None, "state", "tls", "shared_state"])
        self.text = None if self.shared else rng.randrange(4)
        self.jump = not self.shared and rng.random() < 0.15
        self.inline_asm = rng.random() < 0.1
        self.address = rng.choice(["unnamed_addr ", "", "local_unnamed_addr "])

    def visible_from(self, module):
        return self.shared or not self.local or self.module == module


class Program:
    """The functions of a program, and its modules as IR text."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.modules = self.rng.randint(1, 3)
        count = self.rng.randint(4, 45)
        self.functions = [Function(self.rng, i, self.modules) for i in range(count)]
        for f in self.functions:
            later = self.functions[f.index + 1 : f.index + 13]
            # A shared function is the same text everywhere: no locals of a module.
            usable = [g for g in later if g.visible_from(f.module)]
            if usable:
                f.calls = [self.rng.choice(usable) for _ in range(self.rng.randint(0, 2))]
                f.table = [self.rng.choice(usable) for _ in range(self.rng.choice([0, 0, 1, 3]))]
        # As in C++, who calls a linkonce function must define it; main does not.
        public = [f for f in self.functions if not f.local and not f.shared] or self.functions[:1]
        self.entries = self.rng.sample(public, min(len(public), self.rng.randint(1, 6)))
        self.constructors = {m: [f for f in self.functions if f.module == m and self.rng.random() < 0.04]
                             for m in range(self.modules)}
        self.asm_named = {m: [f for f in self.functions if f.module == m and self.rng.random() < 0.05]
                          for m in range(self.modules)}

    def body(self, f, module):
        """The text of one function, as it stands in `module`."""
        out, tail = [], f" comdat($c{f.index})" if f.comdat else ""
        value = "%x"
        extra = []

        def emit(text):
            nonlocal value
            out.append(f"  %v{len(out)} = {text}")
            value = f"%v{len(out) - 1}"
            return value

        emit(f"mul i64 {value}, {self.seeded(f, 3) | 1}")
        if f.state:
            old = value
            got = emit(f"load i64, ptr @{f.state}{module}")
            new = emit(f"add i64 {got}, {old}")
            out.append(f"  store i64 {new}, ptr @{f.state}{module}")
        if f.comdat:
            old, got = value, emit(f"load i64, ptr @once{f.index}")
            new = emit(f"add i64 {got}, {old}")
            out.append(f"  store i64 {new}, ptr @once{f.index}")
            link = f.linkage if f.shared else "weak_odr "
            extra.append(f"$c{f.index} = comdat any")
            extra.append(f"@once{f.index} = {link}global i64 {f.index}, comdat($c{f.index})")
        if f.text is not None:
            old, got = value, emit(f"load i8, ptr @text{module}_{f.text}")
            wide = emit(f"zext i8 {got} to i64")
            emit(f"xor i64 {wide}, {old}")
        if f.inline_asm:
            out.append('  call void asm sideeffect "# nothing", ""()')
        for g in f.calls:
            target = f"a{g.index}" if g.alias and g.module == module and self.seeded(g, 2) else g.name
            old, got = value, emit(f"call i64 @{target}(i64 {value})")
            emit(f"add i64 {got}, {old}")
        for slot, g in enumerate(f.table):
            linkage = "linkonce_odr hidden" if f.shared else "internal"
            if slot == 0:
                refs = ", ".join(f"ptr @{t.name}" for t in f.table)
                address = "unnamed_addr " if self.seeded(f, 2) and not f.shared else ""
                group = f", comdat($c{f.index})" if f.shared else ""
                extra.append(f"@table{f.index} = {linkage} {address}constant "
                             f"[{len(f.table)} x ptr] [{refs}]{group}")
            old = value
            ptr = emit(f"getelementptr ptr, ptr @table{f.index}, i64 {slot}")
            fn = emit(f"load ptr, ptr {ptr}")
            got = emit(f"call i64 {fn}(i64 {old})")
            emit(f"sub i64 {got}, {old}")
        if f.jump:
            extra.append(f"@jumps{f.index} = internal constant [2 x ptr] [ptr blockaddress(@{f.name}, %left), "
                         f"ptr blockaddress(@{f.name}, %right)]")
            bit = emit(f"and i64 {value}, 1")
            ptr = emit(f"getelementptr ptr, ptr @jumps{f.index}, i64 {bit}")
            to = emit(f"load ptr, ptr {ptr}")
            out += [f"  indirectbr ptr {to}, [label %left, label %right]",
                    "left:", f"  ret i64 {bit}", "right:", f"  ret i64 {self.seeded(f, 99)}"]
        else:
            out.append(f"  ret i64 {value}")
        if f.alias:
            link = "internal " if f.alias_local else ""
            extra.append(f"@a{f.index} = {link}alias i64 (i64), ptr @{f.name}")
        head = f"define {f.linkage}i64 @{f.name}(i64 %x) {f.address}noinline{tail} {{"
        if self.seeded(f, 2):
            head = head.replace("noinline", "")
        return extra + [head, "entry:"] + out + ["}"]

    @staticmethod
    def seeded(f, limit):
        """A number that is the same wherever the function is printed."""
        return random.Random(f.index * 7919).randrange(limit)

    def closure(self, start):
        """All functions that `start` reaches."""
        seen, work = [], list(start)
        while work:
            f = work.pop()
            if f not in seen:
                seen.append(f)
                work += f.calls + f.table
        return seen

    def module(self, m):
        """The IR of module m."""
        own = [f for f in self.functions if f.module == m]
        # Shared functions go where they are used, through other shared ones too.
        shared, work = [], [g for f in own + self.constructors[m] for g in f.calls + f.table if g.shared]
        if m == self.modules - 1:
            work += [f for f in self.functions if f.shared]
        while work:
            f = work.pop()
            if f not in shared:
                shared.append(f)
                work += [g for g in f.calls + f.table if g.shared]
        lines = ['target triple = "x86_64-unknown-linux-gnu"',
                 f"@state{m} = internal global i64 {m}", f"@tls{m} = internal thread_local global i64 5",
                 f"@shared_state{m} = internal global i64 9"]
        lines += [f'@text{m}_{i} = private {"unnamed_addr " if i % 2 else ""}constant [{4 + 200 * i} x i8] '
                  f'c"{"q" * (4 + 200 * i)}"' for i in range(4)]
        lines += [f'module asm ".quad {f.name}"' for f in self.asm_named[m]]
        if self.asm_named[m]:
            lines.insert(1, 'module asm ".section .data.rel.named,\\22aw\\22"')
            lines.append('module asm ".text"')
            # Front ends do this for what assembly names; optimisers read no assembly.
            lines.append(f"@llvm.compiler.used = appending global [{len(self.asm_named[m])} x ptr] ["
                         + ", ".join(f"ptr @{f.name}" for f in self.asm_named[m]) + '], section "llvm.metadata"')
        if self.constructors[m]:
            # Own priorities: the order of equal ones is the optimiser's choice.
            entries = ", ".join(f"{{ i32, ptr, ptr }} {{ i32 {1000 + f.index}, ptr @ctor{m}_{f.index}, ptr null }}"
                                for f in self.constructors[m])
            lines.append(f"@llvm.global_ctors = appending global [{len(self.constructors[m])} x "
                         f"{{ i32, ptr, ptr }}] [{entries}]")
        for f in self.constructors[m]:
            lines += [f"define internal void @ctor{m}_{f.index}() {{",
                      f"  %r = call i64 @{f.name}(i64 {f.index})", f"  store i64 %r, ptr @state{m}",
                      "  ret void", "}"]
        here = own + sorted(shared, key=lambda f: f.index)
        for f in here:
            lines += self.body(f, m)
        outside = {g.index: g for f in here + self.constructors[m] for g in f.calls + f.table if g not in here}
        lines += [f"declare {'hidden ' if g.linkage == 'hidden ' else ''}i64 @{g.name}(i64)"
                  for _, g in sorted(outside.items())]
        return "\n".join(lines) + "\n"

    def main(self):
        """The module that prints what the entries return, twice."""
        lines = ['target triple = "x86_64-unknown-linux-gnu"', '@format = private constant [6 x i8] c"%016x"',
                 "declare i32 @printf(ptr, ...)", "declare i32 @putchar(i32)"]
        lines[1] = '@format = private constant [6 x i8] c"%llx\\0A\\00"'
        lines += [f"declare i64 @{f.name}(i64)" for f in self.entries]
        lines.append("define i32 @main() {")
        for i, f in enumerate(self.entries * 2):
            lines += [f"  %r{i} = call i64 @{f.name}(i64 {i + 1})",
                      f"  %p{i} = call i32 (ptr, ...) @printf(ptr @format, i64 %r{i})"]
        return "\n".join(lines + ["  ret i32 0", "}"]) + "\n"

    def needed(self):
        """What a correct seed set holds: all that runs, by whatever path."""
        start = self.entries + [f for m in self.constructors.values() for f in m]
        start += [f for m in self.asm_named.values() for f in m]
        reached = self.closure(start)
        return [f.name for f in reached] + [f"once{f.index}" for f in reached]


class Builder:
    """Builds and runs one program in every way."""

    def __init__(self, program, folder, options):
        self.program, self.folder, self.options = program, folder, options
        self.rng = random.Random(program.rng.random())
        self.level = self.rng.choice(["-O0", "-O1", "-O2"])
        self.thin = self.rng.random() < 0.3

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def run(self, *words, **environment):
        """Runs a program; a failure is an error that shows its output."""
        run = subprocess.run(words, capture_output=True, text=True, check=False, cwd=self.folder,
                             env={**os.environ, **environment})
        if run.returncode:
            raise RuntimeError(f"{' '.join(words)}: exit {run.returncode}\n{run.stderr[-2000:]}")
        return run.stdout

    def build(self, name, **environment):
        """Compiles all modules, archives and links them, and runs the program."""
        options, members = self.options, []
        plugin = [f"-fpass-plugin={options.plugin}"] if environment else []
        thin = ["-flto=thin"] if self.thin else []
        dead = self.path(name + ".dead")
        for m in range(self.program.modules):
            member = f"{name}.{m}.o"
            self.run(options.clang, self.level, *thin, *plugin, "-ffunction-sections", "-fPIC",
                     "-Wno-override-module", "-c", f"m{m}.ll", "-o", member,
                     **environment, **({"DFE_PASS_DEFER_DIR": dead} if environment else {}))
            members.append(member)
        if os.path.isdir(dead) and not options.without_dead_halves:
            members += sorted(os.path.join(dead, file) for file in os.listdir(dead))
        self.run(options.ar, "rcs", name + ".a", *members)
        linker = self.rng.choice(options.linker)
        os.makedirs(self.path(name + ".bin"))
        os.symlink(linker, self.path(name + ".bin/ld.lld"))
        self.run(options.clang, self.level, *thin, f"--ld-path={self.path(name + '.bin/ld.lld')}", "-pie", "main.o",
                 name + ".a", "-o", name, *(["-Wl,--gc-sections"] if self.rng.random() < 0.5 else []))
        return self.run(self.path(name))

    def check(self):
        """Returns what is wrong with the program, or an empty text."""
        program = self.program
        for m in range(program.modules):
            self.write(f"m{m}.ll", program.module(m))
        self.write("main.ll", program.main())
        names = [f.name for f in program.functions] + [f"once{f.index}" for f in program.functions]
        some = self.rng.sample(names, self.rng.randrange(len(names)))
        self.write("some.seeds", "\n".join(["# dfe seeds", *some]) + "\n")
        self.write("needed.seeds", "\n".join(["# dfe seeds", *program.needed()]) + "\n")
        try:
            self.run(self.options.clang, self.level, "-fPIC", "-Wno-override-module", "-c", "main.ll", "-o", "main.o")
            plain = self.build("plain")
            common = {"DFE_PASS_VERIFY": "1", "DFE_PASS_STRICT": "1"}
            deferred = self.build("deferred", DFE_PASS_MODE="defer", DFE_PASS_SEEDS="some.seeds",
                                  DFE_PASS_REACH=self.rng.choice(["closure", "closure", "seeds"]),
                                  DFE_PASS_DUP_INSTRUCTIONS=self.rng.choice(["0", "10", "1000"]),
                                  DFE_PASS_DUP_BYTES=self.rng.choice(["0", "256"]), **common)
            cut = self.build("cut", DFE_PASS_MODE="cut", DFE_PASS_SEEDS="needed.seeds", **common)
        except RuntimeError as error:
            return str(error)
        if not plain:
            return "the plain program prints nothing"
        for name, output in (("deferred", deferred), ("cut", cut)):
            if output != plain:
                return f"{name}: expected\n{plain}got\n{output}"
        return ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plugin", required=True)
    parser.add_argument("--clang", default="clang")
    parser.add_argument("--ar", default="llvm-ar")
    parser.add_argument("--linker", action="append", required=True, help="an lld; several: one is drawn for each link")
    parser.add_argument("--first", type=int, default=0, help="number of the first program")
    parser.add_argument("--programs", type=int, default=20)
    parser.add_argument("--keep", help="folder for the files of the last program")
    parser.add_argument("--without-dead-halves", action="store_true",
                        help="leave out the dead halves, to see that this is found")
    options = parser.parse_args()
    failures = 0
    for seed in range(options.first, options.first + options.programs):
        with tempfile.TemporaryDirectory() as folder:
            fault = Builder(Program(seed), folder, options).check()
            if options.keep:
                shutil.rmtree(options.keep, ignore_errors=True)
                shutil.copytree(folder, options.keep, symlinks=True)
        if fault:
            failures += 1
            print(f"program {seed}: {fault}")
    print(f"{options.programs} programs, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
