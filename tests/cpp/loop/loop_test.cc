#include "loop/loop.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

using locust_like::steady_now;
using locust_like::TimePoint;
using locust_like::loop::DeadlineTimer;
using locust_like::loop::Deferred;
using locust_like::loop::Loop;
using locust_like::loop::PassEnd;
using locust_like::loop::PassHooks;
using locust_like::loop::Timer;
using namespace std::chrono_literals;

namespace {

class CallbackTimer final : public Timer {
 public:
  explicit CallbackTimer(std::function<void()> done) : done_(std::move(done)) {}

 private:
  void on_timer() override { done_(); }
  std::function<void()> done_;
};

class Noted final : public Deferred {
 public:
  explicit Noted(std::function<void()> gone) : gone_(std::move(gone)) {}
  ~Noted() override { gone_(); }

 private:
  std::function<void()> gone_;
};

class NotedEnd final : public PassEnd {
 public:
  explicit NotedEnd(std::function<void()> came) : came_(std::move(came)) {}

 private:
  void on_pass_end() override { came_(); }
  std::function<void()> came_;
};

}  // namespace

TEST_CASE("what waits for the end of a pass is called once, and the loop does not sleep then") {
  Loop loop;
  int ends = 0;
  NotedEnd second([&] { ++ends; });
  NotedEnd forgotten([&] { ends += 100; });
  NotedEnd first([&] {
    ++ends;
    loop.at_pass_end(second);  // still the same pass
    loop.forget_pass_end(forgotten);
  });
  loop.at_pass_end(forgotten);
  loop.at_pass_end(first);
  // Nothing else would wake this loop.
  loop.run_once();
  CHECK(ends == 2);
}

TEST_CASE("posted work runs in order, and all of it before a stop") {
  Loop loop;
  std::vector<int> order;
  for (int i = 0; i < 3; ++i) loop.post([&, i] { order.push_back(i); });
  loop.stop();
  loop.run();
  CHECK(order == std::vector<int>{0, 1, 2});
}

TEST_CASE("work posted from other threads keeps each thread's order") {
  Loop loop;
  std::vector<std::vector<int>> seen(2);
  std::thread runner([&] { loop.run(); });
  std::vector<std::thread> posters;
  for (size_t poster = 0; poster < seen.size(); ++poster) {
    posters.emplace_back([&, poster] {
      for (int i = 0; i < 2000; ++i) loop.post([&, poster, i] { seen[poster].push_back(i); });
    });
  }
  for (auto& poster : posters) poster.join();
  loop.stop();
  runner.join();
  for (const auto& numbers : seen) {
    REQUIRE(numbers.size() == 2000);
    CHECK(std::is_sorted(numbers.begin(), numbers.end()));
  }
}

TEST_CASE("a loop runs again after it was stopped") {
  Loop loop;
  int runs = 0;
  for (int i = 0; i < 3; ++i) {
    loop.post([&] { ++runs; });
    loop.stop();
    loop.run();
  }
  CHECK(runs == 3);
}

TEST_CASE("a loop that never ran, or holds unrun work, can be destroyed") {
  bool ran = false;
  {
    Loop loop;
    loop.post([&] { ran = true; });
  }
  CHECK_FALSE(ran);
}

TEST_CASE("deferred objects die outside callbacks, also when one defers another") {
  Loop loop;
  std::vector<int> order;
  loop.post([&] {
    loop.defer_delete(std::make_unique<Noted>([&] {
      order.push_back(2);
      loop.defer_delete(std::make_unique<Noted>([&] { order.push_back(3); }));
    }));
    order.push_back(1);
    loop.stop();
  });
  loop.run();
  CHECK(order == std::vector<int>{1, 2, 3});
}

TEST_CASE("hooks surround every poll, and poll_again keeps the poll from sleeping") {
  struct Hooks final : PassHooks {
    explicit Hooks(Loop& driven) : loop(driven) {}
    void before_poll() override {
      CHECK(before == after);
      // Nothing else wakes this loop: without poll_again() it would sleep forever.
      if (++before < 100) loop.poll_again();
      if (before == 100) loop.stop();
    }
    void after_poll() override { CHECK(++after == before); }
    Loop& loop;
    int before = 0;
    int after = 0;
  };
  Loop loop;
  Hooks hooks(loop);
  loop.set_hooks(&hooks);
  loop.run();
  CHECK(hooks.before >= 100);
  CHECK(hooks.after == hooks.before);
}

TEST_CASE("wake leads to after_poll without posting anything") {
  struct Hooks final : PassHooks {
    explicit Hooks(Loop& driven) : loop(driven) {}
    void before_poll() override { sleeping = true; }
    void after_poll() override {
      if (work.exchange(false)) {
        found = true;
        loop.stop();
      }
    }
    Loop& loop;
    std::atomic<bool> sleeping = false;
    std::atomic<bool> work = false;
    bool found = false;
  };
  Loop loop;
  Hooks hooks(loop);
  loop.set_hooks(&hooks);
  std::thread runner([&] { loop.run(); });
  while (!hooks.sleeping) std::this_thread::yield();
  hooks.work = true;
  loop.wake();
  runner.join();
  CHECK(hooks.found);
}

TEST_CASE("timers of the wheel fire on the loop, in the order of their due times, never early") {
  Loop loop;
  std::vector<int> order;
  const TimePoint start = steady_now();
  TimePoint first_fired;
  CallbackTimer third([&] {
    order.push_back(3);
    loop.stop();
  });
  CallbackTimer second([&] { order.push_back(2); });
  CallbackTimer first([&] {
    first_fired = steady_now();
    order.push_back(1);
  });
  loop.wheel().schedule(third, start + 9ms);
  loop.wheel().schedule(second, start + 6ms);
  loop.wheel().schedule(first, start + 3ms);
  loop.run();
  CHECK(order == std::vector<int>{1, 2, 3});
  CHECK(first_fired >= start + 3ms);
}

TEST_CASE("a timer that is cancelled does not keep the others from firing") {
  Loop loop;
  bool cancelled_fired = false;
  CallbackTimer cancelled([&] { cancelled_fired = true; });
  CallbackTimer late([&] { loop.stop(); });
  loop.post([&] {
    loop.wheel().schedule(cancelled, steady_now() + 1ms);
    loop.wheel().schedule(late, steady_now() + 5ms);
  });
  loop.post([&] { cancelled.cancel(); });
  loop.run();
  CHECK_FALSE(cancelled_fired);
}

TEST_CASE("a timer may be armed again from its own callback") {
  Loop loop;
  int fired = 0;
  CallbackTimer* self = nullptr;
  CallbackTimer timer(
      [&] { ++fired == 20 ? loop.stop() : loop.wheel().schedule(*self, steady_now()); });
  self = &timer;
  loop.wheel().schedule(timer, steady_now());
  loop.run();
  CHECK(fired == 20);
}

TEST_CASE("a deadline timer fires at its time and stays quiet when disarmed") {
  Loop loop;
  int fired = 0;
  TimePoint due = steady_now() + 2ms;
  std::unique_ptr<DeadlineTimer> timer;
  timer = std::make_unique<DeadlineTimer>(loop, [&] {
    CHECK(steady_now() >= due);
    if (++fired == 1) {
      due = steady_now() - 1ms;  // in the past: the next pass
      timer->arm(due);
      return;
    }
    timer->disarm();
    loop.post([&] {
      timer.reset();
      loop.stop();
    });
  });
  timer->arm(due);
  CHECK(loop.live_cells() == 1);
  loop.run();
  CHECK(fired == 2);
  CHECK(loop.live_cells() == 0);
}
