//! Allocates in every way that the allocator's methods tell apart: small and large, zeroed, grown,
//! shrunk, and aligned by more than `malloc` aligns.
use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc};

#[cfg(own)]
#[path = "counting.rs"]
mod counting;

fn allocations() -> usize {
    #[cfg(any(own, library))]
    return counting::COUNT.load(std::sync::atomic::Ordering::Relaxed);
    #[cfg(not(any(own, library)))]
    return 0;
}

#[repr(align(256))]
#[derive(Clone)]
struct Aligned([u8; 300]);

fn sum(p: *const u8, n: usize) -> u64 {
    (0..n).map(|i| unsafe { p.add(i).read() } as u64).sum()
}

fn by_layout(size: usize, align: usize) -> u64 {
    let layout = Layout::from_size_align(size, align).unwrap();
    unsafe {
        let zeroed = alloc_zeroed(layout);
        assert_eq!(zeroed as usize % align, 0);
        let mut total = sum(zeroed, size);
        dealloc(zeroed, layout);
        let p = alloc(layout);
        assert_eq!(p as usize % align, 0);
        if cfg!(any(own, library)) {
            total += (sum(p, size) != 0xa5 * size as u64) as u64;
        }
        p.write_bytes(3, size);
        let grown = realloc(p, layout, size * 5 + 1);
        assert_eq!(grown as usize % align, 0);
        total += sum(grown, size);
        let shrunk = realloc(grown, Layout::from_size_align(size * 5 + 1, align).unwrap(), 1);
        assert_eq!(shrunk as usize % align, 0);
        total += sum(shrunk, 1);
        dealloc(shrunk, Layout::from_size_align(1, align).unwrap());
        total
    }
}

fn main() {
    let n = std::env::args().count();
    let mut total = 0;
    for size in [n, 7 * n, 64 * n, 4096 * n, 300_000 * n] {
        for align in [n, 8 * n, 16 * n, 32 * n, 4096 * n] {
            total += by_layout(size, align);
        }
    }
    println!("{total}");
    let mut boxes: Vec<Box<Aligned>> = Vec::new();
    for i in 0..50 * n {
        boxes.push(Box::new(Aligned([i as u8; 300])));
    }
    let mut aligned: Vec<Aligned> = boxes.iter().map(|b| (**b).clone()).collect();
    aligned.extend_from_within(..);
    aligned.truncate(3);
    aligned.shrink_to_fit();
    assert!(aligned.as_ptr() as usize % 256 == 0);
    println!("{} {}", aligned[2].0[299], boxes.len());
    let text: String = (0..1000 * n).map(|i| char::from(b'a' + (i % 26) as u8)).collect();
    let words: Vec<String> = text.as_bytes().chunks(7).map(|c| String::from_utf8_lossy(c).into_owned()).collect();
    println!("{}", words.concat() == text);
    println!("{}", vec![0u32; 5000 * n].iter().sum::<u32>());
    println!("{}", std::thread::spawn(move || words.join("-").len()).join().unwrap());
    println!("counted {}", allocations() > 100);
}
