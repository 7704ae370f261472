//! A library between: its statics and fixed names refer to deferred code below it.
use std::sync::LazyLock;
use std::sync::atomic::Ordering;

static SUM: LazyLock<u32> = LazyLock::new(|| base::generic(&[1u8, 2, 3]) + base::through_table(1, 5));
pub static VIA: fn(usize, u32) -> u32 = base::through_table;

/// Keeps a demand on `base` in this crate's own object code.
#[unsafe(no_mangle)]
pub extern "C" fn mid_by_name(x: u32) -> u32 {
    base::COUNT.fetch_add(1, Ordering::Relaxed);
    base::through_table(x as usize, x) + *SUM + base::generic(&[x as u8])
}
pub fn sum() -> u32 {
    *SUM + private(1)
}
fn private(x: u32) -> u32 {
    base::boxed(x).twice()
}
pub fn counted() -> usize {
    let _guard = base::Guard("mid");
    base::COUNT.fetch_add(10, Ordering::Relaxed)
}
pub fn same_address() -> bool {
    base::address() as usize == base::address as fn() -> fn(u32) -> u32 as usize || base::address()(1) == 3
}
pub struct Local(pub u32);
impl base::Named for Local {
    fn name(&self) -> String {
        base::never_inlined(self.0)
    }
}
impl base::Shape for Local {
    fn area(&self) -> u32 {
        private(self.0)
    }
}
