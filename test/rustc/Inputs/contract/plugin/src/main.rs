//! Uses a Rust dylib, and the crates inside it beside it.
use std::sync::atomic::Ordering;
fn main() {
    shared::base::COUNT.fetch_add(5, Ordering::Relaxed);
    println!("{} {}", shared::count(), shared::base::COUNT.load(Ordering::Relaxed));
    shared::base::depth();
    println!("{:?}", shared::trail());
    println!("{} {}", shared::mid::sum(), shared::base::through_table(1, 2));
}
