// Fuzzes Snapshot::decode: what it accepts must survive encoding, merging and reading.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "stats/snapshot.h"

using locust_like::stats::Snapshot;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto decoded = Snapshot::decode({reinterpret_cast<const char*>(data), size});
  if (!decoded.ok()) return 0;
  const Snapshot& snapshot = decoded.value();
  for (const Snapshot::Row& row : snapshot.rows()) {
    for (const double share : {0.0, 0.5, 1.0}) {
      (void)row.entry->percentile_ms(share);
      (void)row.entry->phase_percentile_ms(locust_like::stats::Phase::kWait, share);
    }
  }
  if (!Snapshot::decode(snapshot.encode()).ok()) std::abort();
  if (!snapshot.subtract(snapshot).rows().empty()) std::abort();
  (void)snapshot.merge(snapshot);
  return 0;
}
