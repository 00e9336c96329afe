// IoThread: a loop, the pools of its users, and its share of every Recorder.
//
// One pass of the loop: poll; read and parse (calls end, their samples are recorded); then take up
// what was submitted (requests are written at once); hand the finished operations over in one
// batch; sleep. Completions are announced only when the other side has emptied its list before, and
// submissions wake the loop only when it announced that it sleeps.
// Thread rules: submit(), take_finished() and the others marked "any" may be called from any
// thread; everything else runs on the loop's thread and never takes the GIL.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "base/ids.h"
#include "base/mutex.h"
#include "client/services.h"
#include "engine/load_meter.h"
#include "engine/recorder.h"
#include "engine/submission.h"
#include "loop/loop.h"
#include "loop/resolver.h"

namespace locust_like::engine {

class IoThread final : private loop::PassHooks, private client::CallOwner, private loop::Timer {
 public:
  // `announce` is called on this thread when finished operations wait and none did before; it must
  // be quick and must not call back.
  IoThread(ThreadId id, std::function<void()> announce);
  ~IoThread() override;  // REQUIRES: stopped

  void start();
  // Thread: any but this one. Running calls end as cancelled, then the thread ends. Finished
  // operations can still be taken.
  void stop();

  // Thread: any, at any time. Takes the content of `batch` and leaves it empty with its capacity.
  void submit(Batch& batch);
  // Thread: any. Swaps the finished operations into `out` (emptied first). False when there are
  // none.
  bool take_finished(std::vector<Operation*>& out);
  // Thread: any but not during stop(). Runs `work` on this thread after everything submitted
  // before; on the caller's when this one has ended.
  void post(std::function<void()> work);

  // Thread: the loop's.
  void add_recorder(std::shared_ptr<Recorder> recorder);
  void remove_recorder(const Recorder* recorder);
  // Hands over what was recorded for `recorder` until now. All of it belongs to the second in which
  // it was recorded, so a second is complete as soon as this is called after its end.
  void close_interval(Recorder& recorder);
  LoadMeter& load_meter() { return load_meter_; }
  ThreadId id() const { return id_; }
  void on_sleep_over(SleepOperation& sleep);

 private:
  void before_poll() override;
  void after_poll() override;
  void on_call_done(client::Call& call) override;
  void on_call_paused(client::Call& call) override;
  void on_timer() override;  // the one-second beat

  void run();
  bool take_up_submissions();
  void begin(Operation& operation);
  void begin_call(CallOperation& call);
  void go_on(CallOperation& call);
  void cancel(Operation& operation);
  void record_unjudged(CallOperation& call);
  void finish(Operation& operation);
  void return_to_submitter(Operation& operation);
  void close_pool(PoolHandle& handle);
  void hand_over_finished();
  void end_interval(TimePoint now);
  void shut_down();
  void return_late_submissions();

  const ThreadId id_;
  const std::function<void()> announce_;
  loop::Loop loop_;
  std::unique_ptr<loop::Resolver> resolver_;
  std::unique_ptr<client::Services> services_;
  LoadMeter load_meter_;
  std::thread thread_;

  // This thread only.
  Batch taken_;
  std::vector<Operation*> finished_;
  std::vector<Operation*> running_;  // each knows its slot
  std::vector<PoolHandle*> pools_;   // likewise
  std::vector<std::shared_ptr<Recorder>> recorders_;
  TimePoint interval_start_;  // no interval reaches over the end of a second of the steady clock
  TimePoint load_start_;      // of the load meter's interval
  bool stopping_ = false;

  std::atomic<bool> asleep_{false};
  Mutex in_mutex_;
  Batch incoming_ LL_GUARDED_BY(in_mutex_);
  bool ended_ LL_GUARDED_BY(in_mutex_) = false;
  Mutex late_mutex_;  // stands in for the thread once it has ended
  Mutex out_mutex_;
  std::vector<Operation*> outgoing_ LL_GUARDED_BY(out_mutex_);
};

}  // namespace locust_like::engine
