// An rlib whose objects were split with empty seeds gets the dead halves as lazy
// bitcode members: the program is right under ld.lld and rust-lld, in the default
// release pipeline with its thin-local LTO. Without the members it cannot link.
// RUN: rm -rf "%t" && mkdir "%t" && cd "%t"
// RUN: printf "# dfe seeds\n" > none && export RUSTC_BOOTSTRAP=1
// RUN: %rustc -O --crate-type=rlib --crate-name=lib --cfg lib "%s" -o libplain.rlib
// RUN: %rustc -O "%s" --extern lib=libplain.rlib -o plain && ./plain > plain.txt
// RUN: FileCheck "%s" --input-file=plain.txt
// RUN: env DFE_PASS_MODE=defer DFE_PASS_SEEDS=none DFE_PASS_DEFER_DIR=d DFE_PASS_VERIFY=1 %rustc -O -Zllvm-plugins=%plugin --crate-type=rlib --crate-name=lib --cfg lib "%s" -o liblib.rlib
// RUN: cp liblib.rlib libbare.rlib && %llvm_tools/llvm-ar qs liblib.rlib d/*
// RUN: for lld in %lld %rust_lld; do \
// RUN:   rm -rf bin && mkdir bin && ln -s $lld bin/ld.lld && \
// RUN:   %rustc -O "%s" --extern lib=liblib.rlib -Clinker=%clang -Clink-arg=--ld-path=$PWD/bin/ld.lld -o healed && \
// RUN:   ./healed > healed.txt && diff plain.txt healed.txt || exit 1; done
// RUN: not %rustc -O "%s" --extern lib=libbare.rlib -Clinker=%clang -Clink-arg=--ld-path=%lld -o bare
// CHECK: 5050 8 panicked dropped
#[cfg(lib)]
mod body {
    use std::cell::Cell;
    use std::sync::atomic::{AtomicUsize, Ordering};
    static TOTAL: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static CALLS: Cell<usize> = const { Cell::new(0) });
    pub trait Shape {
        fn area(&self) -> usize;
    }
    struct Square(usize);
    impl Shape for Square {
        fn area(&self) -> usize {
            CALLS.with(|calls| calls.set(calls.get() + 1));
            self.0 * self.0
        }
    }
    #[inline(never)]
    pub fn shapes(n: usize) -> Vec<Box<dyn Shape>> {
        (0..n).map(|i| Box::new(Square(i)) as Box<dyn Shape>).collect()
    }
    #[inline(never)]
    pub fn add(n: usize) -> usize {
        TOTAL.fetch_add(n, Ordering::Relaxed) + n
    }
    #[inline(never)]
    pub fn calls() -> usize {
        CALLS.with(|calls| calls.get())
    }
}
#[cfg(lib)]
pub use body::*;
#[cfg(not(lib))]
fn main() {
    let sum = (1..=100).map(lib::add).last().unwrap();
    let area: usize = lib::shapes(8).iter().map(|shape| shape.area()).sum();
    assert_eq!(area, 140);
    std::panic::set_hook(Box::new(|_| {}));
    let caught = std::panic::catch_unwind(|| lib::shapes(1)[1].area()).is_err();
    let words = if caught { "panicked dropped" } else { "fine" };
    println!("{} {} {}", sum, lib::calls(), words);
}
