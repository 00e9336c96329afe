#include "stats/collector.h"

#include <algorithm>

namespace locust_like::stats {
namespace {

std::vector<TimelinePoint> with_wall_times(std::vector<TimelinePoint> points, ClockPair clocks) {
  for (TimelinePoint& point : points) point.wall_s = clocks.wall_of(point.start);
  return points;
}

}  // namespace

Collector::Collector(ClockPair start, size_t max_name_history_bytes)
    : start_(start), timeline_(max_name_history_bytes) {}

NameId Collector::intern(std::string_view method, std::string_view name) {
  MutexLock lock(mutex_);
  return sum_.intern(method, name);
}

void Collector::merge(const Table& delta, TimePoint interval_start, double wall_s) {
  MutexLock lock(mutex_);
  sum_.add(delta, wall_s);
  timeline_.merge(delta, interval_start);
}

void Collector::merge(const Snapshot& delta, TimePoint /*interval_start*/, double /*wall_s*/) {
  MutexLock lock(mutex_);
  for (const Snapshot::Row& row : delta.rows()) {
    sum_.add(sum_.intern(row.name->method, row.name->name), *row.entry);
  }
  for (const Snapshot::Failure& failure : delta.failures()) {
    ErrorRow error = failure.error;
    error.name = sum_.intern(failure.name->method, failure.name->name);
    sum_.add_error(error);
  }
}

Snapshot Collector::snapshot(TimePoint now) const {
  MutexLock lock(mutex_);
  now = std::max(now, start_.steady);  // a reset may have come after the caller looked at the clock
  return sum_.snapshot({now, start_.wall_of(now), start_.wall_s});
}

Snapshot Collector::window(std::chrono::seconds seconds, TimePoint now) const {
  const TimePoint until = std::chrono::floor<std::chrono::seconds>(now);
  const TimePoint from = until - seconds;
  Accumulator window;
  MutexLock lock(mutex_);
  for (const auto& [id, record] : timeline_.records_between(from, until)) {
    const Name& name = sum_.name(id);
    window.add(window.intern(name.method, name.name), record.to_entry());
  }
  return window.snapshot({until, start_.wall_of(until), start_.wall_of(from)});
}

std::vector<TimelinePoint> Collector::timeline(TimePoint since) const {
  MutexLock lock(mutex_);
  return with_wall_times(timeline_.totals(since), start_);
}

std::vector<TimelinePoint> Collector::timeline(std::string_view method, std::string_view name,
                                               TimePoint since) const {
  MutexLock lock(mutex_);
  const NameId* id = sum_.find(method, name);
  if (id == nullptr) return {};
  return with_wall_times(timeline_.of_name(*id, since), start_);
}

void Collector::reset(ClockPair start) {
  MutexLock lock(mutex_);
  start_ = start;
  sum_.clear();
  timeline_.clear();
}

}  // namespace locust_like::stats
