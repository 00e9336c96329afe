// Wire: the bytes that snapshots and the timeline are made of.
//
// Whole numbers are LEB128 varints, so the small numbers that statistics consist of take one byte;
// occupied histogram buckets are (gap to the bucket before, count) pairs.
// Errors: a reader never throws and never reads past its input. The first malformed item makes it
// fail for good: later reads return zero or empty. Check ok() in loops and at the end.
// Thread: not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stats/histogram.h"

namespace locust_like::stats {

// No honest counter reaches this; sums of a thousand names, or of all buckets of a
// histogram, still fit in 64 bits.
inline constexpr uint64_t kMaxCount = uint64_t{1} << 52;

// The longest prefix of at most `max_bytes` that splits no UTF-8 sequence.
std::string_view utf8_prefix(std::string_view text, size_t max_bytes);

class ByteWriter {
 public:
  void varint(uint64_t value);
  void real(double value);
  void text(std::string_view value);
  // REQUIRES: ascending indices, no zero counts.
  void buckets(const std::vector<BucketCount>& buckets);
  // Appends bytes as they are.
  void raw(std::string_view bytes) { bytes_.append(bytes); }

  const std::string& bytes() const { return bytes_; }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class ByteReader {
 public:
  // `bytes` must outlive the reader and the views it returns.
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  // Fails above `max`.
  uint64_t varint(uint64_t max = UINT64_MAX) {
    // Most numbers take one byte.
    if (!rest_.empty() && static_cast<unsigned char>(rest_.front()) < 0x80) {
      const auto value = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      if (value <= max) return value;
      fail();
      return 0;
    }
    return long_varint(max);
  }
  // Fails on infinities and NaN.
  double real();
  std::string_view text(size_t max_bytes);
  // Fails on an index of `bucket_count` or more and on counts of zero or above kMaxCount.
  // Allocates at most one item for each two bytes of input.
  std::vector<BucketCount> buckets(uint32_t bucket_count);

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  size_t remaining() const { return rest_.size(); }
  // For a reader that finds an item malformed which this class cannot judge.
  void fail() {
    ok_ = false;
    rest_ = {};
  }

 private:
  uint64_t long_varint(uint64_t max);

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace locust_like::stats
