// Modules that all read one large anonymous constant.
const fn data() -> [u8; 4096] {
    let mark = b"one-constant-of-many-parts";
    let mut bytes = [b'.'; 4096];
    let mut i = 0;
    while i < mark.len() {
        bytes[i] = mark[i];
        i += 1;
    }
    bytes
}
const DATA: &[u8; 4096] = &data();

// Enough code for a part of its own.
macro_rules! ten {
    ($($code:tt)*) => {
        $($code)* $($code)* $($code)* $($code)* $($code)*
        $($code)* $($code)* $($code)* $($code)* $($code)*
    };
}
macro_rules! readers {
    ($($name:ident $step:literal)*) => {
        $(mod $name {
            #[inline(never)]
            pub fn mix(from: usize) -> usize {
                let mut sum = from;
                ten!(ten!(sum = sum * $step % 65521 + super::DATA[(from + sum) % 4096] as usize;););
                sum
            }
        })*
        fn main() {
            let from = std::env::args().count();
            $(println!("{}", $name::mix(from));)*
        }
    };
}
readers! { a 3 b 5 c 7 d 11 e 13 f 17 g 19 h 23 }
