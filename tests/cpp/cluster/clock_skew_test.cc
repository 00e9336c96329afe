#include "cluster/clock_skew.h"

#include <catch2/catch.hpp>

namespace locust_like::cluster {
namespace {

constexpr TimePoint kStart{std::chrono::hours(1)};
using namespace std::chrono_literals;

}  // namespace

TEST_CASE("skew is half a round trip off at most") {
  ClockSkew skew;
  CHECK_FALSE(skew.skew_s().has_value());
  // Our clock: sent at 100.0, back at 100.3; the worker held it 0.1 s and is 5 s ahead. 0.2 s were
  // under way, all of it there.
  skew.add(kStart, 100ms, 105.3, kStart + 300ms, 100.3);
  CHECK(skew.round_trip_s().value() == Approx(0.2));
  CHECK(skew.skew_s().value() == Approx(5.1));
}

TEST_CASE("of the last round trips the shortest counts") {
  ClockSkew skew;
  skew.add(kStart, 0ms, 1.0, kStart + 10ms, 0.0);
  skew.add(kStart, 0ms, 9.0, kStart + 900ms, 0.0);
  CHECK(skew.skew_s().value() == Approx(1.005));
  // A clock that was set is believed when the window has passed.
  for (int i = 0; i < 8; ++i) skew.add(kStart, 0ms, 3.0, kStart + 50ms, 0.0);
  CHECK(skew.skew_s().value() == Approx(3.025));
}

TEST_CASE("an echo of what was never sent is ignored") {
  ClockSkew skew;
  skew.add(kStart + 1s, 0ms, 1.0, kStart, 0.0);
  skew.add(kStart, 5s, 1.0, kStart + 1s, 0.0);
  skew.add(kStart, -5s, 1.0, kStart + 1s, 0.0);
  CHECK_FALSE(skew.skew_s().has_value());
}

}  // namespace locust_like::cluster
