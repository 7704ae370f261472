// libFuzzer: what counts as a file of names leads nowhere but into itself, and
// what counts as one of needs has nothing but hashes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/string_view.h"
#include "dfe/build/shared_functions.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  // Any version, so that mutations get behind the first line.
  std::string version(text.substr(0, text.find('\n')));
  version.erase(0, std::min(version.size(), version.find(" 1 ")));
  version.erase(0, 3);
  if (auto items = dfe::ParseNames(text, version)) {
    for (const dfe::NamedItem& item : *items) {
      if (item.hash.empty() != item.symbol.empty()) std::abort();
      for (uint32_t line : item.leads_to) {
        if (line >= items->size()) std::abort();
      }
    }
  }
  if (auto needs = dfe::ParseNeeds(text, version)) {
    for (const std::string& need : *needs) {
      if (need.size() != 32) std::abort();
    }
  }
  return 0;
}
