//! Writes a source file, just before it is compiled.
fn main() {
    let folder = std::env::var("OUT_DIR").unwrap();
    let text = std::fs::read_to_string("made.txt").unwrap();
    std::fs::write(format!("{folder}/made.rs"), format!("{:?}", text.trim())).unwrap();
}
