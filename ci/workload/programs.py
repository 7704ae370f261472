#!/usr/bin/env python3
"""Workloads of the programs of ci/programs.list.

usage: ci/workload/programs.py PROGRAM DIRECTORY

Each reads one of three inputs: a tree of sources, a file of text, or what only
that program reads. Where a program would work on several threads and print in
the order in which they end, it is told to sort, or to use one.
"""
import json
import os
import random
import sys

import common

# A misspelt word, which our own check of spelling must not see.
MISSPELT = "rec" + "ieve"
SUFFIXES = {"c": "//", "py": "#", "rs": "//", "sh": "#", "js": "//", "lua": "--"}


def make_tree(folder):
    rng = random.Random(30)
    vocabulary = common.words(rng, 2000)
    for index in range(2400):
        suffix, comment = rng.choice(list(SUFFIXES.items()))
        where = os.path.join(folder, f"{index % 60:02}", f"{index % 7}")
        os.makedirs(where, exist_ok=True)
        with open(os.path.join(where, f"{vocabulary[index % 2000]}{index}.{suffix}"), "w", encoding="utf-8") as file:
            for _ in range(rng.randint(20, 300)):
                words = " ".join(rng.choices(vocabulary, k=rng.randint(2, 9)))
                file.write(rng.choice([f"{comment} {words}\n", "\n", f"x = {MISSPELT}({len(words)}, \"{words}\")\n"]))


def make_text(folder):
    rng = random.Random(31)
    vocabulary = common.words(rng, 4000)
    lines = [" ".join(rng.choices(vocabulary, k=rng.randint(4, 16))) + "\n" for _ in range(60000)]
    for name, count in (("large", 60000), ("words", 0)):
        with open(os.path.join(folder, name + ".txt"), "w", encoding="utf-8") as file:
            file.writelines(lines[:count] or [word + "\n" for word in vocabulary[:220]])


def make_diff(folder):
    rng = random.Random(32)
    vocabulary = common.words(rng, 2000)
    with open(os.path.join(folder, "changes.diff"), "w", encoding="utf-8") as file:
        for index in range(120):
            file.write(f"diff --git a/f{index}.rs b/f{index}.rs\n--- a/f{index}.rs\n+++ b/f{index}.rs\n")
            file.write("@@ -1,24 +1,24 @@ fn main() {\n")
            for _ in range(12):
                a, b, c = rng.sample(vocabulary, 3)
                file.write(f"     let {a}: Vec<&str> = {b}(\"{c}\", {len(a)}); // {c}\n")
                file.write(f"-    if {a} > {b} {{ return Some({c}); }}\n+    if {a} >= {c} {{ return Some({b}); }}\n")


def make_json(folder):
    rng = random.Random(33)
    vocabulary = common.words(rng, 3000)
    items = [{"id": index, "name": rng.choice(vocabulary), "tags": rng.sample(vocabulary, 5), "weight": rng.random()}
             for index in range(60000)]
    with open(os.path.join(folder, "items.json"), "w", encoding="utf-8") as file:
        json.dump(items, file)


def make_justfile(folder):
    rng = random.Random(34)
    vocabulary = common.words(rng, 3000)
    with open(os.path.join(folder, "justfile"), "w", encoding="utf-8") as file:
        for index, word in enumerate(vocabulary):
            before = f"{vocabulary[index - 1]}_v" if index % 40 else "'start'"
            file.write(f"{word}_v := replace_regex(sha256({before}), '[{word[:3]}]+', uppercase('{word}')) + '{index}'\n")
        file.write("\nall:\n    true\n")


# Input, its maker, and the words after the program.
PROGRAMS = {
    "tokei": ("tree-1", make_tree, lambda d: ["--sort", "code", *[d] * 6]),
    "du-dust": ("tree-1", make_tree, lambda d: ["--no-progress", "--apparent-size", "--no-colors", "--threads=1",
                                                "--number-of-lines=3000", "--terminal-width=120", d]),
    "eza": ("tree-1", make_tree, lambda d: ["--tree", "--color=always", "--icons=never", *[d] * 8]),
    "typos-cli": ("tree-1", make_tree, lambda d: ["--isolated", "--no-ignore", "--threads=1", "--sort",
                                                  "--format=brief", d]),
    "sd": ("text-2", make_text, lambda d: ["--preview", r"(\w+)(sel|gan) (\w+)ba\b", "$3 <$1> $2",
                                           *[os.path.join(d, "large.txt")] * 4]),
    "hexyl": ("text-2", make_text, lambda d: ["--color=always", "--terminal-width=120", os.path.join(d, "large.txt")]),
    "grex": ("text-2", make_text, lambda d: ["--repetitions", "--ignore-case", "--file", os.path.join(d, "words.txt")]),
    "git-delta": ("diff-1", make_diff, lambda d: ["--no-gitconfig", "--paging=never", "--dark", "--width=120",
                                                  "--line-numbers", "<", os.path.join(d, "changes.diff")]),
    "jaq": ("json-1", make_json, lambda d: [
        "--compact-output", "group_by(.tags[0])[] | {tag: .[0].tags[0], n: length, w: (map(.weight) | add)}",
        os.path.join(d, "items.json")]),
    "just": ("just-1", make_justfile, lambda d: ["--justfile", os.path.join(d, "justfile"), "--evaluate"]),
}


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in PROGRAMS and sys.argv[1] not in ("-h", "--help"):
        sys.exit(f"programs: expected one of {' '.join(PROGRAMS)}, got '{' '.join(sys.argv[1:2])}'")
    NAME, MAKE, COMMAND = PROGRAMS.get(sys.argv[1], ("", None, None))
    if MAKE:
        del sys.argv[1]
    common.main(__doc__, "programs-" + NAME, MAKE, COMMAND)
