// LinkThread: the native thread of one link and the transport that only it touches.
//
// It never takes the GIL, so heartbeats go on while Python computes. After a fork the child leaves
// thread and sockets to its parent.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include "base/clock.h"
#include "cluster/transport.h"

namespace locust_like::cluster {

class LinkThread {
 public:
  using Step = std::function<void(Transport&)>;

  // Runs `step` whenever something may have come, after wake(), and every 100 ms; `last` once at
  // the end. Both on the thread.
  LinkThread(std::unique_ptr<Transport> transport, Step step, Step last);
  ~LinkThread();
  LinkThread(const LinkThread&) = delete;
  LinkThread& operator=(const LinkThread&) = delete;

  // Thread: any. Does nothing after stop() and in a forked child.
  void wake();
  // Ends the thread; what was sent has `linger` to leave. Idempotent. Thread: any but its own.
  void stop(Nanos linger);
  // False in a forked child.
  bool is_ours() const;

 private:
  void run();

  const pid_t pid_;
  std::unique_ptr<Transport> transport_;
  const Step step_;
  const Step last_;
  std::atomic<bool> stopping_{false};
  std::atomic<int64_t> linger_ns_{0};
  std::unique_ptr<std::thread> thread_;
};

}  // namespace locust_like::cluster
