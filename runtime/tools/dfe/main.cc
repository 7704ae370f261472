// dfe and cargo-dfe: one program, told apart by the name it is called by.
#include <iostream>

#include "dfe/cli/commands.h"

extern char** environ;

int main(int argc, char** argv) {
  std::vector<std::string> words(argv, argv + argc);
  std::vector<const char*> env;
  for (char** entry = environ; *entry != nullptr; ++entry)
    env.push_back(*entry);
  return dfe::RunProgram(words, env, std::cout, std::cerr);
}
