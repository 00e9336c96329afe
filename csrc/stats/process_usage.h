// ProcessUsage: CPU time and memory of this process, as the operating system counts them.
// Thread: one thread at a time; rss_bytes() any.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace locust_like::stats {

class ProcessUsage {
 public:
  // Share of one core that all threads used since the last call; above 1 with several busy threads.
  // 0 at the first call.
  double cpu_share(TimePoint now);

 private:
  Nanos used_{0};
  TimePoint last_;
};

// Memory of this process that is in RAM; 0 where /proc is not there.
uint64_t rss_bytes();

}  // namespace locust_like::stats
