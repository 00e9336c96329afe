// Pacer: starts at a constant rate, each at its own absolute due time.
//
// Start i is due at t0 + i / rate, computed from the index and never by adding intervals, so there
// is no drift and a late wake-up is caught up at once. Below 5,000 starts/s the loop wakes for
// each start; above that in ticks of 150 us, which costs a third of the CPU (one timerfd wake-up a
// start fills a core at 50,000/s) and delays a start by one tick at most.
// Rejected: libuv timers (0.8 ms late), spinning (a core).
#pragma once

#include <cstdint>
#include <functional>

#include "base/clock.h"
#include "loop/deadline_timer.h"
#include "loop/loop.h"

namespace locust_like::loop {

// `starts` in each `per`: 300,000 per second, or 1 per 90 s. Both positive; a fraction of integers,
// because a period in whole nanoseconds is wrong by 0.01 % at 300,000/s.
struct Rate {
  uint64_t starts = 1;
  Nanos per = std::chrono::seconds(1);
};

// When each start is due. Pure. Start 0 is due at `origin`.
class PaceSchedule {
 public:
  PaceSchedule(TimePoint origin, Rate rate);

  // The first nanosecond that is not before origin + index / rate.
  TimePoint due(uint64_t index) const;
  // How many starts are due at `now`: 0 before the origin; then index < due_count(now) if and only
  // if due(index) <= now.
  uint64_t due_count(TimePoint now) const;
  // When to wake for start `index`: when it is due, or at the end of the tick in which it is.
  TimePoint wake_for(uint64_t index) const;

 private:
  TimePoint origin_;
  Rate rate_;
  bool ticks_;  // too fast for a wake-up each
};

// Drives a schedule on a loop. Thread: the loop's. Ownership: the loop outlives it.
class Pacer {
 public:
  // `due(first, end)`: the starts first .. end-1 are due now, in order, each exactly once. It may
  // call stop(), but not destroy the pacer.
  using Due = std::function<void(uint64_t first, uint64_t end)>;
  Pacer(Loop& loop, const PaceSchedule& schedule, Due due);
  Pacer(const Pacer&) = delete;
  Pacer& operator=(const Pacer&) = delete;

  // No call of `due` comes afterwards.
  void stop();
  const PaceSchedule& schedule() const { return schedule_; }

 private:
  void wake();

  PaceSchedule schedule_;
  Due due_;
  uint64_t next_ = 0;
  bool stopped_ = false;
  DeadlineTimer timer_;
};

}  // namespace locust_like::loop
