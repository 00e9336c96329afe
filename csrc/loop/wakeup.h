// Wakeup: the only cross-thread door of a loop: a uv_async and the work that was posted through it.
//
// The event descriptor is written only when no wake-up is pending, so waking a loop that was woken
// already costs one atomic exchange.
#pragma once

#include <atomic>
#include <functional>
#include <vector>

#include "base/mutex.h"
#include "loop/handle.h"

struct uv_async_s;

namespace locust_like::loop {

class Loop;

class Wakeup {
 public:
  explicit Wakeup(Loop& loop);  // must outlive this
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  // Thread: any.
  void post(std::function<void()> work);
  void wake();

  // Thread: the loop's. Runs what was posted before this call, in order.
  void run_posted();
  // Whether waiting for wake-ups keeps Loop::run() from returning.
  void keep_loop_alive(bool keep);

 private:
  Handle<uv_async_s> handle_;
  std::atomic<bool> pending_ = false;
  Mutex mutex_;
  std::vector<std::function<void()>> posted_ LL_GUARDED_BY(mutex_);
};

}  // namespace locust_like::loop
