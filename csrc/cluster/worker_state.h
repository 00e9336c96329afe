// WorkerState: the worker's side of the protocol as a state machine.
//
// The counterpart of MasterState, with the same rules: no thread, no socket, no clock of its own;
// copyable. It asks to be admitted whenever a connection comes about, keeps what was not
// acknowledged, and takes only assignments and orders that are new.
// Thread: not thread-safe (WorkerLink guards it).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"
#include "cluster/event.h"
#include "cluster/message.h"
#include "cluster/report_queue.h"
#include "cluster/transport.h"

namespace locust_like::cluster {

// What a worker says of itself in Hello.
struct WorkerIdentity {
  std::string product_version;
  std::string name;
  std::string host;
  uint64_t pid = 0;
  double weight = 1;
};

// What it says in each heartbeat; Python and the link keep it up to date.
struct WorkerVitals {
  std::string state;
  uint64_t users = 0;
  uint64_t applied_version = 0;
  TimePoint python_seen;
  std::string blocking;
  uint64_t run = 0;
  uint64_t recorded_requests = 0;
  double cpu_share = 0;
  uint64_t rss_bytes = 0;
};

class WorkerState {
 public:
  // What a call may use of the world; lives for that call.
  struct World {
    Transport& transport;
    TimePoint now;
    int64_t wall_ns = 0;
  };

  WorkerState(WorkerIdentity identity, Nanos max_wait, TimePoint now);

  void receive(std::string_view bytes, World& world);
  void notice(const Notice& notice, TimePoint now);
  // Sends what is due and notices silence. To be called after receive() and after changes of
  // vitals() and reports(), and at least every 100 ms.
  void tick(World& world);
  void say_goodbye(std::string_view text, World& world);

  // Say it at once, not with the next heartbeat.
  void hurry() { next_heartbeat_ = TimePoint::min(); }
  bool is_heartbeat_due(TimePoint now) const {
    return phase_ == Phase::kAdmitted && now >= next_heartbeat_;
  }
  WorkerVitals& vitals() { return vitals_; }
  ReportQueue& reports() { return reports_; }
  const ReportQueue& reports() const { return reports_; }
  EventList& events() { return events_; }
  bool is_admitted() const { return phase_ == Phase::kAdmitted; }
  // The master, last; at first: when we started.
  TimePoint heard_at() const { return heard_at_; }

 private:
  friend class Fingerprint;  // of tests, to tell states apart

  enum class Phase : uint8_t {
    kGreeting,  // saying Hello until somebody answers
    kAdmitted,
    kGivenUp,  // removed, or no master for `max_wait`; the end
  };

  void on_welcome(const Welcome& welcome, World& world);
  void on_refused(const Refused& refused, TimePoint now);
  void on_pulse(const Pulse& pulse, World& world);
  void on_assign(const Assign& assign, World& world);
  void on_order(const Order& order, World& world);
  void on_goodbye(const Goodbye& goodbye, TimePoint now);
  void acknowledge(uint64_t sequence, TimePoint now);
  bool is_current(uint32_t generation) const {
    return phase_ == Phase::kAdmitted && generation == generation_;
  }
  void greet(World& world);
  void send_heartbeat(World& world);
  void watch_silence(TimePoint now);
  void tell_refusal(std::string_view text);
  void give_up(std::string_view text);

  const WorkerIdentity identity_;
  const Nanos max_wait_;
  Phase phase_ = Phase::kGreeting;
  uint64_t master_id_ = 0;  // of the last admission; 0 = never admitted
  uint32_t generation_ = 0;
  uint64_t received_version_ = 0;
  uint64_t received_order_ = 0;
  uint64_t pulse_stamp_ = 0;
  TimePoint pulse_at_;
  TimePoint heard_at_;
  TimePoint next_hello_;
  TimePoint next_heartbeat_;
  bool is_orphaned_ = false;
  std::string told_refusal_;
  uint64_t told_dropped_logs_ = 0;
  WorkerVitals vitals_;
  ReportQueue reports_;
  EventList events_;
};

}  // namespace locust_like::cluster
