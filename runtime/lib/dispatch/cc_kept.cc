// The order, then take it, or keep it.
#include "dfe/dispatch/cc_kept.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <charconv>
#include <vector>

#include "dfe/dispatch/cc_reads.h"
#include "dfe/dispatch/text_lines.h"
#include "dfe/format/envelope.h"
#include "dfe/format/header_record.h"
#include "dfe/format/kept_unit.h"

namespace dfe::dispatch {
namespace {

constexpr std::string_view kSignature = "dfe-cobj";
constexpr uint32_t kVersion = 3;
constexpr std::string_view kColoured = "coloured";

}  // namespace

std::string KeptOrderText(const KeptOrder& order) {
  return order.path + "\n" + order.key + "\n" + (order.parts ? "1" : "0") +
         "\n" + std::to_string(order.node) + "\n" + order.record + "\n" +
         order.record_hash + "\n";
}

std::optional<KeptOrder> ParseKeptOrder(std::string_view text) {
  const std::vector<std::string_view> lines = Lines(text);
  if (!text.ends_with('\n') || lines.size() != 6 ||
      (lines[2] != "0" && lines[2] != "1")) {
    return std::nullopt;
  }
  int node = 0;
  const char* begin = lines[3].data();
  const char* end = begin + lines[3].size();
  const auto number = std::from_chars(begin, end, node);
  if (number.ec != std::errc() || number.ptr != end || node < -1) {
    return std::nullopt;
  }
  return KeptOrder{std::string(lines[0]), std::string(lines[1]),
                   lines[2] == "1",       node,
                   std::string(lines[4]), std::string(lines[5])};
}

std::optional<std::string> TakeObject(const CcInvocation& call,
                                      const KeptOrder& order, bool coloured) {
  const std::optional<std::string> bytes = ContentOf(order.path);
  if (!bytes) return std::nullopt;
  const auto opened =
      OpenEnvelope(*bytes, order.path, kSignature, kVersion, order.key);
  const auto* envelope = std::get_if<Envelope>(&opened);
  if (envelope == nullptr) return std::nullopt;
  const std::optional<KeptUnit> made = KeptUnit::Parse(envelope->payload);
  if (!made || made->library.empty() ||
      made->dep_info.empty() != call.dependency_file.empty() ||
      (!made->messages.empty() && coloured != (made->metadata == kColoured)) ||
      (!call.dependency_file.empty() &&
       WriteFileAtomically(call.dependency_file, made->dep_info)) ||
      WriteFileAtomically(call.ObjectName(), made->library)) {
    return std::nullopt;
  }
  // Pruning goes by use, and file systems do not note each reading.
  utimensat(AT_FDCWD, order.path.c_str(), nullptr, 0);
  return std::string(made->messages);
}

void KeepObject(const CcInvocation& call, const std::string& folder,
                const KeptOrder& order, const Messages& messages) {
  const auto parsed = HeaderRecord::LoadHead(order.record, "");
  const auto* record = std::get_if<HeaderRecord>(&parsed);
  if (record == nullptr) return;
  for (const HeaderRecord::File& file : record->files) {
    if ((file.flags & kFileBuiltin) != 0) continue;
    const std::optional<std::string> text =
        ContentOf(file.name[0] == '/' ? file.name : folder + "/" + file.name);
    if (!text || ReadsMoreFiles(*text)) return;
  }
  const std::optional<std::string> object = ContentOf(call.ObjectName());
  const std::optional<std::string> dependencies =
      call.dependency_file.empty() ? std::string()
                                   : ContentOf(call.dependency_file);
  if (!object || !dependencies) return;
  mkdir(order.path.substr(0, order.path.rfind('/')).c_str(), 0777);
  const KeptUnit made = {messages.text, *dependencies,
                         messages.coloured ? kColoured : "", *object};
  (void)WriteFileAtomically(
      order.path,
      SealEnvelope(kSignature, kVersion, order.key, made.Serialize()));
}

}  // namespace dfe::dispatch
