// libFuzzer: no line may crash the parser of the event log, and what it accepts
// must read the same after it was written again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "dfe/dispatch/event_log.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  std::optional<dfe::dispatch::UnitEvent> event =
      dfe::dispatch::ParseEvent(line);
  if (!event) return 0;
  std::string once = dfe::dispatch::Render(*event);
  std::string_view without_end(once);
  without_end.remove_suffix(1);
  event = dfe::dispatch::ParseEvent(without_end);
  if (!event || dfe::dispatch::Render(*event) != once) std::abort();
  return 0;
}
