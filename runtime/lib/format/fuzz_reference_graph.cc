// libFuzzer: any bytes either fail with a reason or round-trip and print.
//
// The checksum hides the payload from a fuzzer, so each input is tried as it is
// and as the payload of a valid frame.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "dfe/format/envelope.h"
#include "dfe/format/reference_graph.h"

static void Check(std::string_view bytes) {
  auto parsed = dfe::ReferenceGraph::Parse(bytes, "fuzz", "");
  if (auto* error = std::get_if<dfe::FormatError>(&parsed)) {
    if (error->message.empty()) std::abort();
    return;
  }
  const auto& graph = std::get<dfe::ReferenceGraph>(parsed);
  auto again = dfe::ReferenceGraph::Parse(graph.Serialize("id"), "again", "id");
  if (!std::holds_alternative<dfe::ReferenceGraph>(again) ||
      std::get<dfe::ReferenceGraph>(again).Dump() != graph.Dump()) {
    std::abort();
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Check(bytes);
  Check(dfe::SealEnvelope("DFEGRAPH", 1, "fuzz", bytes));
  return 0;
}
