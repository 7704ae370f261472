// libFuzzer: any bytes either fail with a reason or round-trip.
//
// The checksums hide the payloads from a fuzzer, so each input is tried as it
// is, and as the payloads of two valid frames: its first two bytes say where
// one ends.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "dfe/format/header_record.h"

static void Check(std::string_view bytes) {
  auto parsed = dfe::HeaderRecord::Parse(bytes, "fuzz", "");
  if (auto* error = std::get_if<dfe::FormatError>(&parsed)) {
    if (error->message.empty()) std::abort();
    return;
  }
  const auto& record = std::get<dfe::HeaderRecord>(parsed);
  if (record.Dump(true).empty()) std::abort();
  const std::string written = record.Serialize("id");
  auto again = dfe::HeaderRecord::Parse(written, "again", "id");
  if (!std::holds_alternative<dfe::HeaderRecord>(again) ||
      std::get<dfe::HeaderRecord>(again).Serialize("id") != written) {
    std::abort();
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Check(bytes);
  if (size >= 2) {
    const std::string_view both = bytes.substr(2);
    const size_t head =
        std::min<size_t>(both.size(), data[0] + size_t{256} * data[1]);
    Check(
        dfe::SealHeaderRecord("fuzz", both.substr(0, head), both.substr(head)));
  }
  return 0;
}
