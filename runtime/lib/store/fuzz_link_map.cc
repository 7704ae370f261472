// libFuzzer: no bytes may crash the reader of link maps, and what it returns
// must hold together. Each input is tried as it is and behind a right header.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "dfe/store/link_map.h"
#include "dfe/store/symbol_crate.h"

static void Check(const std::string& bytes) {
  std::istringstream in(bytes);
  auto map = dfe::store::ParseLinkMap(in, "fuzz");
  if (!map.ok()) {
    if (map.status().message().empty()) std::abort();
    return;
  }
  int64_t functions = 0;
  for (const dfe::store::LiveSymbol& symbol : map->symbols) {
    if (symbol.name.empty() || symbol.size < 0) std::abort();
    if (!symbol.alias) ++functions;
  }
  int64_t by_input = 0;
  for (const dfe::store::LinkPart& part : map->inputs) {
    by_input += part.functions;
  }
  auto record = dfe::store::ToLinkRecord(*map, "leaf", "artifact");
  if (record.live_symbols != functions || by_input != functions) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  Check(bytes);
  Check("VMA LMA Size Align Out In Symbol\n" + bytes);
  Check("VMA LMA Size Align Out In Symbol\n0 0 9 1 .text\n" + bytes + "\n");
  dfe::store::CrateOfSymbol(bytes);
  dfe::store::CrateOfInput(bytes);
  dfe::store::Readable(bytes);
  return 0;
}
