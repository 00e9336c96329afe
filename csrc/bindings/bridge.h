// Bridge: where greenlets wait for the engine. The GIL rules live here.
//
// A waiting call puts its operation into a local batch and switches to gevent's hub; the I/O thread
// announces finished operations on an eventfd; the hub's watcher calls drain(), which switches
// straight into each waiting greenlet. Nothing on this path is a pybind11 function: its call
// frames abort the process when a greenlet switches above them.
//
//  - drain() never raises: gevent stops an I/O watcher whose callback raised, and nobody would ever
//    wake again. What a greenlet lets escape goes to hub.handle_error.
//  - drain() takes about 1 ms at a time, so that gevent's timers and other watchers run.
//  - Submissions cross at the end of a drain, every kFlushEvery, or (outside a drain) just before
//    the hub polls, through a prepare watcher that runs after gevent's own callbacks.
//  - The watcher holds a reference on gevent's loop only while something is waited for.
//  - A caller on the hub itself gets BlockingSwitchOutError; another OS thread waits on a condition
//    variable with the GIL released.
//  - After a fork the child leaves the parent's engine alone and starts its own.
// Thread: all members need the GIL.
#pragma once

#include <memory>
#include <vector>

#include "bindings/python_ref.h"
#include "engine/engine.h"

namespace locust_like::bindings {

class Bridge {
 public:
  // This process's bridge. Starts nothing yet.
  static Bridge& get();

  // True in a child of fork(): native objects made before belong to the parent.
  static bool was_forked();

  // The engine, started on first use. Null with a Python exception set when that fails.
  // Keep a copy while you work without the GIL: another thread may call shutdown().
  std::shared_ptr<engine::Engine> engine();
  // Changes when a new engine was started (after shutdown() or in a forked child).
  uint32_t epoch() const { return epoch_; }
  int io_threads() const { return io_threads_; }
  bool running() const { return engine_ != nullptr; }
  engine::Engine& running_engine() { return *engine_; }  // REQUIRES: running()

  // Hands `operation` over and waits for it. True: it has finished and is the caller's again.
  // False: a Python exception is set (kill, gevent.Timeout, wrong place to wait); the operation is
  // cancelled and now the bridge's, do not touch it. A streamed call is waited for again and again.
  bool wait(engine::Operation& operation, ThreadId thread);

  // Takes over a call that nobody waits for, for the I/O thread to end it. An exception may be set.
  void let_end(engine::CallOperation& call, ThreadId thread);

  // Objects for wait(); pooled. Give back what wait() returned true for.
  engine::CallOperation* new_call();
  void recycle(engine::CallOperation* call);
  engine::SleepOperation* new_sleep();
  void recycle(engine::SleepOperation* sleep);

  // Counts a row with the next batch. The recorder must be registered with engine().
  void add_sample(engine::PendingSample&& sample, ThreadId thread);
  void close_pool(engine::PoolHandle* pool, ThreadId thread);
  // Hands the pending batches over now.
  void flush();
  int waiting() const { return waiting_; }
  // Stops the engine; waiting calls end as cancelled when the hub next runs.
  void shutdown();

  // Delay from a call's last byte to its greenlet running again, noted since the last take.
  std::vector<int64_t> take_resume_delays_ns();

  // Watcher callbacks.
  void drain();
  void before_hub_polls() { flush(); }

 private:
  Bridge() = default;
  bool start();
  // In a forked child: the parent goes on with the engine; our copies of its watchers must not run.
  void leave_to_parent();
  void close_watchers();
  bool may_attach() const;
  bool attach_hub();
  bool on_hub_thread() const;
  bool wait_in_greenlet(engine::Operation& operation, ThreadId thread);
  bool wait_in_thread(engine::Operation& operation, ThreadId thread);
  void abandon(engine::Operation& operation, ThreadId thread);
  void refuse(engine::Operation& operation, ThreadId thread);
  void deliver(engine::Operation& operation, TimePoint now);
  void return_after_stop(engine::Operation& operation);
  void recycle(engine::Operation& operation);
  void resume(PyObject* greenlet);
  void hold_loop(bool hold);
  void announce() const;
  bool is_pending(const engine::Operation& operation, ThreadId thread) const;
  void added_one();

  std::shared_ptr<engine::Engine> engine_;
  std::vector<engine::Batch> batches_;  // one an I/O thread
  size_t batched_ = 0;                  // operations and samples not yet handed over
  std::vector<engine::Operation*> finished_;
  size_t next_finished_ = 0;
  std::vector<std::unique_ptr<engine::CallOperation>> free_calls_;
  std::vector<std::unique_ptr<engine::SleepOperation>> free_sleeps_;
  std::vector<int64_t> resume_delays_ns_;
  Ref hub_;
  Ref watcher_;
  Ref prepare_;
  unsigned long main_thread_ = 0;
  unsigned long hub_thread_ = 0;
  int event_fd_ = -1;
  int io_threads_ = 1;
  int waiting_ = 0;
  uint32_t epoch_ = 0;
  bool loop_held_ = false;
};

}  // namespace locust_like::bindings
