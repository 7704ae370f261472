use std::collections::BTreeMap;
use std::fmt;

pub struct Counts(BTreeMap<String, usize>);

#[inline(never)]
pub fn counts(text: &str) -> Counts {
    let mut map = BTreeMap::new();
    for word in text.split_whitespace() {
        *map.entry(word.to_lowercase()).or_insert(0) += crate::count::add(1).min(1);
    }
    Counts(map)
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.iter().try_for_each(|(word, n)| writeln!(f, "{n} {word}"))
    }
}

#[derive(Debug, PartialEq)]
pub enum Fault {
    Empty,
    NoNumber(String),
}

#[inline(never)]
pub fn number(word: &str) -> Result<u64, Fault> {
    match word {
        "" => Err(Fault::Empty),
        _ => word.parse().map_err(|_| Fault::NoNumber(word.to_string())),
    }
}

pub fn largest<T: Ord + Copy>(items: &[T]) -> Option<T> {
    items.iter().copied().max()
}

// Nothing calls it.
#[inline(never)]
pub fn report(items: &[u64]) -> String {
    let mut sorted = items.to_vec();
    sorted.sort();
    format!("{sorted:?} {:?}", largest(items))
}
