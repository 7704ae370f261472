// libFuzzer: any payload either is refused or says what it says when it is
// written again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "dfe/format/envelope.h"
#include "dfe/format/required_classes.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)dfe::RequiredClasses::Parse(bytes, "fuzz", "");
  const auto first = dfe::RequiredClasses::Parse(
      dfe::SealEnvelope("DFEREQRD", 1, "", bytes), "fuzz", "");
  const auto* read = std::get_if<dfe::RequiredClasses>(&first);
  if (read == nullptr) return 0;
  const std::string written = read->Serialize("id");
  const auto second = dfe::RequiredClasses::Parse(written, "again", "id");
  const auto* again = std::get_if<dfe::RequiredClasses>(&second);
  if (again == nullptr || again->classes != read->classes) std::abort();
  return 0;
}
