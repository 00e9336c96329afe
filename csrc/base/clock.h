// Time: one monotonic clock for the whole core.
//
// Stamps on the request path call steady_now() directly; whatever decides *when* (spawning, pacing,
// health intervals) takes a Clock, so that tests move time by hand.
#pragma once

#include <chrono>
#include <cstdint>

namespace locust_like {

using Nanos = std::chrono::nanoseconds;
using TimePoint = std::chrono::steady_clock::time_point;

// About 20-40 ns. Monotonic, shared by all threads and processes of a machine.
inline TimePoint steady_now() { return std::chrono::steady_clock::now(); }
inline int64_t to_ns(TimePoint t) { return t.time_since_epoch().count(); }
// Wall clock, seconds since the Unix epoch; for display only, never for durations.
double wall_now_s();

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
};

class SteadyClock final : public Clock {
 public:
  TimePoint now() const override { return steady_now(); }
};

}  // namespace locust_like
