#include "cluster/worker_status.h"

#include <algorithm>
#include <cmath>

namespace locust_like::cluster {
namespace {

double seconds(Nanos duration) { return std::chrono::duration<double>(duration).count(); }

void add_unaccounted(WorkerStatus& status, const Member& member) {
  if (member.is_here() || member.facts.run == 0) return;
  if (status.recorded_requests > status.counted_requests) {
    status.unaccounted_requests = status.recorded_requests - status.counted_requests;
  }
  // It may have lived on for as long as it takes to the next heartbeat. Who said goodbye has
  // reported everything.
  if (member.presence == Presence::kLeft && status.unaccounted_requests == 0) return;
  const Nanos silent = member.last_heard + kHeartbeatInterval - member.counted_until;
  status.unaccounted_s = std::max(seconds(silent), 0.0);
  constexpr double kMost = 1e18;  // whatever a worker claims
  const double likely = std::min(member.counted_per_s * status.unaccounted_s, kMost);
  status.unaccounted_estimate =
      std::max(status.unaccounted_requests, static_cast<uint64_t>(std::llround(likely)));
}

}  // namespace

WorkerStatus status_of(const Member& member, uint64_t run, TimePoint now) {
  const WorkerFacts& facts = member.facts;
  WorkerStatus status;
  status.index = member.index;
  status.worker_id = worker_id_of(member.peer).value_or("");
  status.name = member.name;
  status.host = member.host;
  status.pid = member.pid;
  status.weight = member.weight;
  status.product_version = member.product_version;
  status.generation = member.generation;
  status.is_here = member.is_here();
  status.reason = member.reason;
  status.state = facts.state;
  status.users = facts.users;
  status.received_version = facts.received_version;
  status.applied_version = facts.applied_version;
  status.recorded_requests = facts.run == run ? facts.recorded_requests : 0;
  status.counted_requests = member.counted_requests;
  status.cpu_share = facts.cpu_share;
  status.rss_bytes = facts.rss_bytes;
  status.python_age_s = static_cast<double>(facts.python_age_ms) / 1e3;
  status.blocking = facts.blocking;
  status.heartbeat_age_s = seconds(now - member.last_heard);
  status.clock_skew_s = member.skew.skew_s().value_or(0);
  status.round_trip_s = member.skew.round_trip_s().value_or(0);
  if (facts.run == run) add_unaccounted(status, member);
  return status;
}

}  // namespace locust_like::cluster
