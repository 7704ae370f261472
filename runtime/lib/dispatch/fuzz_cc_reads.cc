// libFuzzer: any text asks for names that stand in it, and any dependency file
// names what stands in it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "dfe/dispatch/cc_dependencies.h"
#include "dfe/dispatch/cc_reads.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<std::string> names;
  bool of_macros = false;
  const std::string why =
      dfe::dispatch::NamesAskedFor(text, &names, &of_macros);
  for (const std::string& name : names) {
    if (name.empty() || text.find(name) == std::string_view::npos) std::abort();
  }
  // What the assembler may read is never passed over.
  if (why.empty() && dfe::dispatch::ReadsMoreFiles(text)) std::abort();
  for (const std::string& name : dfe::dispatch::NamesInDependencies(text)) {
    if (name.empty() || name.size() > size) std::abort();
  }
  return 0;
}
