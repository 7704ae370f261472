use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

static TOTAL: AtomicUsize = AtomicUsize::new(0);
thread_local!(static CALLS: Cell<usize> = const { Cell::new(0) });

#[inline(never)]
pub fn add(n: usize) -> usize {
    CALLS.with(|calls| calls.set(calls.get() + 1));
    TOTAL.fetch_add(n, Ordering::Relaxed) + n
}

#[inline(never)]
pub fn calls() -> usize {
    CALLS.with(|calls| calls.get())
}

// Nothing of the program calls it; a test does.
#[inline(never)]
pub fn reset() -> usize {
    TOTAL.swap(0, Ordering::Relaxed)
}
