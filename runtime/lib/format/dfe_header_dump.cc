// dfe-header-dump: prints header records, for people and tests.
//
//   dfe-header-dump [--costs | --hash] FILE…
//
// --hash: of all but files, probes and lines, so what a plan is made from.
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <string>
#include <variant>

#include "dfe/format/header_record.h"

int main(int argc, char** argv) {
  const bool costs = argc > 1 && std::strcmp(argv[1], "--costs") == 0;
  const bool hash = argc > 1 && std::strcmp(argv[1], "--hash") == 0;
  const int first = costs || hash ? 2 : 1;
  if (argc <= first) {
    std::fprintf(stderr, "usage: dfe-header-dump [--costs | --hash] FILE...\n");
    return 2;
  }
  for (int i = first; i < argc; ++i) {
    auto loaded = dfe::HeaderRecord::Load(argv[i], "");
    if (auto* error = std::get_if<dfe::FormatError>(&loaded)) {
      std::fprintf(stderr, "dfe-header-dump: %s: %s\n",
                   dfe::FormatErrorKindName(error->kind),
                   error->message.c_str());
      return 1;
    }
    if (hash) {
      std::printf("%016" PRIx64 "\n",
                  std::get<dfe::HeaderRecord>(loaded).RestHash());
      continue;
    }
    const std::string text = std::get<dfe::HeaderRecord>(loaded).Dump(costs);
    std::fwrite(text.data(), 1, text.size(), stdout);
  }
  return 0;
}
