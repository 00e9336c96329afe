// DeadlineTimer: one absolute wake-up of a loop at nanosecond resolution.
//
// A timerfd in a uv_poll (p50 45 us late; libuv's own timers, in whole milliseconds, are 800 us
// late). With LL_PORTABLE it is a uv_timer, 1 ms coarse.
// Ownership: `fired` and the loop must outlive it. Thread: the loop's.
#pragma once

#include <functional>

#include "base/clock.h"
#include "loop/handle.h"

struct uv_poll_s;
struct uv_timer_s;

namespace locust_like::loop {

class Loop;

class DeadlineTimer {
 public:
  // `fired` is called at the deadline or later; it or what follows in the same loop pass must call
  // arm() or disarm(), otherwise it is called again in the next pass.
  DeadlineTimer(Loop& loop, std::function<void()> fired);
  ~DeadlineTimer();
  DeadlineTimer(const DeadlineTimer&) = delete;
  DeadlineTimer& operator=(const DeadlineTimer&) = delete;

  // One system call each. A deadline in the past fires in the next loop pass.
  void arm(TimePoint deadline);
  void disarm();
  // Whether an armed timer keeps run() from returning; it does at first.
  void keep_loop_alive(bool keep);

 private:
  std::function<void()> fired_;
#if defined(LL_PORTABLE)
  Handle<uv_timer_s> handle_;
#else
  int fd_ = -1;
  Handle<uv_poll_s> handle_;
#endif
};

}  // namespace locust_like::loop
