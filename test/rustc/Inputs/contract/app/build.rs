//! Build scripts are programs, too.
fn main() {
    println!("cargo::rustc-env=MADE={}", macro_help::name(7));
}
