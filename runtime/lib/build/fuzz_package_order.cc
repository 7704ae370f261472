// libFuzzer: what counts as a lock file has dependencies in its own list, and
// each package is as far from the end as the sum of all weights at most. The
// same bytes as what a compile says of itself.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "dfe/build/package_order.h"
#include "dfe/dispatch/compile_turn.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto packages = dfe::ParseCargoLock(text); packages.ok()) {
    for (const dfe::LockedPackage& package : *packages) {
      for (size_t needed : package.dependencies) {
        if (needed >= packages->size()) std::abort();
      }
    }
    const auto ways =
        dfe::WaysToTheEnd(*packages, std::vector<int64_t>(packages->size(), 1));
    for (int64_t way : ways) {
      if (way < 1 || way > static_cast<int64_t>(ways.size())) std::abort();
    }
  }
  if (const auto request = dfe::dispatch::ParseTurnRequest(text)) {
    if (request->name + " " + request->version + "\n" != text) std::abort();
  }
  return 0;
}
