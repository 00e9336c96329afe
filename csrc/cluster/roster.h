// Roster: the workers that a master knows, those here and those gone.
//
// A worker keeps its index as long as it is known; of the gone ones kMaxGoneWorkers are, the one
// that left first is forgotten first.
// Thread: values, not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cluster/clock_skew.h"
#include "cluster/downstream.h"
#include "cluster/message.h"
#include "stats/delta.h"

namespace locust_like::cluster {

enum class Presence : uint8_t {
  kJoining,  // was welcomed, has not answered: anybody can say hello
  kHere,
  kLost,
  kLeft,
  kRemoved,
};

// What the worker said in its last heartbeat, with texts of our own.
struct WorkerFacts {
  std::string state;
  uint64_t users = 0;
  uint64_t received_version = 0;
  uint64_t applied_version = 0;
  uint64_t run = 0;
  uint64_t recorded_requests = 0;
  double cpu_share = 0;
  uint64_t rss_bytes = 0;
  uint64_t python_age_ms = 0;
  std::string blocking;
};

struct Member {
  PeerId peer;
  uint32_t index = 0;
  std::string name;
  std::string host;
  std::string product_version;
  uint64_t pid = 0;
  double weight = 1;

  uint32_t generation = 0;  // of its admission; other messages of it are old
  Presence presence = Presence::kJoining;
  std::string reason;  // why it is not here
  TimePoint last_heard;
  std::optional<TimePoint> unreachable_since;
  TimePoint gone_since;
  bool was_announced = false;   // Python knows of it
  bool is_refusal_due = false;  // it was removed and has not been told

  uint64_t last_sequence = 0;     // of the last report that was counted, or known to be
  stats::NameDictionary names;    // that its reports told since its admission
  uint64_t counted_requests = 0;  // of the current run
  double counted_per_s = 0;       // requests, in the last report of the run
  TimePoint counted_until;        // everything before is counted, or never was recorded

  WorkerFacts facts;
  ClockSkew skew;
  AssignmentOutbox assignment;
  OrderOutbox orders;

  bool is_here() const { return presence == Presence::kHere; }
  // Takes a place, and is listened to.
  bool is_present() const { return is_here() || presence == Presence::kJoining; }
};

class Roster {
 public:
  // Null for a peer that is not known.
  Member* find(const PeerId& peer);
  Member* at(uint32_t index);
  // REQUIRES: not known yet.
  Member& add(const PeerId& peer);
  // Forgets those that are gone for the longest, while there are too many.
  void forget_old();

  size_t present() const;
  // By index.
  std::vector<Member*> all();
  std::vector<const Member*> all() const;

 private:
  std::map<uint32_t, Member> members_;  // by index
  std::map<PeerId, uint32_t> index_of_;
  uint32_t next_index_ = 0;
};

// "w" and 32 hex digits, as people see it; nothing for a peer that is no worker of ours. The other
// way: a worker's PeerId is "w" and its 16 bytes, because ZeroMQ keeps ids that begin with 0.
std::optional<std::string> worker_id_of(const PeerId& peer);
PeerId peer_of(std::string_view id_bytes);

}  // namespace locust_like::cluster
