#!/usr/bin/env python3
"""Workload of fd: a search by regular expression among 120,000 file names, seven times.

usage: ci/workload/fd-find.py DIRECTORY

One thread, so that the order of the output is that of the folders. Every file
is a hard link to a few empty ones, which costs far fewer inodes. Ignore files
are in the tree because honouring them is half of what fd does.
"""
import os
import random

import common

FOLDERS, FILES = 3000, 40


def make(folder):
    rng = random.Random(10)
    vocabulary = common.words(rng, 3000)
    suffixes = "rs c h txt md toml json o d lock".split()
    folders = [folder]
    empty, links = None, 0
    for index in range(FOLDERS):
        where = os.path.join(rng.choice(folders[-200:]), f"{rng.choice(vocabulary)}{index}")
        # Deep chains would only measure the length of path names.
        if where[len(folder):].count(os.sep) > 8:
            where = os.path.join(folder, f"{rng.choice(vocabulary)}{index}")
        os.mkdir(where)
        folders.append(where)
        if index % 50 == 0:
            with open(os.path.join(where, ".gitignore"), "w", encoding="utf-8") as file:
                file.write("*.o\n/target/\n!keep*.d\n")
        for number in range(FILES):
            name = f"{rng.choice(vocabulary)}_{rng.choice(vocabulary)}{number}.{rng.choice(suffixes)}"
            path = os.path.join(where, name)
            if empty is None or links > 20000:
                empty, links = path, 0
                with open(path, "x", encoding="utf-8"):
                    pass
            else:
                os.link(empty, path)
                links += 1


def command(folder):
    return ["--threads=1", "--no-require-git", "--no-global-ignore-file", "--hidden", "--color=never",
            "--full-path", r"(ba|ce)\w*_\w*(tor|len)\d+\.(rs|c|toml)$", *[folder] * 7]


if __name__ == "__main__":
    common.main(__doc__, "fd-find-1", make, command)
