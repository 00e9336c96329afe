// MasterLink: a master's link thread: MasterState over ZeroMQ.
//
// Ownership: the collector must outlive it. Thread: any; calls take a lock that the link thread
// holds while it handles a few messages, some milliseconds at most. In a forked child calls do
// nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "cluster/collector_sink.h"
#include "cluster/keys.h"
#include "cluster/link_thread.h"
#include "cluster/master_state.h"
#include "cluster/zmq_transport.h"

namespace locust_like::cluster {

struct MasterOptions {
  ClusterKeys keys;
  Endpoint endpoint;
  std::string product_version;
};

class MasterLink {
 public:
  // Starts listening. `announce` is called on the link thread when events begin to wait.
  // Errors: as listen_for_workers().
  static Result<std::unique_ptr<MasterLink>> start(const MasterOptions& options,
                                                   stats::Collector& collector,
                                                   std::function<void()> announce);
  ~MasterLink();
  MasterLink(const MasterLink&) = delete;
  MasterLink& operator=(const MasterLink&) = delete;

  uint16_t port() const { return port_; }
  uint64_t master_id() const { return master_id_; }
  std::vector<Event> take_events();

  // As the functions of MasterState.
  std::vector<WorkerStatus> workers();
  void begin_run(uint64_t run);
  Result<uint64_t> assign(uint32_t index, uint64_t run, std::string document);
  Status send(uint32_t index, std::string_view kind, std::string_view document);
  Status remove(uint32_t index, std::string_view text);

  // Says Goodbye to the workers and ends. Idempotent.
  void close(Nanos linger);

 private:
  MasterLink(uint64_t master_id, uint16_t port, const MasterOptions& options,
             stats::Collector& collector, std::function<void()> announce);
  void step(Transport& transport);
  void last_step(Transport& transport);
  // False when nothing came.
  bool handle_some(Transport& transport) LL_REQUIRES(mutex_);
  MasterState::World world(Transport& transport);

  const uint64_t master_id_;
  const uint16_t port_;
  const std::function<void()> announce_;
  CollectorSink sink_;
  // Taken first by whoever wants mutex_: so callers get their turn while the link thread, which
  // takes the lock again and again, has much to do.
  Mutex turn_;
  Mutex mutex_;
  MasterState state_ LL_GUARDED_BY(mutex_);
  Incoming incoming_;                   // the link thread's
  std::unique_ptr<LinkThread> thread_;  // last: it uses all the others
};

}  // namespace locust_like::cluster
