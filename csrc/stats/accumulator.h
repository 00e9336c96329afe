// Accumulator: sums entries by name until somebody takes a Snapshot.
//
// The mutable other side of Snapshot: a Collector keeps one for the run, and merging, subtracting
// and decoding snapshots each use a short-lived one. Entries are copied on write: one that a
// snapshot shares is cloned before it changes, so a snapshot copies nothing and a merge clones at
// most what changed since the last snapshot. Thread: not thread-safe.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "stats/errors.h"
#include "stats/names.h"
#include "stats/snapshot.h"
#include "stats/table.h"

namespace locust_like::stats {

class Accumulator {
 public:
  Accumulator();

  NameId intern(std::string_view method, std::string_view name) {
    return names_.intern(method, name);
  }
  const Name& name(NameId id) const { return *names_.at(id); }
  // Null for a pair that was never interned.
  const NameId* find(std::string_view method, std::string_view name) const {
    return names_.find(method, name);
  }

  // REQUIRES: `id` came from intern().
  void add(NameId id, const Entry& entry);
  // Adds a delta whose ids came from intern(); `wall_s` becomes the time of its calls and failures.
  void add(const Table& delta, double wall_s);
  // REQUIRES: `row.name` came from intern().
  void add_error(const ErrorRow& row);

  Snapshot snapshot(const SnapshotTimes& times);
  // Forgets all counts; ids stay valid.
  void clear();

 private:
  // Shared with the snapshots that were taken while it had this content.
  struct Slot {
    std::shared_ptr<Entry> entry;
    bool is_shared = false;
    Entry& writable();
  };

  Slot& slot(NameId id);

  Names names_;
  std::vector<Slot> slots_;  // by NameId
  Slot total_;
  ErrorTable errors_;
  std::shared_ptr<const std::vector<Snapshot::Failure>>
      failures_;  // null when errors_ changed since
};

}  // namespace locust_like::stats
