#include "stats/entry.h"

#include <algorithm>

namespace locust_like::stats {
namespace {

constexpr double kNsPerMs = 1e6;
constexpr double kUsPerMs = 1e3;
constexpr uint16_t kLastStatus = 999;  // keeps the number of different statuses bounded

constexpr uint64_t to_us(int64_t ns) { return ns > 0 ? static_cast<uint64_t>(ns) / 1000 : 0; }

void count_protocol(Protocol protocol, Counters& counters) {
  if (protocol == Protocol::kHttp11) ++counters.over_http11;
  if (protocol == Protocol::kHttp2) ++counters.over_http2;
  if (protocol == Protocol::kHttp10) ++counters.over_http10;
}

}  // namespace

void Counters::merge(const Counters& other) {
  for (const auto counter : kCounters) this->*counter += other.*counter;
}

void Counters::subtract(const Counters& earlier) {
  for (const auto counter : kCounters) {
    this->*counter -= std::min(this->*counter, earlier.*counter);
  }
}

void StatusCounts::merge(const StatusCounts& other) {
  for (const auto& [status, count] : other.items_) add(status, count);
}

void StatusCounts::subtract(const StatusCounts& earlier) {
  for (const auto& [status, count] : earlier.items_) {
    for (Item& item : items_) {
      if (item.first == status) item.second -= std::min(item.second, count);
    }
  }
  std::erase_if(items_, [](const Item& item) { return item.second == 0; });
}

void TimeRange::merge(const TimeRange& other) {
  total_ns += other.total_ns;
  min_ns = std::min(min_ns, other.min_ns);
  max_ns = std::max(max_ns, other.max_ns);
}

template <typename Count>
void BasicEntry<Count>::record(const Sample& sample) {
  counters.exchanges += sample.exchanges;
  counters.hops += sample.hops;
  counters.challenges += sample.challenges;
  counters.retries += sample.retries;
  counters.never_sent += sample.never_sent;
  counters.sent_bytes += sample.sent_bytes;
  counters.received_bytes += sample.received_bytes;
  if (sample.outcome == Outcome::kCancelled) {
    ++counters.num_cancelled;
    return;
  }
  if (is_failure(sample.outcome)) {
    ++counters.num_failures;
    ++failure_codes[static_cast<size_t>(failure_class(sample))];
    if (sample.outcome == Outcome::kLateFailure) return;
  }
  ++counters.num_requests;
  counters.content_bytes += sample.content_bytes;
  count_protocol(sample.protocol, counters);
  if (sample.status != 0) status_codes.add(std::min(sample.status, kLastStatus));
  if (sample.has_time) {
    const int64_t ns = std::max<int64_t>(sample.response_time_ns, 0);
    range.add(ns);
    times.record(to_us(ns));
  } else {
    ++counters.num_without_time;
  }
  if (sample.from_intended_ns >= 0) from_intended.record(to_us(sample.from_intended_ns));
  if (sample.has_phases) record_phases(sample.phases_ns);
}

template <typename Count>
void BasicEntry<Count>::record_phases(const PhaseTimes& phases_ns) {
  ++phase_calls;
  for (size_t i = 0; i < phases.size(); ++i) {
    // Most calls reuse a connection: most phases are zero, and zeros are known from phase_calls.
    if (phases_ns[i] <= 0) continue;
    phase_total_ns[i] += static_cast<uint64_t>(phases_ns[i]);
    phases[i].record(to_us(phases_ns[i]));
  }
}

template <typename Count>
void BasicEntry<Count>::clear() {
  counters = Counters{};
  failure_codes.fill(0);
  status_codes.clear();
  range = TimeRange{};
  times.clear();
  from_intended.clear();
  phase_calls = 0;
  phase_total_ns.fill(0);
  for (auto& phase : phases) phase.clear();
  last_recorded_wall_s = 0;
}

template <typename Count>
template <typename OtherCount>
void BasicEntry<Count>::merge(const BasicEntry<OtherCount>& other) {
  counters.merge(other.counters);
  for (size_t i = 0; i < failure_codes.size(); ++i) failure_codes[i] += other.failure_codes[i];
  status_codes.merge(other.status_codes);
  range.merge(other.range);
  times.merge(other.times);
  from_intended.merge(other.from_intended);
  phase_calls += other.phase_calls;
  for (size_t i = 0; i < phases.size(); ++i) {
    phase_total_ns[i] += other.phase_total_ns[i];
    phases[i].merge(other.phases[i]);
  }
  last_recorded_wall_s = std::max(last_recorded_wall_s, other.last_recorded_wall_s);
}

template <typename Count>
void BasicEntry<Count>::subtract(const BasicEntry& earlier) {
  counters.subtract(earlier.counters);
  for (size_t i = 0; i < failure_codes.size(); ++i) {
    failure_codes[i] -= std::min(failure_codes[i], earlier.failure_codes[i]);
  }
  status_codes.subtract(earlier.status_codes);
  range.total_ns -= std::min(range.total_ns, earlier.range.total_ns);
  times.subtract(earlier.times);
  from_intended.subtract(earlier.from_intended);
  phase_calls -= std::min(phase_calls, earlier.phase_calls);
  for (size_t i = 0; i < phases.size(); ++i) {
    phase_total_ns[i] -= std::min(phase_total_ns[i], earlier.phase_total_ns[i]);
    phases[i].subtract(earlier.phases[i]);
  }
  if (times.count() == 0) {
    range = TimeRange{};
    return;
  }
  const int64_t lowest_us = static_cast<int64_t>(TimeBuckets::lower_us(times.bucket_at(0)));
  const int64_t highest_us =
      static_cast<int64_t>(TimeBuckets::upper_us(times.bucket_at(times.count() - 1)));
  if (range.min_ns >= earlier.range.min_ns) range.min_ns = std::max(range.min_ns, lowest_us * 1000);
  if (range.max_ns <= earlier.range.max_ns)
    range.max_ns = std::min(range.max_ns, highest_us * 1000);
}

template <typename Count>
std::optional<double> BasicEntry<Count>::percentile_ms(double share) const {
  if (times.count() == 0) return std::nullopt;
  const double max_ms = static_cast<double>(range.max_ns) / kNsPerMs;
  const uint32_t bucket = times.bucket_at(rank_of(share, times.count()));
  // The last bucket also holds what lies beyond the range; only the maximum is true of it.
  if (bucket == TimeBuckets::kCount - 1) return max_ms;
  const double min_ms = static_cast<double>(range.min_ns) / kNsPerMs;
  return std::clamp(TimeBuckets::middle_us(bucket) / kUsPerMs, min_ms, std::max(min_ms, max_ms));
}

template <typename Count>
std::optional<double> BasicEntry<Count>::intended_percentile_ms(double share) const {
  const std::optional<double> us = from_intended.percentile_us(share);
  if (!us) return std::nullopt;
  return *us / kUsPerMs;
}

template <typename Count>
std::optional<double> BasicEntry<Count>::phase_percentile_ms(Phase phase, double share) const {
  if (phase_calls == 0) return std::nullopt;
  const auto& histogram = phases[static_cast<size_t>(phase)];
  const uint64_t zeros = phase_calls - std::min(phase_calls, histogram.count());
  const uint64_t rank = rank_of(share, phase_calls);
  if (rank < zeros) return 0.0;
  return Buckets<kPhaseSubBits>::middle_us(histogram.bucket_at(rank - zeros)) / kUsPerMs;
}

template <typename Count>
std::optional<double> BasicEntry<Count>::phase_mean_ms(Phase phase) const {
  if (phase_calls == 0) return std::nullopt;
  const double total_ns = static_cast<double>(phase_total_ns[static_cast<size_t>(phase)]);
  return total_ns / static_cast<double>(phase_calls) / kNsPerMs;
}

template struct BasicEntry<uint32_t>;
template struct BasicEntry<uint64_t>;
template void BasicEntry<uint64_t>::merge(const BasicEntry<uint32_t>&);
template void BasicEntry<uint64_t>::merge(const BasicEntry<uint64_t>&);

}  // namespace locust_like::stats
