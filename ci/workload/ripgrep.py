#!/usr/bin/env python3
"""Workload of ripgrep: a search through 300 MB of text in 1,500 files.

usage: ci/workload/ripgrep.py DIRECTORY

The pattern ignores case and has repetitions between its literals, so that both
the literal prefilter and the regex engine have work; one line in about 100
matches. --sort makes the order of the output, and so the output, repeatable.
"""
import os
import random

import common

FILES, LINES = 1500, 2350


def make(folder):
    rng = random.Random(20)
    vocabulary = common.words(rng, 4000)
    pool = []
    for _ in range(40000):
        line = rng.choices(vocabulary, k=rng.randint(4, 16))
        if rng.random() < 0.3:
            line[0] = line[0].capitalize()
        pool.append(" ".join(line) + "\n")
    for index in range(FILES):
        where = os.path.join(folder, f"{index % 40:02}", f"{index % 7}")
        os.makedirs(where, exist_ok=True)
        with open(os.path.join(where, f"{index:04}.txt"), "w", encoding="utf-8") as file:
            file.writelines(rng.choices(pool, k=LINES))


def command(folder):
    return ["--no-config", "--sort", "path", "--line-number", "--ignore-case",
            r"(tor|mik)\w*(sel|gan) \w+ba\b", folder]


if __name__ == "__main__":
    common.main(__doc__, "ripgrep-1", make, command)
