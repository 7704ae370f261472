// The library of the program "app": half of it is dead.
#[inline(never)]
pub fn sum(words: &[String]) -> i64 {
    words.iter().map(|word| number(word)).sum()
}

fn number(word: &str) -> i64 {
    word.parse().unwrap_or(0)
}

#[inline(never)]
pub fn third(items: &[i64]) {
    println!("third {}", items[2]);
}

// Nothing calls what follows.
pub fn unused(items: &[i64]) -> String {
    let mut sorted = items.to_vec();
    sorted.sort();
    format!("{sorted:?}")
}

#[cfg(test)]
#[test]
fn sums() {
    assert_eq!(sum(&["1".to_string(), "2".to_string()]), 3);
}
