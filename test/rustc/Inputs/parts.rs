// A program of many modules: more than the parts that a deferred program is made of.
mod m0 {
    #[inline(never)]
    pub fn value(text: &str) -> usize {
        text.len() * 2 + std::env::args().count()
    }
}
mod m1 {
    #[inline(never)]
    pub fn value(text: &str) -> usize {
        text.len() * 3 + std::env::args().count()
    }
}
mod m2 {
    #[inline(never)]
    pub fn value(text: &str) -> usize {
        text.len() * 4 + std::env::args().count()
    }
}
mod m3 {
    #[inline(never)]
    pub fn value(text: &str) -> usize {
        text.len() * 5 + std::env::args().count()
    }
}
mod m4 {
    #[inline(never)]
    pub fn value(text: &str) -> usize {
        text.len() * 6 + std::env::args().count()
    }
}
mod m5 {
    #[inline(never)]
    pub fn value(text: &str) -> usize {
        text.len() * 7 + std::env::args().count()
    }
}
mod m6 {
    #[inline(never)]
    pub fn value(text: &str) -> usize {
        text.len() * 8 + std::env::args().count()
    }
}
mod m7 {
    #[inline(never)]
    pub fn value(text: &str) -> usize {
        text.len() * 9 + std::env::args().count()
    }
}

fn main() {
    let mut sum = 0;
    sum += m0::value("m0");
    sum += m1::value("m1");
    sum += m2::value("m2");
    sum += m3::value("m3");
    sum += m4::value("m4");
    sum += m5::value("m5");
    sum += m6::value("m6");
    sum += m7::value("m7");
    println!("{sum}");
}
