// Loop: one uv_loop_t, its timing wheel, and the thread that runs it.
//
// A pass of run():
//   prepare   deferred deletes, hooks->before_poll(), what waits for the end of the pass, the
//             deadline timer set if it must ring
//   earlier poll      sockets, timers, posted work; does not sleep after poll_again() check
//   hooks->after_poll() closing   cells of closed handles free themselves
// Ownership: outlives everything built on it. Objects of a loop may be made before run() starts and
// destroyed after it returned, as long as one thread does so at a time.
// Cost: a pass without timers coming due makes no system call of its own besides the poll.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "loop/deadline_timer.h"
#include "loop/handle.h"
#include "loop/timing_wheel.h"
#include "loop/wakeup.h"

struct uv_check_s;
struct uv_idle_s;
struct uv_loop_s;
struct uv_prepare_s;

namespace locust_like::loop {

// Something whose destruction is put off to the next loop pass.
class Deferred {
 public:
  virtual ~Deferred() = default;
};

// Something that is put off to the end of a pass, so that it is done once for all that led to it.
class PassEnd {
 public:
  virtual ~PassEnd() = default;
  virtual void on_pass_end() = 0;
};

// Called by the loop around each poll; one per loop (the engine's I/O thread).
class PassHooks {
 public:
  virtual ~PassHooks() = default;
  virtual void before_poll() = 0;  // about to sleep: hand over batches, take up new work
  virtual void after_poll() = 0;   // woken
};

class Loop {
 public:
  // Aborts the process when the system refuses the few descriptors a loop needs.
  Loop();
  ~Loop();  // REQUIRES: not running, no live handles but its own; asserted in debug builds.
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs in the calling thread until stop(); returns when the last handle besides the loop's own
  // is closed, so whoever stops a loop also posts the end of what lives on it. May be called again
  // afterwards. Blocks SIGPIPE in the calling thread, for good: a peer that is gone is an error
  // code, never a signal.
  void run();
  // One pass: waits for the first event unless poll_again() was called. For tests and callers that
  // drive the loop themselves.
  void run_once();
  // Thread: any. Ask run() to return: everything posted before is run first; what is posted
  // afterwards may never be.
  void stop();
  // Thread: any. Run `work` on the loop's thread, in order of posting.
  void post(std::function<void()> work);
  // Thread: any. Only wake the loop up (an eventfd write, about 0.2-0.5 us, when no wake-up is
  // pending); after_poll() then runs.
  void wake();

  // Thread: the loop's, as is everything below.
  void set_hooks(PassHooks* hooks);  // must outlive run(); nullptr removes
  // For before_poll(), when it found work or leaves some: the poll that follows does not sleep.
  void poll_again();
  // Destroys `object` before the next poll, outside all callbacks.
  void defer_delete(std::unique_ptr<Deferred> object);
  // Calls `work` once before the next poll, after the hooks; the poll then does not sleep, so the
  // hooks see what came of it. REQUIRES: not waiting already.
  void at_pass_end(PassEnd& work);
  void forget_pass_end(PassEnd& work);  // no-op when it is not waiting
  TimingWheel& wheel() { return wheel_; }
  // One read buffer for all streams of the loop.
  char* read_buffer() { return read_buffer_.get(); }
  static constexpr size_t kReadBufferBytes = 65536;
  void assert_on_thread() const;
  // Handles alive (or still closing) besides the loop's own.
  int live_cells() const { return live_cells_ - own_cells_; }
  uv_loop_s* uv() { return uv_.get(); }
  void count_cell(int change) { live_cells_ += change; }  // for loop/cell.h

 private:
  struct UvCloser {
    void operator()(uv_loop_s* uv) const noexcept;
  };
  void enter();
  void leave();
  void watch_passes();
  void before_poll();
  void after_poll();
  void delete_deferred();
  void end_pass();
  void on_deadline();
  void update_deadline();

  int live_cells_ = 0;
  int own_cells_ = 0;
  std::unique_ptr<uv_loop_s, UvCloser> uv_;
  std::atomic<std::thread::id> thread_;  // set while running
  TimingWheel wheel_;
  std::unique_ptr<char[]> read_buffer_;
  PassHooks* hooks_ = nullptr;
  std::vector<std::unique_ptr<Deferred>> deferred_;
  std::vector<PassEnd*> at_pass_end_;
  Wakeup wakeup_;
  DeadlineTimer deadline_;
  std::optional<TimePoint> armed_for_;  // what deadline_ is set to
  bool deadline_fired_ = false;         // and must be set again
  Handle<uv_prepare_s> prepare_;
  Handle<uv_check_s> check_;
  Handle<uv_idle_s> idle_;
};

}  // namespace locust_like::loop
