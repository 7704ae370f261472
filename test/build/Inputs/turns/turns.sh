# Shell functions for compiles that take turns.

# many_libraries: gives the program in this folder more libraries than there are cores, one of
# them with C.
many_libraries() {
  local i
  for ((i = 1; i <= $(nproc) + 6; i++)); do
    mkdir -p "lib$i/src" || return 1
    printf '%s\n' '[package]' "name = \"lib$i\"" 'version = "0.1.0"' 'edition = "2021"' >"lib$i/Cargo.toml"
    echo "pub fn f() -> usize { $i }" >"lib$i/src/lib.rs"
    sed -i "/^\[dependencies\]/a lib$i = { path = \"lib$i\" }" Cargo.toml
  done
  cp "$INPUTS/turns/build.rs" "$INPUTS/turns/some.c" lib1
}

# turns DFE WORD…: what a build says of turns, and what became of them.
turns() {
  local dfe=$1
  shift
  rm -rf target "$LOG"
  "$dfe" build --explain "$@" >said 2>&1 || cat said
  grep '^dfe: compiles' said
  awk -v cores="$(nproc)" '
    /^[+]/ { n++; if (n > most) most = n; if ($2 > started) started = $2 }
    /^-/ { n-- }
    END { print "too many at a time: " (most > cores ? most : 0)
          print "more than cores were started: " (started > cores ? "yes" : "no") }' "$LOG"
}
