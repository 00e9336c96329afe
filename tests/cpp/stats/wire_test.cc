#include "stats/wire.h"

#include <catch2/catch.hpp>
#include <cmath>

namespace locust_like::stats {
namespace {

std::string buckets_as_bytes(const std::vector<uint64_t>& numbers) {
  ByteWriter writer;
  for (const uint64_t number : numbers) writer.varint(number);
  return writer.take();
}

}  // namespace

TEST_CASE("numbers, reals and texts come back as they went") {
  const std::vector<uint64_t> numbers = {0, 1, 127, 128, 300, UINT32_MAX, UINT64_MAX};
  ByteWriter writer;
  for (const uint64_t number : numbers) writer.varint(number);
  writer.real(-1.5e300);
  writer.text("ab\0c");
  writer.text("");
  const std::string bytes = writer.take();
  ByteReader reader(bytes);
  for (const uint64_t number : numbers) CHECK(reader.varint() == number);
  CHECK(reader.real() == -1.5e300);
  CHECK(reader.text(10) == "ab\0c");
  CHECK(reader.text(0).empty());
  CHECK(reader.ok());
  CHECK(reader.at_end());
}

TEST_CASE("varints that are too long, too large or cut off fail") {
  const auto is_accepted = [](const std::string& bytes, uint64_t max) {
    ByteReader reader(bytes);
    reader.varint(max);
    return reader.ok();
  };
  CHECK(is_accepted("\x04", 4));
  CHECK_FALSE(is_accepted("\x05", 4));
  CHECK_FALSE(is_accepted("\x80", UINT64_MAX));
  CHECK_FALSE(is_accepted(std::string(10, '\xFF'), UINT64_MAX));
  CHECK_FALSE(is_accepted("", UINT64_MAX));
}

TEST_CASE("a failed reader stays failed and returns nothing") {
  ByteReader reader("\x02zz");
  reader.text(1);
  CHECK_FALSE(reader.ok());
  CHECK(reader.varint() == 0);
  CHECK(reader.text(5).empty());
  CHECK(reader.real() == 0);
  CHECK(reader.buckets(10).empty());
  CHECK(reader.remaining() == 0);
}

TEST_CASE("reals that are not finite fail") {
  for (const double value : {INFINITY, -INFINITY, NAN}) {
    ByteWriter writer;
    writer.real(value);
    ByteReader reader(writer.bytes());
    reader.real();
    CHECK_FALSE(reader.ok());
  }
}

TEST_CASE("buckets come back, and malformed ones fail") {
  const std::vector<BucketCount> buckets = {{0, 1}, {1, 7}, {90, kMaxCount}, {99, 2}};
  ByteWriter writer;
  writer.buckets(buckets);
  ByteReader reader(writer.bytes());
  CHECK(reader.buckets(100) == buckets);
  CHECK(reader.at_end());

  const auto is_accepted = [](const std::vector<uint64_t>& numbers) {
    const std::string bytes = buckets_as_bytes(numbers);
    ByteReader bad(bytes);
    bad.buckets(100);
    return bad.ok();
  };
  CHECK(is_accepted({1, 99, 5}));
  CHECK_FALSE(is_accepted({1, 100, 5}));                // gap past the last bucket
  CHECK_FALSE(is_accepted({2, 60, 1, 40, 1}));          // gaps that add up past it
  CHECK_FALSE(is_accepted({2, 60, 1, UINT64_MAX, 1}));  // gap that would wrap around
  CHECK_FALSE(is_accepted({1, 5, 0}));                  // empty bucket
  CHECK_FALSE(is_accepted({1, 5, kMaxCount + 1}));      // absurd count
  CHECK_FALSE(is_accepted({101, 0, 1}));                // more pairs than buckets
  CHECK_FALSE(is_accepted({50, 0, 1}));                 // more pairs than bytes
}

TEST_CASE("texts are cut between UTF-8 characters") {
  CHECK(utf8_prefix("abc", 3) == "abc");
  CHECK(utf8_prefix("abc", 2) == "ab");
  CHECK(utf8_prefix("a\xC3\xA9", 2) == "a");
  CHECK(utf8_prefix("\xF0\x9F\x98\x80", 3).empty());
}

}  // namespace locust_like::stats
