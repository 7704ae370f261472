// dfe-header-dump: prints header records, for people and tests.
//
//   dfe-header-dump [--costs] FILE…
#include <cstdio>
#include <cstring>
#include <string>
#include <variant>

#include "dfe/format/header_record.h"

int main(int argc, char** argv) {
  const bool costs = argc > 1 && std::strcmp(argv[1], "--costs") == 0;
  if (argc < 2 + costs) {
    std::fprintf(stderr, "usage: dfe-header-dump [--costs] FILE...\n");
    return 2;
  }
  for (int i = 1 + costs; i < argc; ++i) {
    auto loaded = dfe::HeaderRecord::Load(argv[i], "");
    if (auto* error = std::get_if<dfe::FormatError>(&loaded)) {
      std::fprintf(stderr, "dfe-header-dump: %s: %s\n",
                   dfe::FormatErrorKindName(error->kind),
                   error->message.c_str());
      return 1;
    }
    const std::string text = std::get<dfe::HeaderRecord>(loaded).Dump(costs);
    std::fwrite(text.data(), 1, text.size(), stdout);
  }
  return 0;
}
