// DeltaWalk: goes through the bytes of a delta and tells a visitor what is in them.
//
// A template, so that checking and counting are the same walk, and each visitor's calls are inlined
// into it: this is the busiest code of a master. A visitor has
//   bool begin_row(number, offset), counter(i, value), failure_code(code, count), status(status,
//   count), range(total_ns, min_ns, max_ns), phase_calls(count), phase_total(phase, ns), times(),
//   intended(), phase(i): each gives a sink, called as sink(bucket, count) for one bucket
//     after the other and destroyed after the last,
//   bool end_row(), begin_failures(offset), failure(row, code, status, text, occurrences), then
//   bool capture(bytes) for each capture of it, and end_failure().
// A sink has
//   kCountsOnly, bucket(i, index) for the i-th occupied bucket unless that, occupied(how many),
//   more(i, count): the i-th holds so many more than 1; it is destroyed after the last.
// A false ends the walk, as malformed bytes do. Offsets are of what follows. In bytes that nobody
// has checked yet, sinks may be given any bucket before the walk fails.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "stats/delta.h"
#include "stats/errors.h"
#include "stats/names.h"

namespace locust_like::stats {

class DeltaWalk {
 public:
  explicit DeltaWalk(std::string_view bytes, size_t offset = 0)
      : begin_(bytes.data()), at_(begin_ + offset), end_(begin_ + bytes.size()) {}

  // Everything. False when the bytes are malformed or the visitor ended it.
  template <typename Visitor>
  bool run(Visitor& visitor) {
    if (varint(UINT64_MAX) != kDeltaVersion) return false;
    const uint64_t rows = varint(kMaxRows);
    uint64_t next = 0;
    for (uint64_t i = 0; i < rows && ok_; ++i) {
      const uint64_t number = next + varint(kMaxRows);
      if (number >= kMaxRows || !visitor.begin_row(static_cast<uint32_t>(number), offset())) {
        return false;
      }
      row(visitor);
      if (!ok_ || !visitor.end_row()) return false;
      next = number + 1;
    }
    visitor.begin_failures(offset());
    return failures(visitor, rows) && at_ == end_;
  }

  // The content of a row that begins here.
  template <typename Visitor>
  void row(Visitor& visitor) {
    const uint64_t presence = varint(kPresenceBits);
    const auto has = [&](DeltaPart part) { return (presence & bit_of(part)) != 0; };
    constexpr uint64_t kCounterBits = bit_of(DeltaPart::kFailureCodes) - 1;
    for (uint64_t bits = presence & kCounterBits; bits != 0; bits &= bits - 1) {
      visitor.counter(static_cast<size_t>(std::countr_zero(bits)), varint(kMaxCounter));
    }
    if (has(DeltaPart::kFailureCodes)) {
      pairs(kCodeCount, [&](uint32_t code, uint64_t n) { visitor.failure_code(code, n); });
    }
    if (has(DeltaPart::kStatuses)) {
      pairs(kStatusCount, [&](uint32_t status, uint64_t n) { visitor.status(status, n); });
    }
    if (has(DeltaPart::kTimes)) {
      buckets(TimeBuckets::kCount, visitor.times());
      const uint64_t total_ns = varint(kMaxTotalNs);
      const uint64_t min_ns = varint(kMaxTimeNs);
      const uint64_t max_ns = min_ns + varint(kMaxTimeNs);
      visitor.range(total_ns, static_cast<int64_t>(min_ns), static_cast<int64_t>(max_ns));
    }
    if (has(DeltaPart::kIntended)) buckets(TimeBuckets::kCount, visitor.intended());
    if (has(DeltaPart::kPhases)) phases(visitor);
  }

  // The failures that begin here, of a delta of so many rows.
  template <typename Visitor>
  bool failures(Visitor& visitor, uint64_t rows) {
    const uint64_t count = varint(kMaxErrorRows + kMaxRows * kCodeCount);
    for (uint64_t i = 0; i < count && ok_; ++i) {
      if (!failure(visitor, rows)) return false;
    }
    return ok_;
  }

 private:
  static_assert(std::endian::native == std::endian::little);
  static constexpr ptrdiff_t kWordBytes = 8;
  static constexpr uint64_t kTopBits = 0x8080808080808080U;
  static constexpr uint64_t kMaxRows = kMaxNamesWithOther + 1;
  // Far below what a snapshot may hold, so that sums of many deltas are still good.
  static constexpr uint64_t kMaxCounter = uint64_t{1} << 44;
  static constexpr uint64_t kMaxTotalNs = uint64_t{1} << 57;
  static constexpr uint64_t kMaxTimeNs = INT64_MAX / 2;
  static constexpr uint32_t kStatusCount = 1000;
  static constexpr uint64_t kPresenceBits = bit_of(DeltaPart::kPhases) * 2 - 1;

  template <typename Visitor>
  void phases(Visitor& visitor) {
    visitor.phase_calls(varint(kMaxDeltaCount));
    uint64_t bits = varint((uint64_t{1} << kPhaseCount) - 1);
    for (; bits != 0; bits &= bits - 1) {
      const auto i = static_cast<size_t>(std::countr_zero(bits));
      visitor.phase_total(i, varint(kMaxTotalNs));
      buckets(Buckets<kPhaseSubBits>::kCount, visitor.phase(i));
    }
  }

  template <typename Sink>
  void pairs(uint32_t index_count, const Sink& sink) {
    const uint64_t count = varint(index_count);
    for (uint64_t i = 0; i < count && ok_; ++i) {
      const auto index = static_cast<uint32_t>(varint(index_count - 1));
      sink(index, varint(kMaxDeltaCount));
    }
  }

  // First the gaps, then the few counts above 1: two loops whose branches a processor foresees.
  template <typename Sink>
  void buckets(uint32_t bucket_count, Sink sink) {
    const uint64_t count = varint(bucket_count);
    uint64_t end = 0;
    if constexpr (Sink::kCountsOnly) {
      end = count + skip_gaps(count);
    } else {
      end = tell_gaps(count, sink);
    }
    if (!ok_ || end > bucket_count) return fail();
    sink.occupied(count);
    const uint64_t larger = varint(count);
    uint64_t position = 0;
    for (uint64_t i = 0; i < larger; ++i) {
      position += varint(count);
      const uint64_t more = varint(kMaxDeltaCount - 2) + 1;
      if (!ok_ || position >= count) return fail();
      sink.more(static_cast<uint32_t>(position++), more);
    }
  }

  // Returns one past the last bucket.
  template <typename Sink>
  uint64_t tell_gaps(uint64_t count, Sink& sink) {
    const char* at = at_;  // in a register, which the member would not be
    uint64_t next = 0;
    for (uint64_t i = 0; i < count; ++i) {
      next += varint_at(at);
      sink.bucket(static_cast<uint32_t>(i), static_cast<uint32_t>(next++));
    }
    at_ = at;
    return next;
  }

  // Returns the sum of so many gaps.
  uint64_t skip_gaps(uint64_t count) {
    const char* at = at_;
    uint64_t sum = 0;
    uint64_t left = count;
    for (uint64_t eight = 0; left > 0 && end_ - at >= kWordBytes;) {
      const uint64_t taken = std::min<uint64_t>(left, kWordBytes);
      std::memcpy(&eight, at, kWordBytes);
      eight &= UINT64_MAX >> (8 * (kWordBytes - taken));
      if ((eight & kTopBits) != 0) break;
      // Adds the bytes up in pairs, and the pairs in the topmost of them.
      const uint64_t pairs = (eight & 0x00FF00FF00FF00FFU) + ((eight >> 8) & 0x00FF00FF00FF00FFU);
      sum += (pairs * 0x0001000100010001U) >> 48;
      at += taken;
      left -= taken;
    }
    for (; left > 0; --left) sum += std::min<uint64_t>(varint_at(at), TimeBuckets::kCount);
    at_ = at;
    return sum;
  }

  template <typename Visitor>
  bool failure(Visitor& visitor, uint64_t rows) {
    const auto row = static_cast<uint32_t>(varint(kMaxRows));
    const auto code = static_cast<Code>(varint(kCodeCount - 1));
    const auto status = static_cast<uint16_t>(varint(UINT16_MAX));
    const std::string_view words = text(kMaxErrorTextBytes);
    const uint64_t occurrences = varint(kMaxDeltaCount);
    const uint64_t captures = varint(kMaxCapturesPerRow);
    if (!ok_ || row >= rows || occurrences == 0) return false;
    visitor.failure(row, code, status, words, occurrences);
    for (uint64_t i = 0; i < captures; ++i) {
      const std::string_view bytes = text(kMaxCaptureBytes);
      if (!ok_ || !visitor.capture(bytes)) return false;
    }
    visitor.end_failure();
    return true;
  }

  uint64_t varint(uint64_t max) {
    const uint64_t value = varint_at(at_);
    if (value <= max) return value;
    fail();
    return 0;
  }

  // Moves `at` on.
  uint64_t varint_at(const char*& at) {
    if (at != end_ && static_cast<signed char>(*at) >= 0) return static_cast<unsigned char>(*at++);
    return long_varint_at(at);
  }

  uint64_t long_varint_at(const char*& at) {
    if (end_ - at >= kWordBytes) {
      uint64_t word = 0;
      std::memcpy(&word, at, kWordBytes);
      const uint64_t stops = ~word & kTopBits;
      if (stops != 0) {
        at += (std::countr_zero(stops) + 1) / 8;
        return joined(word & (stops ^ (stops - 1)));
      }
    }
    uint64_t value = 0;
    for (int shift = 0; shift < 64 && at != end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at++);
      if (shift == 63 && byte > 1) break;
      value |= uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return value;
    }
    ok_ = false;
    at = end_;
    return 0;
  }

  // The lower seven bits of each byte as one number: the length of a varint is no branch either.
  static uint64_t joined(uint64_t word) {
    word = (word & 0x007F007F007F007FU) | ((word & 0x7F007F007F007F00U) >> 1);
    word = (word & 0x00003FFF00003FFFU) | ((word & 0x3FFF00003FFF0000U) >> 2);
    return (word & 0x000000000FFFFFFFU) | ((word & 0x0FFFFFFF00000000U) >> 4);
  }

  std::string_view text(size_t max_bytes) {
    const uint64_t size = varint(max_bytes);
    if (size > remaining()) {
      fail();
      return {};
    }
    const std::string_view words(at_, size);
    at_ += size;
    return words;
  }

  size_t remaining() const { return static_cast<size_t>(end_ - at_); }
  size_t offset() const { return static_cast<size_t>(at_ - begin_); }

  void fail() {
    ok_ = false;
    at_ = end_;
  }

  const char* const begin_;
  const char* at_;
  const char* const end_;
  bool ok_ = true;
};

}  // namespace locust_like::stats
