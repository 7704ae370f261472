// libFuzzer: any bytes are no list of compiled files, or one that round-trips.
// Each input is also tried as the payload of a valid frame.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dfe/format/envelope.h"
#include "dfe/headers/expected_files.h"

static void Check(std::string_view bytes) {
  const auto files = dfe::headers::ParseCompiledFiles(bytes);
  if (!files) return;
  const auto again = dfe::headers::ParseCompiledFiles(
      dfe::headers::SerializeCompiledFiles(*files));
  if (!again || *again != *files) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Check(bytes);
  Check(dfe::SealEnvelope("DFEFILES", 1, "", bytes));
  return 0;
}
