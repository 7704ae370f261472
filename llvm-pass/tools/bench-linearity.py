#!/usr/bin/env python3
"""Is each pass linear in the size of the module? Prints a table.

Generates modules of N functions in chains of ten, with comdats, locals and one
table of N entries that many dead functions refer to, keeps one chain in ten, and
prints the CPU time of every pass. The last column is the time per function
against the smallest module's: a linear pass stays near 1, a quadratic one has the
ratio of the sizes. With --at-most, a greater one is a failure.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile

PASSES = {
    "record": "dfe-record<out={0}/out.dfegraph>",
    "cut": "dfe-cut<seeds={0}/seeds>",
    "defer": "dfe-defer<seeds={0}/seeds;out={0}/out.bc>",
    "stub": "dfe-stub<seeds={0}/seeds>",
}


def generate(path, count):
    """Writes the module as text."""
    with open(path, "w", encoding="utf-8") as file:
        entries = ", ".join(f"ptr @f{i}" for i in range(count))
        for i in range(count):
            if i % 4 == 0:
                file.write(f"$f{i} = comdat any\n")
        for i in range(count):
            kind, tail = ("weak_odr ", " comdat") if i % 4 == 0 else ("internal " if i % 4 == 1 else "", "")
            file.write(f"define {kind}i64 @f{i}(i64 %x){tail} {{\n")
            file.write(f"  %a = mul i64 %x, {i}\n")
            if i + 1 < count and i % 10 != 9:
                file.write(f"  %b = call i64 @f{i + 1}(i64 %a)\n")
            else:
                file.write("  %b = add i64 %a, 1\n")
            if i % 100 == 50:
                file.write(f"  %p = load ptr, ptr getelementptr inbounds ([{count} x ptr], ptr @table, i64 0, i64 3)\n")
            file.write("  ret i64 %b\n}\n")
        # Last: the text parser resolves each forward reference in a table by
        # building the whole table again.
        file.write(f"@table = constant [{count} x ptr] [{entries}]\n")


def pass_seconds(*words):
    """CPU time that opt's own timer reports for the plugin's pass: user and system
    together, as each alone is counted in ticks that are longer than a short pass."""
    run = subprocess.run([*words, "-time-passes"], check=True, capture_output=True, text=True)
    # The last column but the wall time, also where the system had no time at all.
    times = re.findall(r"([0-9.]+) \([ 0-9.]+%\) +[0-9.]+ \([ 0-9.]+%\)  deadfn::\w+Pass$", run.stderr, re.M)
    if len(times) != 1:
        raise RuntimeError(f"time report: expected one pass of the plugin, got {len(times)}")
    return float(times[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--opt", default="opt")
    parser.add_argument("--plugin", required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10000, 100000, 1000000])
    parser.add_argument("--repeat", type=int, default=3, help="the least of so many runs counts")
    parser.add_argument("--at-most", type=float, default=float("inf"), help="greatest relative time")
    options = parser.parse_args()
    print(f"{'pass':8} {'functions':>10} {'CPU s':>8} {'us each':>8} {'relative':>8}")
    with tempfile.TemporaryDirectory() as folder:
        first, slow = {}, []
        for size in options.sizes:
            text, module = os.path.join(folder, "m.ll"), os.path.join(folder, "m.bc")
            generate(text, size)
            subprocess.run([options.opt, "-passes=", text, "-o", module], check=True)
            os.unlink(text)
            with open(os.path.join(folder, "seeds"), "w", encoding="utf-8") as file:
                file.write("# dfe seeds\n" + "".join(f"f{i}\n" for i in range(0, size, 100)))
            command = [options.opt, f"-load-pass-plugin={options.plugin}", module, "-disable-output"]
            for name, pipeline in PASSES.items():
                passes = "-passes=" + pipeline.format(folder)
                spent = min(pass_seconds(*command, passes) for _ in range(options.repeat))
                each = 1e6 * spent / size
                relative = each / first.setdefault(name, each or 1e-9)
                print(f"{name:8} {size:10} {spent:8.3f} {each:8.2f} {relative:8.2f}", flush=True)
                if relative > options.at_most:
                    slow.append(f"{name} of {size} functions")
        if slow:
            sys.exit(f"relative time: expected at most {options.at_most}, got more in {', '.join(slow)}")


if __name__ == "__main__":
    main()
