// ClassSet: a set of classes (by number) as bits, to look through without touching the counts.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace locust_like::load {

class ClassSet {
 public:
  static constexpr size_t kNone = static_cast<size_t>(-1);

  // Holds numbers below `classes`; empty.
  explicit ClassSet(size_t classes) : words_((classes + 63) / 64, 0) {}

  void insert(size_t i) { words_[i / 64] |= uint64_t{1} << i % 64; }
  void erase(size_t i) { words_[i / 64] &= ~(uint64_t{1} << i % 64); }

  // The smallest number from `from` on that is in both sets, or kNone. O(classes / 64).
  // REQUIRES: both were made for equally many classes.
  size_t next_in_both(const ClassSet& other, size_t from) const {
    uint64_t mask = ~uint64_t{0} << from % 64;
    for (size_t word = from / 64; word < words_.size(); ++word, mask = ~uint64_t{0}) {
      const uint64_t both = words_[word] & other.words_[word] & mask;
      if (both != 0) return word * 64 + static_cast<size_t>(std::countr_zero(both));
    }
    return kNone;
  }

 private:
  std::vector<uint64_t> words_;
};

}  // namespace locust_like::load
