// Reading and writing seed sets; see the header for both forms.
#include "dfe/format/seed_set.h"

#include <algorithm>

#include "dfe/format/envelope.h"

namespace dfe {
namespace {

constexpr std::string_view kSignature = "DFESEEDS";
constexpr std::string_view kTextStart = "# dfe seeds";
constexpr uint32_t kVersion = 1;

std::string_view Trimmed(std::string_view line) {
  constexpr std::string_view kSpace = " \t\r\v\f";
  const size_t begin = line.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(kSpace) - begin + 1);
}

SeedSet ParseText(std::string_view text) {
  SeedSet set;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = Trimmed(text.substr(0, end));
    if (!line.empty() && line[0] != '#') set.Insert(line);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return set;
}

FormatError Corrupt(std::string_view where, const std::string& text) {
  return {FormatErrorKind::kCorrupt,
          "cannot read: " + std::string(where) + ": " + text};
}

}  // namespace

uint64_t SeedSet::Hash(std::string_view name) { return HashBytes(name); }

std::variant<SeedSet, FormatError> SeedSet::Load(
    const std::string& path, std::string_view expected_identity) {
  auto bytes = ReadFile(path);
  if (auto* error = std::get_if<FormatError>(&bytes)) return std::move(*error);
  return Parse(std::get<std::string>(bytes), path, expected_identity);
}

std::variant<SeedSet, FormatError> SeedSet::Parse(
    std::string_view bytes, std::string_view where,
    std::string_view expected_identity) {
  if (bytes.substr(0, kTextStart.size()) == kTextStart) {
    SeedSet set = ParseText(bytes);
    set.Normalize();
    return set;
  }
  auto opened =
      OpenEnvelope(bytes, where, kSignature, kVersion, expected_identity);
  if (auto* error = std::get_if<FormatError>(&opened)) return std::move(*error);
  const std::string_view payload = std::get<Envelope>(opened).payload;
  if (payload.size() < 8 || payload.size() % 8 != 0) {
    return Corrupt(where, "payload: expected a count and hashes, got " +
                              std::to_string(payload.size()) + " bytes");
  }
  // The bytes are numbers, not a string: nothing looks for an end.
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage)
  const uint64_t count = ReadLittle64(payload.data());
  if (count != payload.size() / 8 - 1) {
    return Corrupt(where, "count: expected " +
                              std::to_string(payload.size() / 8 - 1) +
                              ", got " + std::to_string(count));
  }
  SeedSet set;
  set.hashes_.reserve(count);
  for (size_t i = 1; i <= count; ++i) {
    const uint64_t hash = ReadLittle64(payload.data() + 8 * i);
    if (!set.hashes_.empty() && hash <= set.hashes_.back()) {
      return Corrupt(where, "hash " + std::to_string(i - 1) +
                                ": expected more than " +
                                std::to_string(set.hashes_.back()) + ", got " +
                                std::to_string(hash));
    }
    set.hashes_.push_back(hash);
  }
  return set;
}

std::string SeedSet::Serialize(std::string_view identity) const {
  Normalize();
  std::string payload;
  payload.reserve(8 + 8 * hashes_.size());
  AppendLittle64(payload, hashes_.size());
  for (uint64_t hash : hashes_) AppendLittle64(payload, hash);
  return SealEnvelope(kSignature, kVersion, identity, payload);
}

std::optional<FormatError> SeedSet::Save(const std::string& path,
                                         std::string_view identity) const {
  return WriteFileAtomically(path, Serialize(identity));
}

void SeedSet::Normalize() const {
  if (sorted_) return;
  std::sort(hashes_.begin(), hashes_.end());
  hashes_.erase(std::unique(hashes_.begin(), hashes_.end()), hashes_.end());
  sorted_ = true;
}

bool SeedSet::Contains(std::string_view name) const {
  return ContainsHash(Hash(name));
}

bool SeedSet::ContainsHash(uint64_t hash) const {
  Normalize();
  return std::binary_search(hashes_.begin(), hashes_.end(), hash);
}

void SeedSet::Insert(std::string_view name) { InsertHash(Hash(name)); }

void SeedSet::InsertHash(uint64_t hash) {
  hashes_.push_back(hash);
  sorted_ = false;
}

size_t SeedSet::size() const {
  Normalize();
  return hashes_.size();
}

const std::vector<uint64_t>& SeedSet::hashes() const {
  Normalize();
  return hashes_;
}

}  // namespace dfe
