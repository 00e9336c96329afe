// LoadMeter: what one I/O thread notices about itself, interval by interval.
//
// Thread: the loop's for all but take_intervals().
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "stats/histogram.h"

namespace locust_like::engine {

struct LoadInterval {
  TimePoint start;
  Nanos length{0};
  Nanos longest_pass{0};         // between two polls: nothing is read or written on time meanwhile
  Nanos cpu{0};                  // CPU time of the thread
  Nanos lateness_p99{0};         // sleeps and paced starts: due -> fired; at most 0.4 % off
  uint32_t resource_errors = 0;  // out of ports, descriptors or memory
};

class LoadMeter {
 public:
  void pass_begins(TimePoint now) { pass_began_ = now; }
  void pass_ends(TimePoint now) { longest_pass_ = std::max(longest_pass_, now - pass_began_); }
  void note_lateness(Nanos late);
  void note_resource_error() { ++resource_errors_; }
  // Ends the interval; keeps at most 900 that nobody took.
  void close_interval(TimePoint start, TimePoint end);

  // Thread: any. Finished intervals since the last call, oldest first.
  std::vector<LoadInterval> take_intervals();

 private:
  TimePoint pass_began_ = steady_now();
  Nanos longest_pass_{0};
  Nanos cpu_before_{0};
  uint32_t resource_errors_ = 0;
  stats::TimeHistogram<uint32_t> lateness_;
  Mutex mutex_;
  std::vector<LoadInterval> closed_ LL_GUARDED_BY(mutex_);
};

}  // namespace locust_like::engine
