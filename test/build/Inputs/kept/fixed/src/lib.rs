//! Stands for a package of a registry: the test puts it where cargo keeps those.
pub fn word() -> &'static str {
    "fixed"
}
