// ReportSink: where the figures of a report go; a seam, so that the state machine is tested without
// statistics.
// Thread: the link thread.
#pragma once

#include "base/clock.h"
#include "base/result.h"

namespace locust_like::cluster {

class ReportSink {
 public:
  virtual ~ReportSink() = default;
  // Counts what a worker counted in an interval, all or nothing, and returns how many requests that
  // were. `end_wall_s` is the end of the interval by our clock. A malformed delta is
  // Code::kProtocol.
  virtual Result<uint64_t> count(std::string_view delta, TimePoint start, double end_wall_s) = 0;
};

}  // namespace locust_like::cluster
