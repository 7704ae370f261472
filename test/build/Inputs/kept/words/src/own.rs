pub const WORD: &str = "source";
