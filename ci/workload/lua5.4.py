#!/usr/bin/env python3
"""Workload of lua: a script that counts, sorts and rewrites 40,000 lines.

usage: ci/workload/lua5.4.py DIRECTORY

The script prints what it is left with. It spends its time in the interpreter's
loop, in tables, in strings and their patterns, and in collecting garbage.
"""
import os
import random

import common

LINES = 40000

SCRIPT = r"""local counts, lines = {}, {}
for line in io.lines(arg[1]) do
  lines[#lines + 1] = line:gsub("(%w+)a (%w+)", "%2 %1"):gsub("(%w)%1", string.upper)
  for word in line:gmatch("%a+") do counts[word] = (counts[word] or 0) + 1 end
end
table.sort(lines)
local words = {}
for word in pairs(counts) do words[#words + 1] = word end
table.sort(words, function(a, b)
  if counts[a] ~= counts[b] then return counts[a] > counts[b] end
  return a < b
end)
local function queens(n)
  local found, columns, up, down = 0, {}, {}, {}
  local function place(row)
    if row > n then found = found + 1 return end
    for c = 1, n do
      if not (columns[c] or up[row + c] or down[row - c]) then
        columns[c], up[row + c], down[row - c] = true, true, true
        place(row + 1)
        columns[c], up[row + c], down[row - c] = nil, nil, nil
      end
    end
  end
  place(1)
  return found
end
local generate = coroutine.wrap(function()
  local a, b = 1, 1
  while true do coroutine.yield(a) a, b = b, (a + b) % 1000003 end
end)
local sum = 0
for _ = 1, 300000 do sum = (sum + generate()) % 1000003 end
print(queens(8), sum)
for i = 1, #lines, 50 do print(lines[i]) end
for _, word in ipairs(words) do print(string.format("%s %d", word, counts[word])) end
"""


def make(folder):
    rng = random.Random(11)
    common.write_text(os.path.join(folder, "text.txt"), rng, common.words(rng, 3000), LINES)
    with open(os.path.join(folder, "script.lua"), "w", encoding="utf-8") as file:
        file.write(SCRIPT)


def command(folder):
    return [os.path.join(folder, "script.lua"), os.path.join(folder, "text.txt")]


if __name__ == "__main__":
    common.main(__doc__, "lua-1", make, command)
