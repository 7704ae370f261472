// libFuzzer: any payload either is refused or says what it says when it is
// written again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "dfe/format/envelope.h"
#include "dfe/format/resident_call.h"

namespace {

template <typename Message>
void Check(std::string_view signature, std::string_view payload) {
  const auto first =
      Message::Parse(dfe::SealEnvelope(signature, 1, "", payload));
  const auto* message = std::get_if<Message>(&first);
  if (message == nullptr) return;
  const std::string written = message->Render();
  const auto second = Message::Parse(written);
  const auto* again = std::get_if<Message>(&second);
  if (again == nullptr || again->Render() != written) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Check<dfe::ResidentCall>("DFECCALL", bytes);
  Check<dfe::ResidentAnswer>("DFECDONE", bytes);
  (void)dfe::ResidentCall::Parse(bytes);
  (void)dfe::ResidentAnswer::Parse(bytes);
  return 0;
}
