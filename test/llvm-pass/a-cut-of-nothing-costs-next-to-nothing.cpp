// Where the seeds name all that a module has, reading it and finding nothing to
// remove takes under 0.5 % of the CPU time of its optimisation alone; so does a
// dead half that is empty. Load does not turn that: both are of the same process.
// RUN: %clangxx -O2 -Xclang -disable-llvm-passes -emit-llvm -c "%s" -o "%t.bc"
// RUN: { echo "# dfe seeds"; %llvm_tools/llvm-nm --defined-only --format=just-symbols "%t.bc"; } > "%t.seeds"
// RUN: share() { for i in 1 2; do %opt -load-pass-plugin=%plugin -passes="$1,default<$2>" -time-passes "%t.bc" -o "%t.out.bc" 2>&1 | \
// RUN:   sed 's/([^)]*)//g' | awk '/deadfn::/ { own = $(NF - 2) } / Total$/ { all += $(NF - 2) } END { print 100 * own / all, own, all }'; done | sort -n | head -1; }
// RUN: small() { echo "$*" && awk -v it="$1" 'BEGIN { exit !(it > 0 && it < 0.5) }'; }
// RUN: small $(share "dfe-cut<seeds=%t.seeds>" O2) && %llvm_tools/llvm-nm "%t.out.bc" | grep -c ' [TW] '
// RUN: rm -f "%t.dead.bc" && small $(share "dfe-defer<seeds=%t.seeds;out=%t.dead.bc>" O2) && test ! -e "%t.dead.bc"
// Without optimisation it is more than that.
// RUN: ! small $(share "dfe-cut<seeds=%t.seeds>" O0)
#include <iostream>
#include <map>
#include <regex>
#include <string>
std::map<std::string, int> count(const std::string &text) {
  std::map<std::string, int> words;
  const std::regex word("[a-z]+(-[a-z]+)*", std::regex::icase);
  for (std::sregex_iterator it(text.begin(), text.end(), word), end; it != end; ++it)
    ++words[it->str()];
  return words;
}
void show(const std::map<std::string, int> &words) {
  for (const auto &[word, n] : words)
    std::cout << std::regex_replace(word, std::regex("-"), "_") << n << '\n';
}
