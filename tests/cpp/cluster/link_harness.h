// Real links for tests: a master and workers over ZeroMQ on the loopback interface.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "cluster/master_link.h"
#include "cluster/worker_link.h"
#include "stats/collector.h"

namespace locust_like::cluster {

constexpr Nanos kPatience = std::chrono::seconds(30);

// Says that something happened on some link.
class Bell {
 public:
  void ring() {
    MutexLock lock(mutex_);
    ++rings_;
    rung_.notify_all();
  }
  // Looks at `is_so` whenever the bell rings, and now and then; false when it never becomes true.
  bool wait_for(const std::function<bool()>& is_so, Nanos patience = kPatience) {
    const TimePoint end = steady_now() + patience;
    while (!is_so()) {
      MutexLock lock(mutex_);
      if (steady_now() >= end) return false;
      const uint64_t before = rings_;
      const TimePoint look_again = steady_now() + std::chrono::milliseconds(20);
      while (rings_ == before && rung_.wait_until(mutex_, look_again)) {
      }
    }
    return true;
  }

 private:
  Mutex mutex_;
  Condition rung_;
  uint64_t rings_ LL_GUARDED_BY(mutex_) = 0;
};

// Events of one link, in order.
class EventLog {
 public:
  template <typename Link>
  void take_from(Link& link) {
    for (Event& event : link.take_events()) events_.push_back(std::move(event));
  }
  size_t count(EventKind kind) const {
    return static_cast<size_t>(std::count_if(
        events_.begin(), events_.end(), [kind](const Event& event) { return event.kind == kind; }));
  }
  bool has(EventKind kind, std::string_view text) const {
    return std::any_of(events_.begin(), events_.end(), [&](const Event& event) {
      return event.kind == kind && event.text == text;
    });
  }
  const Event& last(EventKind kind) const {
    const auto found = std::find_if(events_.rbegin(), events_.rend(),
                                    [kind](const Event& event) { return event.kind == kind; });
    REQUIRE(found != events_.rend());
    return *found;
  }

 private:
  std::vector<Event> events_;
};

inline MasterOptions master_options(const ClusterKeys& keys, const std::string& host,
                                    uint16_t port) {
  MasterOptions options;
  options.keys = keys;
  options.endpoint.host = host;
  options.endpoint.port = port;
  options.product_version = "1.0";
  return options;
}

class TestMaster {
 public:
  TestMaster(Bell& bell, const ClusterKeys& keys, uint16_t port = 0) {
    const MasterOptions options = master_options(keys, "127.0.0.1", port);
    auto started = MasterLink::start(options, collector_, [&bell] { bell.ring(); });
    REQUIRE(started.ok());
    link_ = std::move(started).value();
  }
  MasterLink& link() { return *link_; }
  EventLog& events() {
    log_.take_from(*link_);
    return log_;
  }
  uint64_t requests() const { return collector_.snapshot().total().counters.num_requests; }
  size_t here() {
    const auto workers = link_->workers();
    return static_cast<size_t>(std::count_if(workers.begin(), workers.end(),
                                             [](const auto& worker) { return worker.is_here; }));
  }

 private:
  stats::Collector collector_;
  EventLog log_;
  std::unique_ptr<MasterLink> link_;
};

class TestWorker {
 public:
  TestWorker(Bell& bell, const std::string& token, uint16_t port) {
    WorkerOptions options;
    options.master = {"127.0.0.1", port};
    options.join_token = token;
    options.product_version = "1.0";
    auto started = WorkerLink::start(
        options, [this] { return collector_.snapshot(); }, [&bell] { bell.ring(); });
    REQUIRE(started.ok());
    link_ = std::move(started).value();
  }
  WorkerLink& link() { return *link_; }
  EventLog& events() {
    log_.take_from(*link_);
    return log_;
  }
  void count(const std::string& name, int requests) {
    stats::Table table;
    stats::Sample sample;
    sample.name = collector_.intern("GET", name);
    sample.response_time_ns = 1'000'000;
    for (int i = 0; i < requests; ++i) table.record(sample);
    collector_.merge(table, steady_now(), wall_now_s());
  }
  void begin_run(uint64_t run) {
    collector_.reset();
    link_->begin_run(run);
  }

 private:
  stats::Collector collector_;
  EventLog log_;
  std::unique_ptr<WorkerLink> link_;
};

}  // namespace locust_like::cluster
