#include "loop/timing_wheel.h"

#include <catch2/catch.hpp>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include "support/fake_clock.h"

using locust_like::Nanos;
using locust_like::TimePoint;
using locust_like::loop::Timer;
using locust_like::loop::TimingWheel;
using locust_like::testing::FakeClock;
using namespace std::chrono_literals;

namespace {

class CallbackTimer final : public Timer {
 public:
  explicit CallbackTimer(std::function<void()> done = [] {}) : done_(std::move(done)) {}
  int fired = 0;

 private:
  void on_timer() override {
    ++fired;
    done_();
  }
  std::function<void()> done_;
};

// Moves to each wake-up the wheel asks for until `end`, as Loop does; returns how many there were.
int run_until(TimingWheel& wheel, FakeClock& clock, TimePoint end) {
  int wakeups = 0;
  for (auto due = wheel.next_due(); due && *due <= end; due = wheel.next_due()) {
    clock.set(std::max(clock.now(), *due));
    wheel.advance(clock.now());
    ++wakeups;
  }
  clock.set(end);
  wheel.advance(end);
  return wakeups;
}

}  // namespace

TEST_CASE("a timer fires once, never early, at most one tick late") {
  FakeClock clock;
  TimingWheel wheel(clock.now());
  for (const Nanos delay : {Nanos(0), Nanos(1), Nanos(250us), Nanos(300us), Nanos(64ms),
                            Nanos(65ms), Nanos(17s), Nanos(80min), Nanos(30h)}) {
    const TimePoint due = clock.now() + delay;
    TimePoint fired_at;
    CallbackTimer timer([&] { fired_at = clock.now(); });
    wheel.schedule(timer, due);
    run_until(wheel, clock, due + 1s);
    CAPTURE(delay.count());
    CHECK(timer.fired == 1);
    CHECK(fired_at >= due);
    CHECK(fired_at - due <= TimingWheel::kTick);
    CHECK(wheel.size() == 0);
  }
}

TEST_CASE("random arming, moving and cancelling agrees with a sorted model") {
  std::mt19937_64 random(20240607);
  FakeClock clock;
  TimingWheel wheel(clock.now());
  constexpr size_t kTimers = 300;
  std::map<size_t, TimePoint> model;  // armed timers and when they are due
  std::vector<std::unique_ptr<CallbackTimer>> timers;
  size_t fired = 0;
  for (size_t i = 0; i < kTimers; ++i) {
    timers.push_back(std::make_unique<CallbackTimer>([&, i] {
      ++fired;
      REQUIRE(model.count(i) == 1);
      REQUIRE(clock.now() >= model[i]);
      REQUIRE(clock.now() - model[i] <= TimingWheel::kTick);
      model.erase(i);
    }));
  }
  const std::array<int64_t, 5> ranges_ns = {1'000'000, 70'000'000, 5'000'000'000,
                                            20'000'000'000'000, 2'000'000'000'000'000};
  for (int step = 0; step < 20'000; ++step) {
    const size_t i = random() % kTimers;
    if (random() % 4 == 0) {
      timers[i]->cancel();
      model.erase(i);
    } else {
      const auto range = ranges_ns[random() % ranges_ns.size()];
      const TimePoint due = clock.now() + Nanos(static_cast<int64_t>(random()) % range);
      wheel.schedule(*timers[i], due);
      model[i] = std::max(due, clock.now());
    }
    REQUIRE(wheel.size() == model.size());
    const auto pause = Nanos(static_cast<int64_t>(random() % 40'000'000));
    run_until(wheel, clock, clock.now() + pause);
  }
  run_until(wheel, clock, clock.now() + 1200h);
  CHECK(model.empty());
  CHECK(wheel.size() == 0);
  CHECK(fired > 1000);
}

TEST_CASE("a delay beyond the range of the wheel is kept") {
  FakeClock clock;
  TimingWheel wheel(clock.now());
  CallbackTimer timer;
  const TimePoint due = clock.now() + 1000h;
  wheel.schedule(timer, due);
  run_until(wheel, clock, due - 1ms);
  CHECK(timer.fired == 0);
  run_until(wheel, clock, due + 1ms);
  CHECK(timer.fired == 1);
}

TEST_CASE("a gap in time fires everything that came due, whatever its level") {
  FakeClock clock;
  TimingWheel wheel(clock.now());
  std::vector<std::unique_ptr<CallbackTimer>> timers;
  for (int i = 0; i < 1000; ++i) {
    timers.push_back(std::make_unique<CallbackTimer>());
    wheel.schedule(*timers.back(), clock.now() + i * 97ms);
  }
  clock.advance(1000 * 97ms);
  wheel.advance(clock.now());
  for (const auto& timer : timers) CHECK(timer->fired == 1);
}

TEST_CASE("a wake-up for far timers moves them without firing") {
  FakeClock clock;
  TimingWheel wheel(clock.now());
  CallbackTimer timer;
  wheel.schedule(timer, clock.now() + 60s);
  CHECK(run_until(wheel, clock, clock.now() + 59s) <= 3);
  CHECK(timer.fired == 0);
  CHECK(timer.armed());
}

TEST_CASE("cancelled timers leave no wake-ups behind") {
  FakeClock clock;
  TimingWheel wheel(clock.now());
  CallbackTimer timer;
  for (int i = 0; i < 500; ++i) wheel.schedule(timer, clock.now() + i * 1ms);
  timer.cancel();
  CHECK_FALSE(wheel.next_due().has_value());
  CallbackTimer late;
  wheel.schedule(late, clock.now() + 400ms);
  CHECK(run_until(wheel, clock, clock.now() + 300ms) <= 5);
}

TEST_CASE("a callback may arm, cancel and destroy timers, its own included") {
  FakeClock clock;
  TimingWheel wheel(clock.now());
  const TimePoint due = clock.now() + 10ms;

  SECTION("arming itself in the past waits for the next advance") {
    int rounds = 0;
    CallbackTimer* self = nullptr;
    CallbackTimer timer([&] {
      if (++rounds < 3) wheel.schedule(*self, due);
    });
    self = &timer;
    wheel.schedule(timer, due);
    wheel.advance(due);
    CHECK(rounds == 1);
    wheel.advance(due + 250us);
    wheel.advance(due + 500us);
    CHECK(rounds == 3);
    CHECK_FALSE(timer.armed());
  }
  SECTION("cancelling a timer of the same tick") {
    std::unique_ptr<CallbackTimer> first;
    std::unique_ptr<CallbackTimer> second;
    first = std::make_unique<CallbackTimer>([&] { second->cancel(); });
    second = std::make_unique<CallbackTimer>([&] { first->cancel(); });
    wheel.schedule(*first, due);
    wheel.schedule(*second, due);
    wheel.advance(due);
    CHECK(first->fired + second->fired == 1);
    CHECK(wheel.size() == 0);
  }
  SECTION("destroying itself") {
    std::unique_ptr<CallbackTimer> timer;
    timer = std::make_unique<CallbackTimer>([&] { timer.reset(); });
    wheel.schedule(*timer, due);
    wheel.advance(due);
    CHECK(timer == nullptr);
  }
}

TEST_CASE("a wheel that goes first cancels its timers") {
  CallbackTimer timer;
  {
    TimingWheel wheel{TimePoint()};
    wheel.schedule(timer, TimePoint() + 1h);
    CHECK(timer.armed());
  }
  CHECK_FALSE(timer.armed());
}
