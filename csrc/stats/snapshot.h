// Snapshot: an immutable sum of counts at one moment.
//
// Readers (outputs, thresholds, the web, the cluster) only ever see Snapshots. Entries and names
// are shared with the Collector that made the snapshot and with later snapshots of unchanged
// entries, so taking one costs a pointer per name, not a copy of its histograms.
// Thread: immutable, any thread may read; a moved-from snapshot may only be destroyed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "stats/entry.h"
#include "stats/errors.h"
#include "stats/names.h"

namespace locust_like::stats {

// Raised with every change of the encoding; a decoder takes no other version.
inline constexpr uint64_t kSnapshotVersion = 2;

// When a snapshot was taken, and since when it counts. Wall times follow the steady clock from one
// reading on, so start never lies after taken.
struct SnapshotTimes {
  TimePoint taken;
  double taken_wall_s = 0;
  double start_wall_s = 0;
};

class Snapshot {
 public:
  struct Row {
    std::shared_ptr<const Name> name;
    std::shared_ptr<const Entry> entry;
  };
  struct Failure {
    std::shared_ptr<const Name> name;
    ErrorRow error;  // error.name is of no use outside the Collector
  };

  // An empty snapshot.
  Snapshot();
  // `total` is the sum of `rows`. Used by Accumulator; everybody else gets snapshots from there.
  Snapshot(SnapshotTimes times, std::vector<Row> rows, std::shared_ptr<const Entry> total,
           std::shared_ptr<const std::vector<Failure>> failures);

  const SnapshotTimes& times() const { return times_; }
  // Names with at least one call, in order of first appearance.
  const std::vector<Row>& rows() const { return rows_; }
  const Entry& total() const { return *total_; }
  const std::shared_ptr<const Entry>& shared_total() const { return total_; }
  // In order of first appearance.
  const std::vector<Failure>& failures() const { return *failures_; }
  // Null when nothing was counted under that name. O(names).
  const Row* find(std::string_view method, std::string_view name) const;
  // Calls that count under "(other)" because there were too many names.
  uint64_t dropped_names() const;

  // The sum of both. Start is the earlier start, taken the later moment.
  Snapshot merge(const Snapshot& other) const;
  // What was counted after `earlier`, a previous snapshot of the same Collector. Names and
  // failures without change are left out. A snapshot that starts after `earlier` was taken (there
  // was a reset in between) is returned as it is.
  Snapshot subtract(const Snapshot& earlier) const;

  std::string encode() const;
  // Fails with Code::kProtocol, saying where, on anything that encode() does not write. Memory is
  // bounded by kMaxNamesWithOther entries and kMaxErrorRows failures, whatever the input says.
  static Result<Snapshot> decode(std::string_view bytes);

 private:
  // As find(), but O(1) for who asks in the order of rows(); `next` is the position, 0 at first.
  const Row* find_from(size_t& next, const Name& name) const;

  SnapshotTimes times_;
  std::vector<Row> rows_;
  std::shared_ptr<const Entry> total_;
  std::shared_ptr<const std::vector<Failure>> failures_;
};

}  // namespace locust_like::stats
