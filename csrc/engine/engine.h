// Engine: the public face of the core: start, submit, snapshot, stop.
//
// Start here. The submitting side (bindings/bridge, or a C++ test) fills a Batch for an I/O thread,
// submits it, and takes finished operations when `announce` was called. What happens between
// is described in io_thread.h.
// Thread: any, also while another one stops it; destroyed by the last that uses it.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/mutex.h"
#include "engine/io_thread.h"
#include "engine/recorder.h"
#include "engine/submission.h"
#include "stats/snapshot.h"

namespace locust_like::engine {

class Engine {
 public:
  // `announce` is called on an I/O thread when finished operations begin to wait. REQUIRES:
  // io_threads >= 1.
  Engine(int io_threads, const std::function<void()>& announce);
  ~Engine();  // stops
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  int io_threads() const { return static_cast<int>(threads_.size()); }
  // The thread for the next user; users are spread round-robin and stay where they are.
  ThreadId next_thread();

  // After stop() what is submitted comes back as cancelled.
  void submit(ThreadId thread, Batch& batch) { threads_[thread.value]->submit(batch); }
  // Appends what has finished on all threads. False when nothing had.
  bool take_finished(std::vector<Operation*>& out);

  // A recorder must be known here before a sample or call that names it is submitted. REQUIRES: it
  // was made for at least io_threads() threads.
  void add_recorder(const std::shared_ptr<Recorder>& recorder);
  // The engine keeps the recorder until all submissions made before are recorded.
  void remove_recorder(const std::shared_ptr<Recorder>& recorder);
  // Blocks until every I/O thread has handed over what it recorded from submissions made before
  // this call; then everything is in recorder.collector(). Microseconds when the threads are idle.
  void collect(Recorder& recorder);
  // Forgets all counts of `recorder`. Blocks like collect().
  void reset(Recorder& recorder);

  // Finished one-second intervals of each thread since the last call.
  std::vector<std::vector<LoadInterval>> take_load();

  // Ends all running calls as cancelled and the threads; figures are kept. Idempotent.
  void stop();

 private:
  // Runs `work` on every I/O thread and waits for all.
  void on_all_threads(const std::function<void(IoThread&)>& work);

  std::vector<std::unique_ptr<IoThread>> threads_;
  std::atomic<uint32_t> next_thread_{0};
  Mutex control_mutex_;  // one at a time talks to all threads; never taken by them
  bool stopped_ LL_GUARDED_BY(control_mutex_) = false;
};

}  // namespace locust_like::engine
