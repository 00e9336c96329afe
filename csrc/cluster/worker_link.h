// WorkerLink: a worker's link thread: WorkerState over ZeroMQ, and what turns statistics into
// reports.
//
// Each second the link thread takes the statistics, subtracts what it took before, and queues the
// difference. Thread: any; the GIL is never needed. In a forked child calls do nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "cluster/link_thread.h"
#include "cluster/worker_state.h"
#include "cluster/zmq_transport.h"
#include "stats/delta_encoder.h"
#include "stats/process_usage.h"
#include "stats/snapshot.h"

namespace locust_like::cluster {

struct WorkerOptions {
  Endpoint master;
  std::string join_token;
  std::string product_version;
  double weight = 1;
  Nanos max_wait = std::chrono::minutes(10);  // without a master, until the link gives up
  std::string name;                           // empty: made of host and process id
};

class WorkerLink {
 public:
  // Everything counted since the last reset. Called on the link thread and by finish_run() and
  // flush(); may block, but must not need the GIL.
  using Collect = std::function<stats::Snapshot()>;

  // Starts connecting. `announce` is called when events begin to wait, on any thread.
  // Errors: Code::kInvalidArgument for a damaged join token or address.
  static Result<std::unique_ptr<WorkerLink>> start(const WorkerOptions& options, Collect collect,
                                                   std::function<void()> announce);
  ~WorkerLink();
  WorkerLink(const WorkerLink&) = delete;
  WorkerLink& operator=(const WorkerLink&) = delete;

  const std::string& worker_id() const { return worker_id_; }
  std::vector<Event> take_events();
  // Since the master was last heard; before the first time, since we started.
  Nanos heartbeat_age();
  // Python lives, and this is what it does. What changed is told the master at once.
  void beat(std::string_view state, uint64_t users, uint64_t applied_version);
  // What holds Python up; empty when nothing does.
  void set_blocking(std::string_view text);
  // The statistics have just been reset; from now on they are this run's.
  void begin_run(uint64_t run);
  // Queues what was counted until now as the last report of the run.
  void finish_run();
  // Errors: as ReportQueue::add_parcel().
  Status send(std::string_view kind, std::string_view document);
  // Reports what was counted until now and waits until the master has acknowledged everything.
  // False when the time is up.
  bool flush(Nanos timeout);
  // Says Goodbye and ends. Idempotent.
  void close(Nanos linger);

 private:
  WorkerLink(const WorkerOptions& options, const std::string& id_bytes, Collect collect,
             std::function<void()> announce);
  void step(Transport& transport);
  void last_step(Transport& transport);
  bool is_heartbeat_due(TimePoint now);
  enum class Purpose { kHeartbeat, kReport, kFinalReport };
  // Takes the statistics; unless only for a heartbeat, queues the difference since the last time.
  void collect(Purpose purpose);
  void queue_delta(const stats::Snapshot& delta, bool is_final) LL_REQUIRES(collecting_);

  const std::string worker_id_;
  const std::function<void()> announce_;
  const Collect collect_;
  stats::ProcessUsage usage_;  // the link thread's
  Incoming incoming_;          // the link thread's
  TimePoint next_report_;      // the link thread's

  // Held while statistics are taken and queued, so that begin_run() falls between two reports.
  // Taken before mutex_.
  Mutex collecting_;
  stats::DeltaEncoder encoder_ LL_GUARDED_BY(collecting_);
  stats::Snapshot reported_ LL_GUARDED_BY(collecting_);
  int64_t reported_until_wall_ns_ LL_GUARDED_BY(collecting_);
  uint64_t run_ LL_GUARDED_BY(collecting_) = 0;
  uint64_t requests_of_run_ LL_GUARDED_BY(collecting_) = 0;  // reported ones

  Mutex mutex_;
  Condition drained_;
  WorkerState state_ LL_GUARDED_BY(mutex_);
  std::unique_ptr<LinkThread> thread_;  // last: it uses all the others
};

}  // namespace locust_like::cluster
