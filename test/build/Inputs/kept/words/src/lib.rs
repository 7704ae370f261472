//! Words from a source, a file, a variable and a file that its build script made.
mod own;

pub fn all() -> String {
    format!(
        "{} {} {} {}",
        own::WORD,
        include_str!("text.txt").trim(),
        option_env!("WORDS_OF_TEST").unwrap_or("unset"),
        include!(concat!(env!("OUT_DIR"), "/made.rs"))
    )
}
