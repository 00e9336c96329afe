// Events: what a link tells Python, in order.
//
// Thread: not thread-safe (the link guards it).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "cluster/limits.h"

namespace locust_like::cluster {

// Checklist: if you add a kind, also extend kEventNames in event.cc and the table in _core.pyi.
enum class EventKind : uint8_t {
  // master
  kJoined,
  kRejoined,
  kLost,
  kLeft,
  kParcel,
  kFinished,
  kStaleReport,
  kApplied,
  // worker
  kConnected,
  kAdmitted,
  kDisconnected,
  kAssignment,
  kOrder,
  kOrphaned,
  kGaveUp,
  kDrained,
  kGoodbye,
  // both
  kRefused,
  kLog,
};

// The word Python sees, for example "stale-report".
std::string_view event_name(EventKind kind);

struct Event {
  EventKind kind = EventKind::kLog;
  int64_t index = -1;  // of the worker; -1 = concerns none
  std::string text;
  uint64_t number = 0;
  std::string document;
};

class EventList {
 public:
  void add(Event event);
  // For what strangers can cause: at most kMaxNoisyEvents_per_s, the rest is counted and told with
  // the next one.
  void add_noisy(Event event, TimePoint now);
  // Replaces an event of the same kind that nobody has taken yet.
  void add_newest(Event event);

  bool empty() const { return events_.empty(); }
  // Nobody takes what waits: accept nothing that adds more.
  bool is_full() const { return bytes_ > kMaxEventBytes || events_.size() > kMaxEvents; }
  std::vector<Event> take();

 private:
  std::vector<Event> events_;
  size_t bytes_ = 0;
  TimePoint second_start_;
  int noisy_in_second_ = 0;
  uint64_t suppressed_ = 0;
};

}  // namespace locust_like::cluster
