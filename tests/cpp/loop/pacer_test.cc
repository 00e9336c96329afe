#include "loop/pacer.h"

#include <catch2/catch.hpp>

#include "support/fake_clock.h"
#include "support/loopback_server.h"

using locust_like::Nanos;
using locust_like::steady_now;
using locust_like::TimePoint;
using locust_like::loop::Loop;
using locust_like::loop::Pacer;
using locust_like::loop::PaceSchedule;
using locust_like::loop::Rate;
using locust_like::testing::FakeClock;
using locust_like::testing::RunUntil;
using namespace std::chrono_literals;

TEST_CASE("due times follow from the index, without drift") {
  const TimePoint origin(1h);
  const PaceSchedule thirds(origin, {.starts = 3, .per = 1s});
  CHECK(thirds.due(0) == origin);
  CHECK(thirds.due(1) == origin + 333'333'334ns);
  CHECK(thirds.due(2) == origin + 666'666'667ns);
  CHECK(thirds.due(3) == origin + 1s);

  const PaceSchedule fast(origin, {.starts = 300'000, .per = 1s});
  // A year later still exact, where the product needs more than 64 bits.
  CHECK(fast.due(uint64_t{300'000} * 31'536'000) == origin + 8760h);
  const PaceSchedule slow(origin, {.starts = 1, .per = 90s});
  CHECK(slow.due(40) == origin + 1h);
}

TEST_CASE("the count of due starts is the inverse of the due time") {
  const TimePoint origin(1h);
  const uint64_t starts = GENERATE(1, 3, 7, 999, 48'000, 1'000'000);
  const PaceSchedule schedule(origin, {.starts = starts, .per = 1s});
  CHECK(schedule.due_count(origin - 1ns) == 0);
  CHECK(schedule.due_count(origin) == 1);
  for (const uint64_t index : {1ULL, 2ULL, 5ULL, 1000ULL, 123'456'789ULL}) {
    CAPTURE(starts, index);
    CHECK(schedule.due_count(schedule.due(index)) == index + 1);
    CHECK(schedule.due_count(schedule.due(index) - 1ns) == index);
  }
}

TEST_CASE("slow schedules wake exactly, fast ones at the end of 150 us ticks") {
  const TimePoint origin(1h);
  const PaceSchedule exact(origin, {.starts = 5000, .per = 1s});
  for (uint64_t index = 0; index < 100; ++index) {
    CHECK(exact.wake_for(index) == exact.due(index));
  }
  const PaceSchedule ticking(origin, {.starts = 5001, .per = 1s});
  for (uint64_t index = 0; index < 100; ++index) {
    const Nanos wait = ticking.wake_for(index) - ticking.due(index);
    CHECK(wait >= 0ns);
    CHECK(wait < 150us);
    CHECK((ticking.wake_for(index) - origin) % 150us == 0ns);
  }
}

TEST_CASE("wake-ups at any lateness release every start once and in order") {
  FakeClock clock;
  const PaceSchedule schedule(clock.now(), {.starts = 12'345, .per = 1s});
  const TimePoint end = clock.now() + 10s;
  uint64_t next = 0;
  int wakeups = 0;
  while (clock.now() < end) {
    clock.set(std::max(clock.now(), schedule.wake_for(next)));
    clock.advance(wakeups++ % 100 == 0 ? Nanos(20ms) : Nanos(40us));
    const uint64_t due = schedule.due_count(clock.now());
    REQUIRE(due > next);
    REQUIRE(schedule.due(due - 1) <= clock.now());
    REQUIRE(schedule.due(due) > clock.now());
    next = due;
  }
  CHECK(next >= 123'450);
}

TEST_CASE("the pacer releases starts in order, none early, and none after stop") {
  const uint64_t rate = GENERATE(1000, 50'000);
  Loop loop;
  const PaceSchedule schedule(steady_now() + 1ms, {.starts = rate, .per = 1s});
  uint64_t expected = 0;
  Pacer* running = nullptr;
  Pacer pacer(loop, schedule, [&](uint64_t first, uint64_t end) {
    CHECK(first == expected);
    CHECK(end > first);
    CHECK(schedule.due(end - 1) <= steady_now());
    expected = end;
    if (end >= 20) running->stop();
  });
  running = &pacer;
  RunUntil(loop, [&] { return expected >= 20; });
  const uint64_t released = expected;
  int passes = 0;
  RunUntil(loop, [&] {
    loop.poll_again();
    return ++passes > 50;
  });
  CHECK(expected == released);
}
