#include "cluster/collector_sink.h"

#include "stats/snapshot.h"

namespace locust_like::cluster {

Result<uint64_t> CollectorSink::count(std::string_view delta, TimePoint start, double end_wall_s) {
  const Result<stats::Snapshot> decoded = stats::Snapshot::decode(delta);
  if (!decoded.ok()) return decoded.status();
  collector_.merge(decoded.value(), start, end_wall_s);
  return decoded.value().total().counters.num_requests;
}

}  // namespace locust_like::cluster
