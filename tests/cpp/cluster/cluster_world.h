// A master, some workers and the network between them, as one value.
//
// Everything that can happen to them is a member function; what must never happen is noticed by
// broken(). The state machines are the real ones; network, clock and statistics are not.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cluster/fingerprint.h"
#include "cluster/master_state.h"
#include "cluster/worker_state.h"
#include "support/fake_transport.h"

namespace locust_like::cluster {

// Counts texts in place of figures.
class FakeSink final : public ReportSink {
 public:
  Result<uint64_t> take(const Report& report, stats::NameDictionary& /*names*/, bool is_current,
                        const stats::Interval& /*interval*/) override {
    if (report.delta == "malformed") return Status(Code::kProtocol, "malformed");
    if (is_current && !report.delta.empty()) ++counts[std::string(report.delta)];
    return uint64_t{1};
  }

  std::map<std::string, int> counts;
};

class ClusterWorld {
 public:
  static constexpr uint64_t kRun = 42;

  // All are disconnected at first.
  explicit ClusterWorld(size_t workers, size_t most_under_way = 1000);

  size_t size() const { return workers_.size(); }
  WorkerState& worker(size_t i) { return *workers_[i].state; }
  MasterState& master() { return *master_; }
  FakeSink& sink() { return sink_; }
  const PeerId& peer(size_t i) const { return workers_[i].id; }
  testing::FakeConnection& connection(size_t i) { return network_.connections[workers_[i].id]; }
  const testing::FakeConnection& connection(size_t i) const {
    return network_.connections.at(workers_[i].id);
  }
  TimePoint now() const { return now_; }

  void connect(size_t i);
  void cut(size_t i);
  // Each is false when nothing is under way.
  bool deliver_to_master(size_t i);
  bool deliver_to_worker(size_t i);
  bool lose_to_master(size_t i);
  bool lose_to_worker(size_t i);
  // Delivers, and leaves it under way.
  bool repeat_to_master(size_t i);
  bool repeat_to_worker(size_t i);
  // Until nothing is under way.
  void deliver_all();
  void pass(Nanos time);   // in steps of half a second
  void pause(Nanos time);  // at once, as after a process was stopped
  void say_goodbye(size_t i);
  // Anybody's connection, also a stranger's.
  testing::FakeConnection& connection_of(const PeerId& peer) { return network_.connections[peer]; }
  void deliver_from(const PeerId& peer);

  // Lets a worker count something. Returns the text it counts by.
  std::string count(size_t i);
  void assign(size_t i);
  void order(size_t i);
  // Another process takes its place, disconnected.
  void restart_worker(size_t i);
  void restart_master();

  // What went wrong for good; empty = nothing.
  std::string broken() const;
  // Everything is where it belongs: all admitted, all acknowledged, all newest assignments and all
  // orders there.
  bool is_settled() const;
  // Connects all and lets them talk for a while; false when they do not settle.
  bool settle(Nanos within = std::chrono::seconds(30));

  std::string fingerprint() const;
  // All events so far, unless they are of no interest.
  bool keeps_events = true;
  bool takes_master_events = true;
  std::vector<Event> master_events;
  std::vector<std::vector<Event>> worker_events;

 private:
  struct Worker {
    PeerId id;
    std::optional<WorkerState> state;
    uint64_t produced = 0;
    // By the current master:
    std::string assigned;  // newest document
    std::string has;       // document that came last
    std::vector<std::string> ordered;
    std::vector<std::string> got_orders;
  };

  void start_master();
  void start_worker(size_t i);
  void master_receives(const PeerId& peer, const std::string& bytes);
  void worker_receives(size_t i, const std::string& bytes);
  void tick_master();
  void tick_worker(size_t i);
  void take_events();

  TimePoint now_{std::chrono::hours(1)};
  testing::FakeNetwork network_;
  std::optional<MasterState> master_;
  uint64_t masters_ = 0;
  FakeSink sink_;                         // of the current master
  std::set<std::string> counted_before_;  // by masters that are gone
  std::vector<Worker> workers_;
  uint64_t started_workers_ = 0;
};

}  // namespace locust_like::cluster
