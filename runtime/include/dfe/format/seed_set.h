// The names that a build predicts to be needed, as 64-bit hashes.
//
// A seed only ever keeps a symbol, so a hash collision costs the compile of one
// function and is never wrong; names themselves are not stored. Sized for a
// million symbols: 8 MB, loaded in milliseconds.
//
// Binary file: the frame of envelope.h with signature "DFESEEDS", version 1 and
// this payload:
//
//   offset  size  field
//   0       8     N, number of hashes
//   8       8*N   XXH3-64 of each name, strictly ascending
//
// Text file, for people and tests: the first line begins with "# dfe seeds",
// then one name per line; blank lines and lines that begin with '#' mean
// nothing, white space around a name is dropped. It has no identity and fits
// any compiler. A file that begins otherwise is foreign.
#ifndef DFE_FORMAT_SEED_SET_H_
#define DFE_FORMAT_SEED_SET_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dfe/format/format_error.h"

namespace dfe {

class SeedSet {
 public:
  // Reads either form. An empty `expected_identity` accepts any compiler's.
  static std::variant<SeedSet, FormatError> Load(
      const std::string& path, std::string_view expected_identity);

  // The same from memory; `where` names the source in messages.
  static std::variant<SeedSet, FormatError> Parse(
      std::string_view bytes, std::string_view where,
      std::string_view expected_identity);

  // Writes the binary form atomically.
  std::optional<FormatError> Save(const std::string& path,
                                  std::string_view identity) const;

  // The binary form in memory.
  std::string Serialize(std::string_view identity) const;

  bool Contains(std::string_view name) const;
  bool ContainsHash(uint64_t hash) const;
  void Insert(std::string_view name);
  void InsertHash(uint64_t hash);

  // Number of distinct names.
  size_t size() const;

  // Sorted and unique.
  const std::vector<uint64_t>& hashes() const;

  static uint64_t Hash(std::string_view name);

 private:
  void Normalize() const;

  // Kept sorted lazily: inserting a million names must not sort a million
  // times. A set that was loaded is sorted already, so a shared one that
  // nobody inserts into can be read by many threads.
  mutable std::vector<uint64_t> hashes_;
  mutable bool sorted_ = true;
};

}  // namespace dfe

#endif  // DFE_FORMAT_SEED_SET_H_
