fn main() {
    println!("{} {} {}", words::all(), loud::word(), fixed::word());
}
