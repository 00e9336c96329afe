// ProcSampler: what Linux knows about the CPU time of our threads and of the machine.
//
// Parsing is apart from reading, so that it is tested on fixed texts. Where the files do not exist
// (other systems, locked-down containers) the figures are absent, not zero.
// Thread: one thread at a time.
// Source: Linux Documentation/scheduler/sched-stats.rst, proc(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace locust_like::stats {

struct ThreadTimes {
  uint64_t run_ns = 0;   // on a CPU
  uint64_t wait_ns = 0;  // ready to run, but waiting for a CPU
};

struct MachineTimes {
  uint64_t total_ticks = 0;
  uint64_t steal_ticks = 0;  // taken by the host of a virtual machine
};

// Content of /proc/self/task/TID/schedstat.
std::optional<ThreadTimes> parse_schedstat(std::string_view text);
// First line of /proc/stat.
std::optional<MachineTimes> parse_machine_stat(std::string_view text);

// Shares over the time between two calls of sample(), 0-1.
struct ThreadShares {
  double busy = 0;
  double wait = 0;
};

// Follows one thread of this process.
class ThreadSampler {
 public:
  // `thread_id`: the kernel's id (gettid) of a thread of this process.
  explicit ThreadSampler(int thread_id);
  // Nothing on the first call, when no time has passed, and where the kernel tells nothing.
  std::optional<ThreadShares> sample(TimePoint now);
  // As sample(), on times that the caller read.
  std::optional<ThreadShares> sample(TimePoint now, const std::optional<ThreadTimes>& times);

 private:
  std::string path_;
  std::optional<ThreadTimes> last_;
  TimePoint last_time_;
};

// Follows the share of CPU time that the host took from this machine.
class StealSampler {
 public:
  std::optional<double> sample();
  std::optional<double> sample(const std::optional<MachineTimes>& times);

 private:
  std::optional<MachineTimes> last_;
};

}  // namespace locust_like::stats
