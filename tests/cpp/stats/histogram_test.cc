#include "stats/histogram.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

namespace locust_like::stats {
namespace {

using Times = TimeHistogram<uint64_t>;
using Delta = TimeHistogram<uint32_t>;

std::vector<uint64_t> random_values(uint32_t seed, size_t count) {
  std::mt19937_64 random(seed);
  std::vector<uint64_t> values(count);
  // Uniform in the logarithm over the whole range, so every octave is met.
  std::uniform_real_distribution<double> exponent(0, 31.9);
  for (uint64_t& value : values) value = static_cast<uint64_t>(std::exp2(exponent(random)));
  return values;
}

template <typename H>
H histogram_of(const std::vector<uint64_t>& values) {
  H histogram;
  for (const uint64_t value : values) histogram.record(value);
  return histogram;
}

template <int kSubBits>
void check_layout(double max_width) {
  using Layout = Buckets<kSubBits>;
  uint64_t next = 0;
  for (uint32_t i = 0; i < Layout::kCount; ++i) {
    REQUIRE(Layout::lower_us(i) == next);
    next = Layout::upper_us(i);
    REQUIRE(Layout::index_of(Layout::lower_us(i)) == i);
    REQUIRE(Layout::index_of(next - 1) == i);
    const double width = static_cast<double>(next - Layout::lower_us(i));
    REQUIRE((width == 1 || width / static_cast<double>(Layout::lower_us(i)) <= max_width));
  }
  CHECK(next == uint64_t{1} << 32);
}

}  // namespace

TEST_CASE("buckets follow each other without gaps over an hour and keep their width") {
  check_layout<kTimeSubBits>(0.0079);
  check_layout<kPhaseSubBits>(0.0313);
  CHECK(uint64_t{3600} * 1000 * 1000 < uint64_t{1} << 32);
}

TEST_CASE("percentiles of random values err by at most 0.8 %") {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    std::vector<uint64_t> values = random_values(seed, 1 + seed * 97);
    const Times histogram = histogram_of<Times>(values);
    std::sort(values.begin(), values.end());
    for (const double share : {0.0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0}) {
      const auto exact = static_cast<double>(values[rank_of(share, values.size())]);
      const double found = histogram.percentile_us(share).value();
      CHECK(std::abs(found - exact) <= std::max(0.008 * exact, 0.5));
    }
  }
}

TEST_CASE("an empty histogram has no percentile") {
  CHECK_FALSE(Times().percentile_us(0.5).has_value());
}

TEST_CASE("the rank of a percentile is Locust's") {
  CHECK(rank_of(0.5, 2) == 1);
  CHECK(rank_of(0.29, 100) == 28);  // 100 * 0.29 is 28.999... in doubles
  CHECK(rank_of(1.0, 10) == 9);
  CHECK(rank_of(-1.0, 10) == 0);
  CHECK(rank_of(7.0, 10) == 9);
}

TEST_CASE("values beyond the range count in the last bucket") {
  Times histogram;
  histogram.record(uint64_t{1} << 32);
  histogram.record(UINT64_MAX);
  CHECK(histogram.occupied() == std::vector<BucketCount>{{TimeBuckets::kCount - 1, 2}});
  CHECK(histogram.count() == 2);
}

TEST_CASE("merging is associative and equals recording everything in one") {
  const auto a = random_values(1, 500);
  const auto b = random_values(2, 300);
  const auto c = random_values(3, 7);
  std::vector<uint64_t> all = a;
  all.insert(all.end(), b.begin(), b.end());
  all.insert(all.end(), c.begin(), c.end());
  const Times whole = histogram_of<Times>(all);

  Times left = histogram_of<Times>(a);  // (a + b) + c
  left.merge(histogram_of<Delta>(b));
  left.merge(histogram_of<Delta>(c));
  Times tail = histogram_of<Times>(b);  // a + (b + c)
  tail.merge(histogram_of<Times>(c));
  Times right = histogram_of<Times>(a);
  right.merge(tail);

  CHECK(left.occupied() == whole.occupied());
  CHECK(right.occupied() == whole.occupied());
  CHECK(left.count() == all.size());
}

TEST_CASE("subtracting undoes merging") {
  const Times a = histogram_of<Times>(random_values(4, 400));
  Times sum = a;
  sum.merge(histogram_of<Times>(random_values(5, 400)));
  sum.subtract(histogram_of<Times>(random_values(5, 400)));
  CHECK(sum.occupied() == a.occupied());
  CHECK(sum.count() == a.count());
}

TEST_CASE("subtracting more than there is stops at zero") {
  Times few = histogram_of<Times>({5, 9});
  few.subtract(histogram_of<Times>({5, 5, 5, 77}));
  CHECK(few.occupied() == std::vector<BucketCount>{{9, 1}});
  CHECK(few.count() == 1);
}

TEST_CASE("a cleared histogram counts anew in the pages it has") {
  Delta histogram = histogram_of<Delta>({3, 3000});
  const uint32_t* page = histogram.page(0);
  histogram.clear();
  CHECK(histogram.count() == 0);
  CHECK(histogram.occupied().empty());
  histogram.record(4);
  CHECK(histogram.page(0) == page);
  CHECK(histogram.occupied() == std::vector<BucketCount>{{4, 1}});
}

TEST_CASE("copies share nothing") {
  Times original = histogram_of<Times>({10});
  const Times copy = original;
  original.record(10);
  CHECK(copy.count() == 1);
  CHECK(copy.occupied() == std::vector<BucketCount>{{10, 1}});
}

}  // namespace locust_like::stats
