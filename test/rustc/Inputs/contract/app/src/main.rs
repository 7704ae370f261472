//! Prints what each promise of `base` comes to.
use base::{Named, Shape};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

macros::make!();

unsafe extern "C" {
    safe fn base_by_name(x: u32) -> u32;
    safe fn base_exported(x: u32) -> u32;
    safe fn mid_by_name(x: u32) -> u32;
    safe static BASE_TABLE: [extern "C" fn(u32) -> u32; 2];
}

fn wait<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}

fn main() {
    println!("made {} {}", env!("MADE"), made_1());
    println!("before main {}", base::COUNT.load(std::sync::atomic::Ordering::Relaxed));
    println!("names {:?}", base::names());
    for i in 0..3 {
        println!("table {}", base::through_table(i, 10 + i as u32));
    }
    for shape in base::SHAPES {
        println!("shape {} {} {}", shape.name(), shape.area(), shape.twice());
    }
    for (name, op) in base::OPS {
        println!("op {name} {}", op(21));
    }
    println!("upcast {}", base::upcast(base::boxed(5)).name());
    println!("local {} {}", mid::Local(4).name(), mid::Local(4).twice());
    println!("generic {} {}", base::generic(&[7u16, 8]), base::generic(&[9u8]));
    println!("never {} {}", base::never_inlined(1u8), base::never_inlined("x"));
    println!("scratch {} {}", base::scratch(), base::scratch());
    println!("depth {:?}", base::depth());
    println!("thread {:?}", std::thread::spawn(base::depth).join().unwrap());
    println!("later {}", wait(base::later(3)));
    println!("by name {} {} {}", base_by_name(1), base_exported(2), mid_by_name(3));
    println!("by table {:?}", BASE_TABLE.map(|f| f(4)));
    println!("assembly {:?}", base::assembly(5));
    println!("mid {} {}", mid::sum(), (mid::VIA)(2, 8));
    println!("counts {} {}", mid::counted(), both::count());
    println!("same {}", base::address() as usize == both::address() as usize);
    println!("line {}", { let f: fn() -> u32 = base::caller_line; base::caller_line() + f() / 1000 });
    let caught = std::panic::catch_unwind(|| base::panics(3)).is_err();
    println!("caught {caught} {:?}", base::names());
    println!("private {}", base::private_count());
}
