// ReportSink: where the figures of a report go; a seam, so that the state machine is tested without
// statistics.
// Thread: the link thread.
#pragma once

#include "base/result.h"
#include "cluster/message.h"
#include "stats/collector.h"
#include "stats/delta.h"

namespace locust_like::cluster {

class ReportSink {
 public:
  virtual ~ReportSink() = default;
  // Takes over the names that a report tells, and counts its figures if it `is_current`: all or
  // nothing. Returns how many requests it holds. A malformed report is Code::kProtocol.
  virtual Result<uint64_t> take(const Report& report, stats::NameDictionary& names, bool is_current,
                                const stats::Interval& interval) = 0;
};

}  // namespace locust_like::cluster
