//! A library and an artifact at once: programs link its object code beside their own
//! definitions of what it defines.
use std::sync::atomic::Ordering;

pub fn count() -> usize {
    base::COUNT.fetch_add(100, Ordering::Relaxed);
    base::COUNT.load(Ordering::Relaxed)
}
pub fn address() -> fn(u32) -> u32 {
    base::address()
}
#[unsafe(no_mangle)]
pub extern "C" fn both_by_name(x: u32) -> u32 {
    mid::sum() + base::through_table(2, x) + count() as u32
}
