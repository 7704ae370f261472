fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words::run(&words) {
        Ok(text) => println!("{text}"),
        Err(fault) => {
            println!("no: {fault:?}");
            std::process::exit(3);
        }
    }
}
