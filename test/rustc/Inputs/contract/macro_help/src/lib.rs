//! Used by a build script and a procedural macro.
static PREFIX: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| "made_".to_string());
pub fn name(n: u32) -> String {
    format!("{}{n}", *PREFIX)
}
