# Shell functions of the tests in this folder, which source this file.
# TOOLCHAIN is the folder of the patched compiler.
export PATH="$TOOLCHAIN/bin:$PATH" RUSTC="$TOOLCHAIN/bin/rustc" RUSTC_ICE=0
export RUST_BACKTRACE=0
unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_TARGET_DIR
FLAG=-Zdead-fn-elimination

# contract DIR [PROFILE-LINE…]: a copy of the workspace, with these lines in its
# release profile.
contract() {
  local to=$1
  shift
  rm -rf "$to" && cp -r "$INPUTS/contract" "$to" && chmod -R u+w "$to" &&
    { [ $# -eq 0 ] || printf '%s\n' "$@" >>"$to/Cargo.toml"; }
}

# with FLAGS COMMAND…: cargo's words with these RUSTFLAGS.
with() {
  local flags=$1
  shift
  RUSTFLAGS=$flags "$@"
}

# said FLAGS TARGET PACKAGE: builds that program and prints what it prints.
said() {
  RUSTFLAGS=$1 cargo build -q --release --target-dir "$2" -p "$3" &&
    LD_LIBRARY_PATH="$2/release:$(rustc --print target-libdir)" "$2/release/$3" 2>/dev/null
}

# alike FLAGS…: the program `app` says the same with each of these
# flags as without any.
alike() {
  local flags number=0
  said "" plain app >plain.said || return 1
  [ "$(wc -l <plain.said)" -gt 25 ] || { echo "app: expected more output" >&2 && return 1; }
  for flags in "$@"; do
    number=$((number + 1))
    said "$flags" "flag$number" app >flag.said || return 1
    diff plain.said flag.said || { echo "with $flags" >&2 && return 1; }
  done
}

# defined OBJECT-OR-ARCHIVE…: names of the code and data that they define for others.
defined() {
  llvm-nm --defined-only --extern-only --format=just-symbols --no-sort "$@" 2>/dev/null |
    { grep -vE '^$|:$' || true; } | llvm-cxxfilt | sort
}
