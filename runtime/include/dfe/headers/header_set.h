// Sets of the headers of a group, by their numbers in it.
#ifndef DFE_HEADERS_HEADER_SET_H_
#define DFE_HEADERS_HEADER_SET_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dfe::headers {

class HeaderSet {
 public:
  explicit HeaderSet(size_t size = 0) : words_((size + 63) / 64, 0) {}
  bool Has(size_t i) const { return (words_[i / 64] >> (i % 64) & 1) != 0; }
  void Add(size_t i) { words_[i / 64] |= uint64_t{1} << (i % 64); }
  void Remove(size_t i) { words_[i / 64] &= ~(uint64_t{1} << (i % 64)); }
  void Keep(const HeaderSet& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
  }
  template <typename Visit>
  void Each(Visit visit) const {
    for (size_t w = 0; w < words_.size(); ++w) {
      for (uint64_t rest = words_[w]; rest != 0; rest &= rest - 1) {
        visit(64 * w + static_cast<size_t>(__builtin_ctzll(rest)));
      }
    }
  }

 private:
  std::vector<uint64_t> words_;
};

}  // namespace dfe::headers

#endif  // DFE_HEADERS_HEADER_SET_H_
