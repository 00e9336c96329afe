#include "stats/collector.h"

#include <algorithm>
#include <utility>

namespace locust_like::stats {
namespace {

// Workers report what has just ended, soon after a second also what ended before it; the others are
// late.
constexpr size_t kMaxGatheredSeconds = 4;
constexpr Nanos kLongestInterval = std::chrono::seconds(1);  // longer ones are several, merged

std::vector<TimelinePoint> with_wall_times(std::vector<TimelinePoint> points, ClockPair clocks) {
  for (TimelinePoint& point : points) point.wall_s = clocks.wall_of(point.start);
  return points;
}

}  // namespace

Collector::Collector(ClockPair start, size_t max_name_history_bytes)
    : start_(start), counted_until_(start.steady), timeline_(max_name_history_bytes) {}

NameId Collector::intern(std::string_view method, std::string_view name) {
  MutexLock lock(mutex_);
  return sum_.intern(method, name);
}

void Collector::merge(const Table& delta, TimePoint interval_start, double wall_s) {
  MutexLock lock(mutex_);
  sum_.add(delta, wall_s);
  timeline_.merge(delta, interval_start);
  counted_until_ = std::max(counted_until_, start_.steady_of(wall_s));
}

void Collector::merge(const Delta& delta, const NameDictionary& names, const Interval& interval) {
  if (delta.rows().empty()) return;
  MutexLock lock(mutex_);
  const TimePoint counted_at = interval.start + std::min(interval.length, kLongestInterval);
  Gathered& gathered = gather(counted_at, delta.num_requests());
  gathered.num_requests += delta.num_requests();
  gathered.wall_s = std::max(gathered.wall_s, interval.end_wall_s);
  counted_until_ = std::max(counted_until_, interval.start + interval.length);
  gathered.batch.add(delta, names);
  if (gathered.batch.is_full()) gathered.count_batch();
}

void Collector::Gathered::count_batch() {
  table.add(batch);
  batch.clear();
}

Collector::Gathered& Collector::gather(TimePoint time, uint64_t num_requests) {
  const int64_t second = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
  const auto found = std::find_if(gathered_.begin(), gathered_.end(),
                                  [&](const Gathered& g) { return g.second == second; });
  if (found != gathered_.end() && found->num_requests + num_requests <= UINT32_MAX) return *found;
  if (found != gathered_.end() || gathered_.size() >= kMaxGatheredSeconds) settle();
  if (spare_.empty()) spare_.emplace_back();
  gathered_.push_back(std::move(spare_.back()));
  spare_.pop_back();
  gathered_.back().second = second;
  return gathered_.back();
}

void Collector::settle() const {
  for (Gathered& gathered : gathered_) {
    gathered.count_batch();
    sum_.add(gathered.table, gathered.wall_s);
    timeline_.merge(gathered.table, TimePoint(std::chrono::seconds(gathered.second)));
    gathered.table.clear();
    gathered.num_requests = 0;
    gathered.wall_s = 0;
    if (spare_.size() < kMaxGatheredSeconds) spare_.push_back(std::move(gathered));
  }
  gathered_.clear();
}

Snapshot Collector::snapshot(TimePoint now) const {
  MutexLock lock(mutex_);
  settle();
  now = std::max(now, start_.steady);  // a reset may have come after the caller looked at the clock
  return sum_.snapshot({now, start_.wall_of(now), start_.wall_s});
}

Snapshot Collector::window(std::chrono::seconds seconds, TimePoint now) const {
  constexpr std::chrono::seconds kSecond{1};
  Accumulator window;
  MutexLock lock(mutex_);
  settle();
  TimePoint until = std::chrono::floor<std::chrono::seconds>(now);
  TimePoint from = until - seconds;
  TimePoint end = until;
  if (from < start_.steady) {
    until = std::max(until, std::min(counted_until_, now));
    until = std::max(until, start_.steady + kSecond);
    from = start_.steady;
    end = until + kSecond;  // the second that is not over, too
  }
  for (const auto& [id, record] : timeline_.records_between(from, end)) {
    const Name& name = sum_.name(id);
    window.add(window.intern(name.method, name.name), record.to_entry());
  }
  return window.snapshot({until, start_.wall_of(until), start_.wall_of(from)});
}

std::vector<TimelinePoint> Collector::timeline(TimePoint since) const {
  MutexLock lock(mutex_);
  settle();
  return with_wall_times(timeline_.totals(since), start_);
}

std::vector<TimelinePoint> Collector::timeline(std::string_view method, std::string_view name,
                                               TimePoint since) const {
  MutexLock lock(mutex_);
  settle();
  const NameId* id = sum_.find(method, name);
  if (id == nullptr) return {};
  return with_wall_times(timeline_.of_name(*id, since), start_);
}

void Collector::reset(ClockPair start) {
  MutexLock lock(mutex_);
  start_ = start;
  counted_until_ = start.steady;
  gathered_.clear();
  sum_.clear();
  timeline_.clear();
}

}  // namespace locust_like::stats
