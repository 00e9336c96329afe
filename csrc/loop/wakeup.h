// Wakeup: the only cross-thread door of a loop: an eventfd and the work that was posted through it.
//
// The descriptor is written only when no wake-up is pending, so waking a loop that was woken
// already costs one atomic exchange. It is no uv_async, on purpose: libuv's receiver waits,
// spinning and then with sched_yield(), until the sender has left uv_async_send(). On a shared core
// the sender is preempted right there by the thread it woke, which so gave its turn away for a
// scheduler tick. With LL_PORTABLE the descriptor is a pipe.
#pragma once

#include <atomic>
#include <functional>
#include <vector>

#include "base/mutex.h"
#include "loop/handle.h"

struct uv_poll_s;

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
  void drain();

  int read_fd_ = -1;
  int write_fd_ = -1;  // the same one for an eventfd
  Handle<uv_poll_s> handle_;
  std::atomic<bool> pending_ = false;
  Mutex mutex_;
  std::vector<std::function<void()>> posted_ LL_GUARDED_BY(mutex_);
};

}  // namespace locust_like::loop
