#include "engine/load_meter.h"

#include <ctime>
#include <utility>

namespace locust_like::engine {
namespace {

constexpr size_t kMaxIntervals = 900;
constexpr size_t kMaxLateness = 4096;  // a sample of this size gives the p99 well enough

Nanos thread_cpu() {
  timespec ts{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
  return std::chrono::seconds(ts.tv_sec) + Nanos(ts.tv_nsec);
}

}  // namespace

void LoadMeter::note_lateness(Nanos late) {
  if (lateness_ns_.size() < kMaxLateness) lateness_ns_.push_back(late.count());
}

void LoadMeter::close_interval(TimePoint start, TimePoint end) {
  LoadInterval interval;
  interval.start = start;
  interval.length = end - start;
  interval.longest_pass = std::exchange(longest_pass_, Nanos(0));
  const Nanos cpu = thread_cpu();
  interval.cpu = cpu - std::exchange(cpu_before_, cpu);
  interval.resource_errors = std::exchange(resource_errors_, 0);
  if (!lateness_ns_.empty()) {
    const auto at = lateness_ns_.begin() + static_cast<ptrdiff_t>(lateness_ns_.size() * 99 / 100);
    std::nth_element(lateness_ns_.begin(), at, lateness_ns_.end());
    interval.lateness_p99 = Nanos(*at);
    lateness_ns_.clear();
  }
  MutexLock lock(mutex_);
  if (closed_.size() >= kMaxIntervals) closed_.erase(closed_.begin());
  closed_.push_back(interval);
}

std::vector<LoadInterval> LoadMeter::take_intervals() {
  MutexLock lock(mutex_);
  return std::exchange(closed_, {});
}

}  // namespace locust_like::engine
