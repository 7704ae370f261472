// dfe-graph: looks into the files of both formats, and writes seed sets.
//
//   dfe-graph dump FILE                    print a reference graph
//   dfe-graph seeds --from-text A --out B [--identity ID]
//                                          turn a text seed set into a binary
//   dfe-graph contains FILE NAME...        print NAME for each that is a seed
#include <cstdio>
#include <cstring>
#include <string>
#include <variant>

#include "dfe/format/reference_graph.h"
#include "dfe/format/seed_set.h"

namespace {

int Fail(const dfe::FormatError& error) {
  std::fprintf(stderr, "dfe-graph: %s: %s\n",
               dfe::FormatErrorKindName(error.kind), error.message.c_str());
  return 1;
}

int Usage() {
  std::fprintf(stderr,
               "usage: dfe-graph dump FILE\n"
               "       dfe-graph seeds --from-text A --out B [--identity ID]\n"
               "       dfe-graph contains FILE NAME...\n");
  return 2;
}

int Dump(const char* path) {
  auto loaded = dfe::ReferenceGraph::Load(path, "");
  if (auto* error = std::get_if<dfe::FormatError>(&loaded)) return Fail(*error);
  const std::string text = std::get<dfe::ReferenceGraph>(loaded).Dump();
  std::fwrite(text.data(), 1, text.size(), stdout);
  return 0;
}

int Seeds(int argc, char** argv) {
  std::string in, out, identity;
  for (int i = 0; i + 1 < argc; i += 2) {
    if (!std::strcmp(argv[i], "--from-text")) {
      in = argv[i + 1];
    } else if (!std::strcmp(argv[i], "--out")) {
      out = argv[i + 1];
    } else if (!std::strcmp(argv[i], "--identity")) {
      identity = argv[i + 1];
    } else {
      return Usage();
    }
  }
  if (argc % 2 != 0 || in.empty() || out.empty()) return Usage();
  auto loaded = dfe::SeedSet::Load(in, "");
  if (auto* error = std::get_if<dfe::FormatError>(&loaded)) return Fail(*error);
  if (auto error = std::get<dfe::SeedSet>(loaded).Save(out, identity)) {
    return Fail(*error);
  }
  return 0;
}

int Contains(int argc, char** argv) {
  auto loaded = dfe::SeedSet::Load(argv[0], "");
  if (auto* error = std::get_if<dfe::FormatError>(&loaded)) return Fail(*error);
  for (int i = 1; i < argc; ++i) {
    if (std::get<dfe::SeedSet>(loaded).Contains(argv[i])) std::puts(argv[i]);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && !std::strcmp(argv[1], "dump")) return Dump(argv[2]);
  if (argc >= 2 && !std::strcmp(argv[1], "seeds")) {
    return Seeds(argc - 2, argv + 2);
  }
  if (argc >= 3 && !std::strcmp(argv[1], "contains")) {
    return Contains(argc - 2, argv + 2);
  }
  return Usage();
}
