// A program over a library, with every way to end that a test compares.
fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.first().map(String::as_str) {
        Some("exit") => std::process::exit(words[1].parse().unwrap()),
        Some("panic") => dep::third(&[1, 2]),
        _ => println!("sum {}", dep::sum(&words)),
    }
}
