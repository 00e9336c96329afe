#include "stats/proc_sampler.h"

#include <catch2/catch.hpp>

namespace locust_like::stats {
namespace {

TimePoint at_ms(int64_t ms) { return TimePoint(std::chrono::milliseconds(ms)); }

}  // namespace

TEST_CASE("schedstat is parsed and anything else refused") {
  const auto times = parse_schedstat("2500000000 1250000 42\n");
  REQUIRE(times);
  CHECK(times->run_ns == 2'500'000'000);
  CHECK(times->wait_ns == 1'250'000);
  CHECK_FALSE(parse_schedstat(""));
  CHECK_FALSE(parse_schedstat("12"));
  CHECK_FALSE(parse_schedstat("a b c"));
}

TEST_CASE("the machine's line of /proc/stat is parsed and anything else refused") {
  const auto times = parse_machine_stat("cpu  100 1 50 800 5 0 4 40 9 9");
  REQUIRE(times);
  CHECK(times->total_ticks == 1000);
  CHECK(times->steal_ticks == 40);
  CHECK_FALSE(parse_machine_stat("cpu0 1 2 3 4 5 6 7 8"));
  CHECK_FALSE(parse_machine_stat("cpu  1 2 3 4"));
  CHECK_FALSE(parse_machine_stat(""));
}

TEST_CASE("shares are differences over the time between") {
  ThreadSampler sampler(1);
  CHECK_FALSE(sampler.sample(at_ms(0), ThreadTimes{1'000'000, 0}));
  const auto shares = sampler.sample(at_ms(1000), ThreadTimes{801'000'000, 50'000'000});
  REQUIRE(shares);
  CHECK(shares->busy == Approx(0.8));
  CHECK(shares->wait == Approx(0.05));
}

TEST_CASE("without figures, or without time between them, there are no shares") {
  ThreadSampler sampler(1);
  sampler.sample(at_ms(0), ThreadTimes{5, 5});
  CHECK_FALSE(sampler.sample(at_ms(0), ThreadTimes{9, 9}));
  CHECK_FALSE(sampler.sample(at_ms(10), std::nullopt));
  CHECK_FALSE(sampler.sample(at_ms(20), ThreadTimes{9, 9}));
  const auto backwards = sampler.sample(at_ms(30), ThreadTimes{1, 1});
  REQUIRE(backwards);
  CHECK(backwards->busy == 0.0);
}

TEST_CASE("steal is its share of all ticks between") {
  StealSampler sampler;
  CHECK_FALSE(sampler.sample(MachineTimes{1000, 10}));
  CHECK(sampler.sample(MachineTimes{1200, 30}).value() == Approx(0.1));
  CHECK_FALSE(sampler.sample(MachineTimes{1200, 30}));
  CHECK_FALSE(sampler.sample(std::nullopt));
}

TEST_CASE("a thread that does not exist has no shares") {
  ThreadSampler sampler(-1);
  CHECK_FALSE(sampler.sample(at_ms(0)));
  CHECK_FALSE(sampler.sample(at_ms(1000)));
}

}  // namespace locust_like::stats
