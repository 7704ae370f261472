// Compiles C by `cc`, as the crate cc does, into a static library.
use std::process::Command;

fn run(command: &mut Command) {
    assert!(command.status().unwrap().success());
}

fn main() {
    let out = std::env::var("OUT_DIR").unwrap();
    let mut objects = Vec::new();
    for (name, word) in
        [("native", "-DMORE=1"), ("fixed", "-Wall"), ("embeds", "-w"), ("stack", "-fstack-usage")]
    {
        let object = format!("{out}/{name}.o");
        run(Command::new("cc")
            .args(["-O3", "-fPIC", "-ffunction-sections", "-Iearly", "-I", ".", word])
            .args(["-o", &object, "-c"])
            .arg(format!("{name}.c")));
        objects.push(object);
    }
    run(Command::new("ar").arg("crs").arg(format!("{out}/libnative.a")).args(&objects));
    println!("cargo:rustc-link-search=native={out}");
    println!("cargo:rustc-link-lib=static=native");
    println!("cargo:rerun-if-changed=build.rs");
    for name in ["native.c", "native.h", "fixed.c", "embeds.c", "stack.c", "embedded.txt", "early"] {
        println!("cargo:rerun-if-changed={name}");
    }
}
