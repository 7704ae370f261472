#!/usr/bin/env python3
"""Says what a library cost: cost.py INDEX CRATE STRATEGY WALL CPU IDLE (seconds).

Of all builds in the index of a store, in place of what was measured."""

import sqlite3
import sys

index, crate, strategy, *seconds = sys.argv[1:]
with sqlite3.connect(index) as database:
    changed = database.execute(
        "UPDATE units SET wall_us=?, cpu_us=?, idle_us=? WHERE crate=? AND strategy=?",
        [int(float(text) * 1e6) for text in seconds] + [crate, strategy],
    )
    if changed.rowcount < 1:
        sys.exit(f"cost: {index}: expected units of {crate} by {strategy}, got none")
