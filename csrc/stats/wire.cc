#include "stats/wire.h"

#include <bit>
#include <cmath>

namespace locust_like::stats {
namespace {

constexpr int kRealBytes = 8;
constexpr int kMaxVarintBytes = 10;

}  // namespace

std::string_view utf8_prefix(std::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

void ByteWriter::varint(uint64_t value) {
  while (value >= 0x80) {
    bytes_.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  bytes_.push_back(static_cast<char>(value));
}

void ByteWriter::real(double value) {
  const auto bits = std::bit_cast<uint64_t>(value);
  for (int i = 0; i < kRealBytes; ++i) bytes_.push_back(static_cast<char>(bits >> (8 * i)));
}

void ByteWriter::text(std::string_view value) {
  varint(value.size());
  bytes_.append(value);
}

void ByteWriter::buckets(const std::vector<BucketCount>& buckets) {
  varint(buckets.size());
  uint32_t next = 0;
  for (const auto& [index, count] : buckets) {
    varint(index - next);
    varint(count);
    next = index + 1;
  }
}

uint64_t ByteReader::long_varint(uint64_t max) {
  uint64_t value = 0;
  for (int i = 0; i < kMaxVarintBytes && !rest_.empty(); ++i) {
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    if (i == kMaxVarintBytes - 1 && byte > 1) break;
    value |= uint64_t{byte & 0x7FU} << (7 * i);
    if (byte < 0x80) {
      if (value > max) break;
      return value;
    }
  }
  fail();
  return 0;
}

double ByteReader::real() {
  if (rest_.size() < kRealBytes) {
    fail();
    return 0;
  }
  uint64_t bits = 0;
  for (int i = 0; i < kRealBytes; ++i) {
    bits |= uint64_t{static_cast<unsigned char>(rest_[static_cast<size_t>(i)])} << (8 * i);
  }
  rest_.remove_prefix(kRealBytes);
  const auto value = std::bit_cast<double>(bits);
  if (std::isfinite(value)) return value;
  fail();
  return 0;
}

std::string_view ByteReader::text(size_t max_bytes) {
  const uint64_t size = varint(max_bytes);
  if (!ok_ || size > rest_.size()) {
    fail();
    return {};
  }
  const std::string_view value = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return value;
}

std::vector<BucketCount> ByteReader::buckets(uint32_t bucket_count) {
  std::vector<BucketCount> buckets;
  const uint64_t pairs = varint(bucket_count);
  if (pairs * 2 > rest_.size()) fail();
  buckets.reserve(ok_ ? pairs : 0);
  uint64_t next = 0;
  for (uint64_t i = 0; i < pairs && ok_; ++i) {
    const uint64_t index = next + varint(bucket_count);
    const uint64_t count = varint(kMaxCount);
    if (!ok_) break;
    if (index >= bucket_count || count == 0) {
      fail();
      break;
    }
    buckets.push_back({static_cast<uint32_t>(index), count});
    next = index + 1;
  }
  return buckets;
}

}  // namespace locust_like::stats
