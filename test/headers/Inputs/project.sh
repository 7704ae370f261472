# Sourced by tests of C and C++ projects; needs dfe in the folder $BIN.
# shellcheck shell=bash
#
# project DIR FILE…: compile_commands.json and Makefile for files of DIR, which
# are compiled there by $CC (default: $CLANGXX) with $FLAGS; `make` compiles
# through dfe-cc, `make LAUNCHER=` without it.
project() {
  local folder=$1 file comma='' cc=${CC:-$CLANGXX}
  shift
  {
    echo '['
    for file in "$@"; do
      printf '%s{"directory":"%s","file":"%s","command":"%s %s -c %s/%s -o %s.o"}\n' \
        "$comma" "$folder" "$file" "$cc" "$FLAGS" "$folder" "$file" "$file"
      comma=,
    done
    echo ']'
  } >"$folder/compile_commands.json"
  {
    printf 'LAUNCHER = %s\n' "$BIN/dfe-cc"
    printf 'all: %s\n' "${*/%/.o}"
    for file in "$@"; do
      # shellcheck disable=SC2016 # make expands it
      printf '%s.o: %s\n\t$(LAUNCHER) %s %s -MD -MF $@.d -c %s/%s -o $@\n' \
        "$file" "$file" "$cc" "$FLAGS" "$folder" "$file"
      printf -- '-include %s.o.d\n' "$file"
    done
  } >"$folder/Makefile"
}

# big N: text that makes a header worth sharing.
big() {
  local i
  for ((i = 0; i < 4000; ++i)); do echo "inline int $1_$i(int x) { return x * $i + 1; }"; done
}
