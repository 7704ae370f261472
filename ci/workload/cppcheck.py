#!/usr/bin/env python3
"""Workload of cppcheck: a file of 150 functions, some of them with faults.

usage: ci/workload/cppcheck.py DIRECTORY

Faults of every common kind (null pointers, indices out of range, leaks, dead
conditions) are in it at random, because what is found has to be printed, and
that is what is compared.
"""
import os
import random

import common

FUNCTIONS = 150

OPENING = '''#include <cstdlib>
#include <string>
#include <vector>

'''

FAULTS = (
    "int *{a} = nullptr; if ({b} > {n}) *{a} = {n};",
    "int {a}[{n}]; {a}[{b} > 0 ? {n} : 0] = 1;",
    "char *{a} = static_cast<char *>(malloc({n})); if ({b} == {n}) return {b}; free({a});",
    "unsigned {a} = {n}; if ({a} < 0) total += {b};",
    "std::string {a}(\"{b}\"); if ({a}.size() > {n} && {a}.size() < 2) total = {n};",
    "int {a}; if ({b} & {n}) total += {a};",
)

TEMPLATE = '''class C{n}{a} {{
public:
    explicit C{n}{a}(int {b}) : {a}_({b}), items_({b} % 7) {{}}
    int {c}(int {b}) const;
private:
    int {a}_;
    std::vector<int> items_;
}};

int C{n}{a}::{c}(int {b}) const {{
    int total = 0;
    for (std::size_t i = 0; i < items_.size(); ++i) {{
        if (items_[i] > {n}) {{ total += items_[i] * {b}; }}
        else if (items_[i] == {n}) {{ total -= {a}_; }}
        else {{ switch ({b} % 3) {{ case 0: ++total; break; case 1: --total; break; default: total ^= {n}; }} }}
    }}
    {fault}
    while (total > {n}) {{ total = total / 2 + {a}_; if (total == {b}) break; }}
    return total;
}}

'''


def make(folder):
    rng = random.Random(2)
    vocabulary = [word for word in common.words(rng, 3000) if len(word) > 4]
    with open(os.path.join(folder, "input.cpp"), "w", encoding="utf-8") as file:
        file.write(OPENING)
        for _ in range(FUNCTIONS):
            a, b, c = rng.sample(vocabulary, 3)
            names = {"a": a, "b": b, "c": c, "n": rng.randint(3, 4000)}
            fault = rng.choice(FAULTS).format(**names) if rng.random() < 0.5 else ""
            file.write(TEMPLATE.format(fault=fault, **names))


def command(folder):
    return ["--quiet", "--enable=warning,style,performance,portability", "--inconclusive",
            os.path.join(folder, "input.cpp")]


if __name__ == "__main__":
    common.main(__doc__, "cppcheck-1", make, command)
