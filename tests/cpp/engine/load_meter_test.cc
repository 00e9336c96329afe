#include "engine/load_meter.h"

#include <catch2/catch.hpp>

namespace locust_like::engine {
namespace {

using namespace std::chrono_literals;

const TimePoint kStart(1h);

TEST_CASE("an interval has its longest pass, lateness and resource errors, and only its own") {
  LoadMeter meter;
  meter.pass_begins(kStart);
  meter.pass_ends(kStart + 3ms);
  meter.pass_begins(kStart + 10ms);
  meter.pass_ends(kStart + 11ms);
  for (int i = 1; i <= 100; ++i) meter.note_lateness(std::chrono::milliseconds(i));
  meter.note_resource_error();
  meter.close_interval(kStart, kStart + 1s);
  meter.close_interval(kStart + 1s, kStart + 2s);
  const std::vector<LoadInterval> intervals = meter.take_intervals();
  REQUIRE(intervals.size() == 2);
  CHECK(intervals[0].length == 1s);
  CHECK(intervals[0].longest_pass == 3ms);
  CHECK(static_cast<double>(intervals[0].lateness_p99.count()) == Approx(1e8).epsilon(0.004));
  CHECK(intervals[0].resource_errors == 1);
  CHECK(intervals[1].start == kStart + 1s);
  CHECK(intervals[1].longest_pass == 0ns);
  CHECK(intervals[1].lateness_p99 == 0ns);
  CHECK(intervals[1].resource_errors == 0);
  CHECK(meter.take_intervals().empty());
}

TEST_CASE("all of an interval's lateness counts, not only its beginning") {
  LoadMeter meter;
  for (int i = 0; i < 90'000; ++i) meter.note_lateness(0ns);
  for (int i = 0; i < 10'000; ++i) meter.note_lateness(7ms);
  meter.close_interval(kStart, kStart + 1s);
  const LoadInterval interval = meter.take_intervals().at(0);
  CHECK(static_cast<double>(interval.lateness_p99.count()) == Approx(7e6).epsilon(0.004));
}

TEST_CASE("the first pass of a thread does not last since the machine started") {
  LoadMeter meter;
  const TimePoint now = steady_now();
  meter.pass_ends(now);
  meter.close_interval(now, now + 1s);
  CHECK(meter.take_intervals().at(0).longest_pass < 10s);
}

TEST_CASE("intervals that nobody takes are bounded, the newest stay") {
  LoadMeter meter;
  for (int i = 0; i < 1000; ++i) meter.close_interval(kStart + i * 1s, kStart + (i + 1) * 1s);
  const std::vector<LoadInterval> intervals = meter.take_intervals();
  CHECK(intervals.size() == 900);
  CHECK(intervals.back().start == kStart + 999s);
}

}  // namespace
}  // namespace locust_like::engine
