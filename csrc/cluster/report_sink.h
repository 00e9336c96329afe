// ReportSink: where the figures of a report go; a seam, so that the state machine is tested without
// statistics.
// Thread: the link thread.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cluster/message.h"
#include "stats/delta.h"

namespace locust_like::cluster {

// What a report is about, by our clocks.
struct Interval {
  TimePoint start;
  double end_wall_s = 0;
};

class ReportSink {
 public:
  virtual ~ReportSink() = default;
  // Takes over the names that a report tells, and counts its figures if it `is_current`: all or
  // nothing. Returns how many requests it holds. A malformed report is Code::kProtocol.
  virtual Result<uint64_t> take(const Report& report, stats::NameDictionary& names, bool is_current,
                                const Interval& interval) = 0;
};

}  // namespace locust_like::cluster
