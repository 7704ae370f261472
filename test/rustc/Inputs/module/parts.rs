//! A library for machines that may have neither threads nor files.
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};

pub static CALLS: AtomicU32 = AtomicU32::new(0);
pub static STEPS: [fn(u32) -> u32; 3] = [double, |x| x ^ 0x55, count_call];

thread_local! {
    static LAST: Cell<u32> = const { Cell::new(1) };
}

fn double(x: u32) -> u32 {
    x.wrapping_mul(2)
}

fn count_call(x: u32) -> u32 {
    CALLS.fetch_add(1, Ordering::Relaxed);
    x + CALLS.load(Ordering::Relaxed)
}

pub trait Shape {
    fn area(&self) -> u32;
    fn name(&self) -> String {
        format!("shape {}", self.area())
    }
}

struct Square(u32);
struct Named(String);

impl Shape for Square {
    fn area(&self) -> u32 {
        self.0 * self.0
    }
}

impl Shape for Named {
    fn area(&self) -> u32 {
        self.0.len() as u32
    }
    fn name(&self) -> String {
        self.0.clone()
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        LAST.set(LAST.get().wrapping_mul(31).wrapping_add(self.area()));
    }
}

pub fn shapes(n: u32) -> Vec<Box<dyn Shape>> {
    (0..n % 50)
        .map(|i| -> Box<dyn Shape> {
            if i % 3 == 0 { Box::new(Square(i)) } else { Box::new(Named("x".repeat(i as usize))) }
        })
        .collect()
}

pub fn text(n: u32) -> String {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for shape in shapes(n) {
        *counts.entry(shape.name()).or_default() += shape.area();
    }
    let mut text = String::new();
    for (name, count) in &counts {
        writeln!(text, "{name:>8} {count:04x} {:.2}", f64::from(*count) / 7.0).unwrap();
    }
    text
}

pub fn last() -> u32 {
    LAST.get()
}

pub fn generic<T: Into<u64> + Copy>(values: &[T]) -> u64 {
    values.iter().map(|&v| v.into() * 3).sum()
}

#[unsafe(no_mangle)]
pub extern "C" fn parts_by_name(x: u32) -> u32 {
    STEPS.iter().fold(x, |x, step| step(x))
}

pub fn never_called(n: u32) -> String {
    format!("never called {n} {}", text(n))
}
