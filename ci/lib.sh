# Shared by the scripts under ci/: where the tree is, the versions it names, and
# how steps and faults are printed. Sourced, never run.
# shellcheck shell=bash

DFE_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
dfe_script=${0##*/}

# Reads KEY=VALUE lines of a file under ci/ into variables named V_KEY.
read_settings() {
  local line
  while IFS= read -r line; do
    [[ $line =~ ^([A-Z][A-Z_]*)=(.*)$ ]] || continue
    printf -v "V_${BASH_REMATCH[1]}" '%s' "${BASH_REMATCH[2]}"
  done <"$DFE_ROOT/ci/$1"
}

# Progress goes to standard error: standard output belongs to results.
step() { printf '%s: %s\n' "$dfe_script" "$*" >&2; }

fail() {
  printf '%s: %s\n' "$dfe_script" "$*" >&2
  exit 1
}

# The comment that opens a script is its help text.
print_help() {
  awk 'NR > 1 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$1"
}

# Own DFE_ variables are settings of these scripts, and are passed on only where
# that is wanted: the dfe program refuses every one that it does not know.
build_root() {
  local root=${DFE_BUILD_ROOT:-$DFE_ROOT/build}
  export -n DFE_BUILD_ROOT 2>/dev/null || true
  mkdir -p "$root"
  (cd "$root" && pwd -P)
}

corpus_root() {
  printf '%s\n' "${DFE_CORPUS:-${XDG_CACHE_HOME:-$HOME/.cache}/dfe-corpus}"
}

# rust_sysroot RELEASE: the folder of an installed toolchain of that release,
# under whatever name rustup has it.
rust_sysroot() {
  local release=$1 rustc
  for rustc in \
    "$(rustup which --toolchain "$release" rustc 2>/dev/null)" \
    "$(rustup which --toolchain stable rustc 2>/dev/null)" \
    "$(command -v rustc)"; do
    if [[ -n $rustc && $("$rustc" -vV 2>/dev/null) == *$'\n'"release: $release"$'\n'* ]]; then
      "$rustc" --print sysroot
      return 0
    fi
  done
  return 1
}

# quoted WORD: as sh reads it back.
quoted() { printf "'%s'" "${1//\'/\'\\\'\'}"; }

# corpus_program NAME: the binary that the package makes.
corpus_program() {
  awk -v name="$1" '$1 == name { print $4; found = 1 } END { exit !found }' \
    "$DFE_ROOT/ci/corpus.list" "$DFE_ROOT/ci/programs.list" ||
    fail "program: '$1': expected one of$(awk '!/^#/ { printf " %s", $1 }' "$DFE_ROOT/ci/corpus.list")"
}

# Builds dfe where it is not built, and puts it and the tested Rust release
# first in PATH. What a user has set for cargo reaches neither side of a
# comparison. Needs versions.env to be read.
use_built_dfe() {
  local root bin sysroot program
  "$DFE_ROOT/ci/check" --only setup,build >&2 || fail "build: ci/check --only setup,build failed"
  root=$(build_root)
  bin=$root/release/bin
  for program in dfe cargo-dfe; do
    [[ -x $bin/$program ]] || fail "build: $bin: expected '$program' in it"
  done
  sysroot=$(rust_sysroot "${V_RUSTC_TESTED%% *}") || fail "rust: ./ci/setup says what is missing"
  PATH=$bin:$sysroot/bin:$PATH
  unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_TARGET_DIR CARGO_BUILD_TARGET_DIR \
    RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER CARGO_BUILD_RUSTC_WRAPPER RUSTC
}
