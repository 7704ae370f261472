// libFuzzer: any bytes either fail with a reason or round-trip.
//
// The checksum hides the payload from a fuzzer, so each input is tried as it is
// and as the payload of a valid frame.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "dfe/format/envelope.h"
#include "dfe/format/seed_set.h"

static void Check(std::string_view bytes) {
  auto parsed = dfe::SeedSet::Parse(bytes, "fuzz", "");
  if (auto* error = std::get_if<dfe::FormatError>(&parsed)) {
    if (error->message.empty()) std::abort();
    return;
  }
  const auto& set = std::get<dfe::SeedSet>(parsed);
  auto again = dfe::SeedSet::Parse(set.Serialize("id"), "again", "id");
  if (!std::holds_alternative<dfe::SeedSet>(again) ||
      std::get<dfe::SeedSet>(again).hashes() != set.hashes()) {
    std::abort();
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Check(bytes);
  Check(dfe::SealEnvelope("DFESEEDS", 1, "fuzz", bytes));
  return 0;
}
