// What the program "words" does, for its tests too.
pub fn run(words: &[String]) -> Result<String, dep::text::Fault> {
    let mut areas = Vec::new();
    for word in words {
        areas.push(dep::shape::make(dep::text::number(word)?).area());
    }
    let counts = dep::text::counts("the quick fox and the lazy dog and the end");
    Ok(format!("{counts}{areas:?} {} calls", dep::count::calls()))
}

/// The mean, rounded down: only a test of the documentation calls it.
///
/// ```
/// assert_eq!(words::mean(&[2, 5]), Some(3));
/// ```
#[inline(never)]
pub fn mean(numbers: &[u64]) -> Option<u64> {
    dep::text::largest(numbers)?;
    Some(numbers.iter().sum::<u64>() / numbers.len() as u64)
}
