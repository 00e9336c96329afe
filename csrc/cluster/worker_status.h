// WorkerStatus: what a master knows about one worker, for people.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "cluster/roster.h"

namespace locust_like::cluster {

struct WorkerStatus {
  uint32_t index = 0;
  std::string worker_id;
  std::string name;
  std::string host;
  uint64_t pid = 0;
  double weight = 1;
  std::string product_version;
  uint32_t generation = 0;
  bool is_here = false;
  std::string reason;  // why it is not here
  std::string state;
  uint64_t users = 0;
  uint64_t received_version = 0;
  uint64_t applied_version = 0;
  uint64_t recorded_requests = 0;
  uint64_t counted_requests = 0;
  // What was lost with it: 0 while it is here. Requests it had recorded by its last heartbeat, but
  // not reported; how long the time is, at most, of which nothing was reported; and how many
  // requests fit into that at the rate of its last report.
  uint64_t unaccounted_requests = 0;
  double unaccounted_s = 0;
  uint64_t unaccounted_estimate = 0;
  double cpu_share = 0;
  uint64_t rss_bytes = 0;
  double python_age_s = 0;
  std::string blocking;
  double heartbeat_age_s = 0;
  double clock_skew_s = 0;  // positive: its clock is ahead of ours
  double round_trip_s = 0;
};

// `run` is the current one.
WorkerStatus status_of(const Member& member, uint64_t run, TimePoint now);

}  // namespace locust_like::cluster
