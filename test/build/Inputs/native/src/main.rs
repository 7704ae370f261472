// A program over C that its build script compiles.
use std::ffi::{c_char, c_int, CStr};

unsafe extern "C" {
    fn native() -> c_int;
    static embedded: c_char;
}

fn main() {
    let text = unsafe { CStr::from_ptr(&raw const embedded) };
    println!("C says {}, embeds {}", unsafe { native() }, text.to_str().unwrap());
}
