#!/usr/bin/env python3
"""Workload of vim: an Ex script that sorts, substitutes and folds 30,000 lines.

usage: ci/workload/vim.py DIRECTORY

The script runs without a terminal, without the user's settings, and prints the
lines that it is left with. It has a loop and a function of its own, because
what scripts spend is mostly the interpreter's.
"""
import os
import random

import common

LINES = 30000

SCRIPT = r"""set nocompatible noswapfile regexpengine=0
%s/\v<(\w+)a (\w+)>/\2 \1/ge
%s/\v(.)\1/\=toupper(submatch(0))/ge
sort /\w\+ /
g/\v^\w*(tor|mik)/normal! $daw0~
let counts = {}
function! Count(line)
  for word in split(a:line)
    let g:counts[word] = get(g:counts, word, 0) + 1
  endfor
endfunction
for line in getline(1, '$')
  call Count(line)
endfor
call append('$', map(sort(keys(counts)), {_, word -> word .. ' ' .. g:counts[word]}))
%print
qall!
"""


def make(folder):
    rng = random.Random(9)
    common.write_text(os.path.join(folder, "text.txt"), rng, common.words(rng, 3000), LINES)
    with open(os.path.join(folder, "script.vim"), "w", encoding="utf-8") as file:
        file.write(SCRIPT)


def command(folder):
    return ["-u", "NONE", "-i", "NONE", "-n", "-es", "-S", os.path.join(folder, "script.vim"),
            os.path.join(folder, "text.txt")]


if __name__ == "__main__":
    common.main(__doc__, "vim-1", make, command)
