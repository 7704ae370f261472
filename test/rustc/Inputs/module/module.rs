//! An artifact that others call, or a program that prints what they would get.
extern crate parts;

#[unsafe(no_mangle)]
pub extern "C" fn run(n: u32) -> u32 {
    let mut hash = parts::last();
    for byte in parts::text(n).bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(16_777_619);
    }
    for step in parts::STEPS {
        hash = step(hash / 2);
    }
    hash ^ parts::last() ^ parts::generic(&[n, 7]) as u32 ^ parts::generic(&[n as u8]) as u32
}

#[cfg(not(target_family = "wasm"))]
#[allow(dead_code)]
fn main() {
    for n in 0..60 {
        println!("{}", run(n));
    }
}
