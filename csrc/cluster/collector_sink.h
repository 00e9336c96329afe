// CollectorSink: reports become part of a Collector, the statistics that the master shows.
// Ownership: the collector must outlive it. Thread: as ReportSink.
#pragma once

#include "cluster/report_sink.h"
#include "stats/collector.h"

namespace locust_like::cluster {

class CollectorSink final : public ReportSink {
 public:
  explicit CollectorSink(stats::Collector& collector) : collector_(collector) {}
  Result<uint64_t> count(std::string_view delta, TimePoint start, double end_wall_s) override;

 private:
  stats::Collector& collector_;
};

}  // namespace locust_like::cluster
