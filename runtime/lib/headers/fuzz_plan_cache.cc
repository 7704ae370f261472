// libFuzzer: any bytes are no plan, or one whose nodes and units exist and that
// round-trips. Each input is also tried as the payload of a valid frame; its
// first byte is the number of units.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "dfe/format/envelope.h"
#include "dfe/headers/plan_cache.h"

static void Check(std::string_view bytes, size_t units) {
  const std::optional<dfe::headers::HeaderPlan> plan =
      dfe::headers::ParsePlan(bytes, "key", units);
  if (!plan) return;
  if (plan->node_of_unit.size() != units) std::abort();
  for (int node : plan->node_of_unit) {
    if (node >= static_cast<int>(plan->nodes.size())) std::abort();
  }
  const std::string written = dfe::headers::SerializePlan(*plan, "key");
  const auto again = dfe::headers::ParsePlan(written, "key", units);
  if (!again || dfe::headers::SerializePlan(*again, "key") != written) {
    std::abort();
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.empty()) return 0;
  const size_t units = data[0];
  bytes.remove_prefix(1);
  Check(bytes, units);
  Check(dfe::SealEnvelope("DFEHPLAN", 1, "key", bytes), units);
  return 0;
}
