//! Links a library whose code was deferred, and knows nothing of it.
fn main() {
    println!("{}", base::COUNT.load(std::sync::atomic::Ordering::Relaxed));
    println!("{:?}", base::names());
}
