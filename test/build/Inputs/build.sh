# Shell functions of the tests in this folder, which source this file.

# app DIR [PROFILE-LINE…]: a copy of the project "app" (a program over the library
# "dep"), with these lines in its release profile.
app() {
  local to=$1
  shift
  rm -rf "$to" && cp -r "$INPUTS/app" "$to" && chmod -R u+w "$to" &&
    { [ $# -eq 0 ] || printf '%s\n' "[profile.release]" "$@" >>"$to/Cargo.toml"; }
}

# units LOG: "crate kind strategy [reason]" of each unit that --explain named.
units() {
  sed -nE 's/^dfe: unit ([^ ]+ [a-z]+): ([a-z]+)( \(([^()]*)\))?, .*CPU$/\1 \2 \4/p' "$1" |
    sed 's/ $//' | sort
}

# exports FILE: the dynamic symbols that it defines.
exports() {
  llvm-nm -D --defined-only --format=just-symbols "$1" | sort
}

# alike PROGRAM PROGRAM: the same output, exit codes and dynamic symbols.
alike() {
  local words program code
  for program in "$1" "$2"; do
    for words in "" "1 2 3" "exit 3" "panic"; do
      code=0
      # shellcheck disable=SC2086 # the words are separate
      "$program" $words 2>/dev/null || code=$?
      echo "'$words' ends with $code"
    done >"$program.said" 2>/dev/null && exports "$program" >>"$program.said" || return 1
  done
  diff "$1.said" "$2.said"
}

# alive TEXT: processes whose command line holds TEXT, this shell aside.
alive() {
  local proc words
  for proc in /proc/[0-9]*; do
    words=$(tr '\0' ' ' <"$proc/cmdline" 2>/dev/null) || continue
    case $words in *"$1"*) [ "${proc#/proc/}" = "$$" ] || echo "${proc#/proc/} $words" ;; esac
  done
}
