// Reading and writing of required classes; the layout is in the header.
#include "dfe/format/required_classes.h"

#include <algorithm>
#include <limits>

#include "dfe/format/byte_stream.h"
#include "dfe/format/envelope.h"

namespace dfe {
namespace {

constexpr std::string_view kSignature = "DFEREQRD";
constexpr uint32_t kVersion = 1;
constexpr uint64_t kEnd = uint64_t{std::numeric_limits<uint32_t>::max()} + 1;

}  // namespace

std::string RequiredClasses::Serialize(std::string_view identity) const {
  std::vector<RequiredClass> sorted = classes;
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  ByteWriter out;
  out.Each(sorted, [&](const RequiredClass& one) {
    out.Number(one.steps);
    out.Number(one.declaration);
  });
  return SealEnvelope(kSignature, kVersion, identity, out.out);
}

std::variant<RequiredClasses, FormatError> RequiredClasses::Parse(
    std::string_view bytes, std::string_view where,
    std::string_view expected_identity) {
  auto opened =
      OpenEnvelope(bytes, where, kSignature, kVersion, expected_identity);
  if (auto* error = std::get_if<FormatError>(&opened)) return std::move(*error);
  ByteReader in(std::get<Envelope>(opened).payload);
  RequiredClasses read;
  in.Each("classes", [&] {
    RequiredClass one;
    one.steps = in.Index("steps", kEnd);
    one.declaration = in.Index("declaration", kEnd);
    if (in.failed()) return;
    if (one.steps == 0) {
      in.Fail("steps", "at least 1", "0");
    } else if (!read.classes.empty() && one <= read.classes.back()) {
      in.Fail("classes", "rising ones", "one that is not");
    } else {
      read.classes.push_back(one);
    }
  });
  if (!in.failed() && !in.at_end()) in.Fail("payload", "its end", "more");
  if (in.failed()) {
    return FormatError{
        FormatErrorKind::kCorrupt,
        std::string("cannot read: ").append(where) + ": " + in.error};
  }
  return read;
}

}  // namespace dfe
