// libFuzzer: any payload either is refused or is what it serialises to.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dfe/format/kept_unit.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto inputs = dfe::UnitInputs::Parse(bytes);
  if (inputs && inputs->Serialize() != bytes) std::abort();
  const auto unit = dfe::KeptUnit::Parse(bytes);
  if (unit && unit->Serialize() != bytes) std::abort();
  const auto object = dfe::KeptObject::Parse(bytes);
  if (object && object->Serialize() != bytes) std::abort();
  return 0;
}
