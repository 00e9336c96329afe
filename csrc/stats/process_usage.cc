#include "stats/process_usage.h"

#include <unistd.h>

#include <ctime>
#include <fstream>
#include <utility>

namespace locust_like::stats {

double ProcessUsage::cpu_share(TimePoint now) {
  timespec used{};
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0) return 0;
  const Nanos total = std::chrono::seconds(used.tv_sec) + Nanos(used.tv_nsec);
  const Nanos spent = total - std::exchange(used_, total);
  const TimePoint before = std::exchange(last_, now);
  if (before == TimePoint() || now <= before) return 0;
  return static_cast<double>(spent.count()) / static_cast<double>((now - before).count());
}

uint64_t rss_bytes() {
  std::ifstream file("/proc/self/statm");
  uint64_t total_pages = 0;
  uint64_t resident_pages = 0;
  if (!(file >> total_pages >> resident_pages)) return 0;
  return resident_pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace locust_like::stats
