// CollectorSink: reports become part of a Collector, the statistics that the master shows.
// Ownership: the collector must outlive it. Thread: as ReportSink.
#pragma once

#include "cluster/report_sink.h"
#include "stats/collector.h"
#include "stats/delta.h"

namespace locust_like::cluster {

class CollectorSink final : public ReportSink {
 public:
  explicit CollectorSink(stats::Collector& collector) : collector_(collector) {}
  Result<uint64_t> take(const Report& report, stats::NameDictionary& names, bool is_current,
                        const stats::Interval& interval) override;

 private:
  Status check(const Report& report, const stats::NameDictionary& names) const;

  stats::Collector& collector_;
  stats::Delta delta_;  // kept for its memory
};

}  // namespace locust_like::cluster
