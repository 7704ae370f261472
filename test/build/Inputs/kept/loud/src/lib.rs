pub fn word() -> &'static str {
    shout::shout!()
}
