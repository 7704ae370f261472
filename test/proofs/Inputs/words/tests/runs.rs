#[test]
fn counts_and_areas() {
    let said = words::run(&["3".to_string(), "4".to_string()]).unwrap();
    assert!(said.contains("3 the\n") && said.contains("[5, 16]"), "{said}");
}

#[test]
fn names_what_is_no_number() {
    assert!(words::run(&["x".to_string()]).is_err());
    dep::count::reset();
    assert_eq!(dep::shape::make(4).name(), "shape");
}
