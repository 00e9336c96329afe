// Entry: counters and histograms of one (method, name).
//
// BasicEntry<uint32_t> (DeltaEntry) is what one thread counts in an interval; BasicEntry<uint64_t>
// (Entry) is the sum of a run. Everything in it adds up exactly, so merging entries of threads,
// workers and intervals in any order gives the same entry.
// What counts where: a cancelled call is no request: it is in num_cancelled, in the exchange
// accounting and in the wire bytes, and in nothing else. A failed call is a request like others,
// with its time.
// Thread: not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "stats/histogram.h"
#include "stats/sample.h"

namespace locust_like::stats {

// The class that a failed sample counts under: scripts that report a failure name none.
inline Code failure_class(const Sample& sample) {
  return sample.failure == Code::kOk ? Code::kScript : sample.failure;
}

struct Counters {
  uint64_t num_requests = 0;  // successes and failures
  uint64_t num_failures = 0;
  uint64_t num_cancelled = 0;
  uint64_t num_without_time = 0;  // requests whose script gave no time
  uint64_t content_bytes = 0;
  uint64_t sent_bytes = 0;
  uint64_t received_bytes = 0;
  uint64_t exchanges = 0;
  uint64_t hops = 0;
  uint64_t challenges = 0;
  uint64_t retries = 0;
  uint64_t never_sent = 0;
  uint64_t over_http10 = 0;  // requests whose final reply came in this protocol
  uint64_t over_http11 = 0;
  uint64_t over_http2 = 0;

  void merge(const Counters& other);
  // Saturates at zero.
  void subtract(const Counters& earlier);
};

// All counters in the order of the wire format. Checklist: if you add one, also raise
// kSnapshotVersion in snapshot.h and kDeltaVersion in delta.h.
inline constexpr std::array<uint64_t Counters::*, 15> kCounters = {
    &Counters::num_requests,     &Counters::num_failures,  &Counters::num_cancelled,
    &Counters::num_without_time, &Counters::content_bytes, &Counters::sent_bytes,
    &Counters::received_bytes,   &Counters::exchanges,     &Counters::hops,
    &Counters::challenges,       &Counters::retries,       &Counters::never_sent,
    &Counters::over_http10,      &Counters::over_http11,   &Counters::over_http2,
};

// Requests whose protocol is known.
inline uint64_t with_protocol(const Counters& counters) {
  return counters.over_http10 + counters.over_http11 + counters.over_http2;
}

// How often each HTTP status came, in order of first appearance. A plain list, because an endpoint
// answers with one to three different ones and the first is the usual one.
class StatusCounts {
 public:
  using Item = std::pair<uint16_t, uint64_t>;
  void add(uint16_t status, uint64_t count = 1) {
    for (Item& item : items_) {
      if (item.first == status) {
        item.second += count;
        return;
      }
    }
    items_.emplace_back(status, count);
  }
  void merge(const StatusCounts& other);
  void subtract(const StatusCounts& earlier);
  void clear() { items_.clear(); }
  const std::vector<Item>& items() const { return items_; }

 private:
  std::vector<Item> items_;
};

// Exact sum and extremes of the times that the histogram holds only to its error bound.
struct TimeRange {
  uint64_t total_ns = 0;
  int64_t min_ns = INT64_MAX;  // INT64_MAX = no time yet
  int64_t max_ns = -1;

  void add(int64_t ns) {
    total_ns += static_cast<uint64_t>(ns);
    if (ns < min_ns) min_ns = ns;
    if (ns > max_ns) max_ns = ns;
  }
  void merge(const TimeRange& other);
};

template <typename Count>
struct BasicEntry {
  Counters counters;
  std::array<uint64_t, kCodeCount> failure_codes{};
  StatusCounts status_codes;
  TimeRange range;
  TimeHistogram<Count> times;
  TimeHistogram<Count> from_intended;
  // Phases that took no time are not in their histogram: zeros = phase_calls - histogram.count().
  uint64_t phase_calls = 0;
  std::array<uint64_t, kPhaseCount> phase_total_ns{};
  std::array<PhaseHistogram<Count>, kPhaseCount> phases;
  double last_recorded_wall_s = 0;  // 0 = never, or not known (deltas)

  // O(1); allocates only for a new histogram page or a new status.
  void record(const Sample& sample);
  void clear();

  template <typename OtherCount>
  void merge(const BasicEntry<OtherCount>& other);
  // Takes away what `earlier` had counted. Minimum and maximum stay exact where `earlier` did not
  // reach them; otherwise they become the bounds of the outermost remaining buckets.
  void subtract(const BasicEntry& earlier);

  // No call of any outcome was counted.
  bool empty() const {
    return counters.num_requests == 0 && counters.num_cancelled == 0 && counters.num_failures == 0;
  }

  // Response time in ms below which `share` (0-1) of the timed requests stay: mid-point of the
  // bucket, clamped to the exact minimum and maximum. Nothing without timed requests.
  std::optional<double> percentile_ms(double share) const;
  std::optional<double> intended_percentile_ms(double share) const;
  std::optional<double> phase_percentile_ms(Phase phase, double share) const;
  std::optional<double> phase_mean_ms(Phase phase) const;

 private:
  void record_phases(const PhaseTimes& phases_ns);
};

using DeltaEntry = BasicEntry<uint32_t>;
using Entry = BasicEntry<uint64_t>;

}  // namespace locust_like::stats
