#!/usr/bin/env python3
"""Workload of bat: highlighting a long Rust file for a terminal.

usage: ci/workload/bat.py DIRECTORY

The file has every common kind of token (attributes, generics, lifetimes,
strings, numbers, macros, nested comments), because each has its own rules in
the grammar that bat interprets.
"""
import os
import random

import common

FUNCTIONS = 1100

TEMPLATE = '''/// Returns the {a} of each `{b}`, /* and {c} */ too.
#[derive(Debug, Clone)]
#[cfg(not(feature = "{c}"))]
pub struct {A}<'a, T: Default + 'a> {{
    {a}: &'a [T],
    {b}: Option<Box<dyn Fn(u64) -> Result<T, String> + Send>>,
}}

impl<'a, T> {A}<'a, T> where T: Default + Clone {{
    pub(crate) async fn {b}_{n}(&mut self, {c}: usize) -> Result<Vec<T>, String> {{
        let mut {b}: Vec<T> = Vec::with_capacity({n} * 0x{n:x});
        for (index, item) in self.{a}.iter().enumerate().skip({c} % {n}) {{
            match index {{
                0 | 1 => {b}.push(item.clone()), // the {a} is first
                2..={n} if {c} != index => continue,
                _ => return Err(format!("{a} \\"{{}}\\" at {{index:>8}}\\n", {c})),
            }}
        }}
        Ok({b}.into_iter().map(|{c}| {{ debug_assert!({n}.5e-3_f64 > 0.0); {c} }}).collect())
    }}
}}

'''


def make(folder):
    rng = random.Random(26)
    vocabulary = common.words(rng, 3000)
    with open(os.path.join(folder, "large.rs"), "w", encoding="utf-8") as file:
        for _ in range(FUNCTIONS):
            a, b, c = rng.sample(vocabulary, 3)
            file.write(TEMPLATE.format(a=a, b=b, c=c, A=a.capitalize(), n=rng.randint(3, 4000)))


def command(folder):
    return ["--no-config", "--no-custom-assets", "--color=always", "--paging=never",
            "--style=full", "--terminal-width=120", os.path.join(folder, "large.rs")]


if __name__ == "__main__":
    common.main(__doc__, "bat-1", make, command)
