#!/usr/bin/env python3
"""Workload of hyperfine: timing a command that does nothing, 1,200 times.

usage: ci/workload/hyperfine.py DIRECTORY

Most of the time is the operating system's, starting processes; what is left is
hyperfine's own loop and statistics. Its report holds times and so differs each
time: it is switched off, and the exit code is what is compared.
"""
import common


def make(folder):
    pass  # no input


def command(folder):
    return ["--style=none", "--shell=none", "--warmup=0", "--runs=1200", "true"]


if __name__ == "__main__":
    common.main(__doc__, "hyperfine-1", make, command)
