//! A test is an artifact of its own.
#[test]
fn counts() {
    let before = mid::counted();
    assert_eq!(both::count(), before + 10 + 3 + 100);
    assert!(mid::sum() > 0);
}
