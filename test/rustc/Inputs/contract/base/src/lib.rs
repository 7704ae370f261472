//! What a library's object code may owe to others, one item for each promise.
use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex};

/// A static must exist once: every crate that counts counts here.
pub static COUNT: AtomicUsize = AtomicUsize::new(0);
static PRIVATE: AtomicUsize = AtomicUsize::new(100);
static NAMES: LazyLock<Mutex<Vec<String>>> = LazyLock::new(|| Mutex::new(first_names()));
static TABLE: [fn(u32) -> u32; 3] = [double, triple, |x| helper(x) + 7];
pub static SHAPES: &[&(dyn Shape + Sync)] = &[&Square(3), &Circle(2)];
pub const OPS: [(&str, fn(u32) -> u32); 2] = [("double", double), ("late", only_in_const)];
static mut SCRATCH: &mut [u32] = &mut [1, 2, 3];

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(1) };
    static TRAIL: RefCell<Vec<u32>> = RefCell::new(start_of_trail());
}

fn first_names() -> Vec<String> {
    vec!["one".to_string(), format!("two{}", helper(2))]
}
fn start_of_trail() -> Vec<u32> {
    vec![helper(9)]
}
fn double(x: u32) -> u32 {
    x * 2
}
fn triple(x: u32) -> u32 {
    helper(x) * 3
}
#[inline(never)]
fn helper(x: u32) -> u32 {
    PRIVATE.fetch_add(1, Ordering::Relaxed);
    x.rotate_left(1).wrapping_add(1)
}
#[inline(never)]
fn only_in_const(x: u32) -> u32 {
    helper(x) ^ 0x55
}

pub trait Named {
    fn name(&self) -> String;
}
pub trait Shape: Named {
    fn area(&self) -> u32;
    fn twice(&self) -> u32 {
        helper(self.area()) * 2
    }
}
struct Square(u32);
struct Circle(u32);
impl Named for Square {
    fn name(&self) -> String {
        "square".into()
    }
}
impl Named for Circle {
    fn name(&self) -> String {
        format!("circle{}", helper(self.0))
    }
}
impl Shape for Square {
    fn area(&self) -> u32 {
        self.0 * self.0
    }
}
impl Shape for Circle {
    fn area(&self) -> u32 {
        helper(self.0 * self.0 * 3)
    }
    fn twice(&self) -> u32 {
        1
    }
}
pub fn boxed(n: u32) -> Box<dyn Shape> {
    if n % 2 == 0 { Box::new(Square(n)) } else { Box::new(Circle(n)) }
}
/// Upcasting goes through a vtable inside a vtable.
pub fn upcast(shape: Box<dyn Shape>) -> Box<dyn Named> {
    shape
}

/// Drop glue calls a function that nothing mentions by name.
pub struct Guard(pub &'static str);
impl Drop for Guard {
    fn drop(&mut self) {
        COUNT.fetch_add(self.0.len(), Ordering::Relaxed);
        log_drop(self.0);
    }
}
#[inline(never)]
fn log_drop(name: &str) {
    NAMES.lock().unwrap().push(format!("dropped {name}"));
}

pub fn names() -> Vec<String> {
    NAMES.lock().unwrap().clone()
}
pub fn through_table(i: usize, x: u32) -> u32 {
    TABLE[i % 3](x)
}
pub fn generic<T: Into<u32> + Copy>(values: &[T]) -> u32 {
    values.iter().map(|&v| helper(v.into())).fold(0, |a, b| a.wrapping_mul(31).wrapping_add(b))
}
#[inline(never)]
pub fn never_inlined<T: std::fmt::Debug>(value: T) -> String {
    format!("{value:?}{}", helper(4))
}
pub fn scratch() -> u32 {
    // SAFETY: the test has one thread here.
    unsafe {
        let scratch = &raw mut SCRATCH;
        (*scratch)[0] += 1;
        (*scratch).iter().sum()
    }
}
pub fn depth() -> (u32, Vec<u32>) {
    DEPTH.set(DEPTH.get() + helper(1));
    TRAIL.with_borrow_mut(|t| t.push(DEPTH.get()));
    (DEPTH.get(), TRAIL.with_borrow(|t| t.clone()))
}
pub async fn later(x: u32) -> u32 {
    let first = async { helper(x) }.await;
    step(first).await
}
async fn step(x: u32) -> u32 {
    helper(x) + 1
}
pub fn private_count() -> usize {
    PRIVATE.load(Ordering::Relaxed)
}

/// Found by its name alone, and reaches what has no name of its own.
#[unsafe(no_mangle)]
pub extern "C" fn base_by_name(x: u32) -> u32 {
    helper(x) + triple(1)
}
#[unsafe(no_mangle)]
pub static BASE_TABLE: [extern "C" fn(u32) -> u32; 2] = [from_table, base_by_name];
extern "C" fn from_table(x: u32) -> u32 {
    helper(x) + 1000
}
mod hidden {
    #[unsafe(export_name = "base_exported")]
    extern "C" fn exported(x: u32) -> u32 {
        super::triple(x) + 5
    }
}

/// Run before `main` because of where it lies.
#[used]
#[unsafe(link_section = ".init_array")]
static AT_START: extern "C" fn() = {
    extern "C" fn at_start() {
        COUNT.fetch_add(1000, Ordering::Relaxed);
        PRIVATE.fetch_add(1, Ordering::Relaxed);
    }
    at_start
};

#[cfg(target_arch = "x86_64")]
mod assembly {
    std::arch::global_asm!(
        ".globl base_from_asm",
        "base_from_asm:",
        "jmp {target}",
        target = sym target,
    );
    extern "C" fn target(x: u32) -> u32 {
        super::helper(x) + 40
    }
    unsafe extern "C" {
        fn base_from_asm(x: u32) -> u32;
    }
    pub fn call(x: u32) -> u32 {
        // SAFETY: the symbol is the jump above.
        unsafe { base_from_asm(x) }
    }
    #[unsafe(naked)]
    pub extern "C" fn naked(_: u32) -> u32 {
        std::arch::naked_asm!("lea eax, [rdi + 3]", "ret")
    }
    pub fn inline(x: u32) -> u32 {
        let y: u32;
        // SAFETY: the callee keeps to the C ABI.
        unsafe {
            std::arch::asm!("call {f}", f = sym target, in("edi") x, lateout("eax") y, clobber_abi("C"))
        }
        y
    }
}
#[cfg(target_arch = "x86_64")]
pub fn assembly(x: u32) -> [u32; 3] {
    [assembly::call(x), assembly::naked(x), assembly::inline(x)]
}
#[cfg(not(target_arch = "x86_64"))]
pub fn assembly(x: u32) -> [u32; 3] {
    [helper(x) + 40, x + 3, helper(x) + 40]
}
/// Nobody calls it, and it must not matter.
pub fn unused(x: u32) -> u32 {
    helper(x) + generic(&[x as u16])
}

/// Addresses are equal wherever they are taken.
pub fn address() -> fn(u32) -> u32 {
    helper
}

#[track_caller]
pub fn caller_line() -> u32 {
    std::panic::Location::caller().line()
}
pub fn panics(x: u32) -> u32 {
    let _guard = Guard("unwound");
    if x > 2 { panic!("too many: {x}") }
    x
}
