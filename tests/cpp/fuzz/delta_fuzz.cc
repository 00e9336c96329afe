// Fuzzes Delta::decode: what it accepts adds up, and survives being counted, merged and read.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "stats/collector.h"
#include "stats/delta.h"
#include "stats/delta_batch.h"
#include "stats/names.h"

using namespace locust_like;         // NOLINT(google-build-using-namespace)
using namespace locust_like::stats;  // NOLINT(google-build-using-namespace)

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Delta delta;
  if (!delta.decode({reinterpret_cast<const char*>(data), size}).ok()) return 0;
  Collector collector;
  NameDictionary names;
  for (const Delta::Row& row : delta.rows()) {
    if (row.offset >= size) std::abort();
    names.define(row.number, collector.intern("GET", std::to_string(row.number)));
  }
  collector.merge(delta, names, {steady_now(), Nanos(0), 1});
  collector.merge(delta, names, {steady_now(), Nanos(0), 1});
  const Snapshot snapshot = collector.snapshot();
  if (snapshot.total().counters.num_requests != 2 * delta.num_requests()) std::abort();
  for (const Snapshot::Row& row : snapshot.rows()) {
    const Entry& entry = *row.entry;
    if (entry.times.count() + entry.counters.num_without_time != entry.counters.num_requests) {
      std::abort();
    }
    (void)entry.percentile_ms(0.99);
  }
  if (!Snapshot::decode(snapshot.encode()).ok()) std::abort();
  return 0;
}
