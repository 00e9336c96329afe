#include "engine/load_meter.h"

#include <cmath>
#include <ctime>
#include <utility>

namespace locust_like::engine {
namespace {

constexpr size_t kMaxIntervals = 900;

Nanos thread_cpu() {
  timespec ts{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
  return std::chrono::seconds(ts.tv_sec) + Nanos(ts.tv_nsec);
}

}  // namespace

void LoadMeter::note_lateness(Nanos late) {
  lateness_.record(static_cast<uint64_t>(std::max<int64_t>(late.count(), 0)) / 1000);
}

void LoadMeter::close_interval(TimePoint start, TimePoint end) {
  LoadInterval interval;
  interval.start = start;
  interval.length = end - start;
  interval.longest_pass = std::exchange(longest_pass_, Nanos(0));
  const Nanos cpu = thread_cpu();
  interval.cpu = cpu - std::exchange(cpu_before_, cpu);
  interval.resource_errors = std::exchange(resource_errors_, 0);
  interval.lateness_p99 = Nanos(std::llround(lateness_.percentile_us(0.99).value_or(0) * 1000));
  lateness_.clear();
  MutexLock lock(mutex_);
  if (closed_.size() >= kMaxIntervals) closed_.erase(closed_.begin());
  closed_.push_back(interval);
}

std::vector<LoadInterval> LoadMeter::take_intervals() {
  MutexLock lock(mutex_);
  return std::exchange(closed_, {});
}

}  // namespace locust_like::engine
