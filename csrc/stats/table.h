// Table: what one thread counted since it last handed its counts over ("delta").
//
// An I/O thread records Samples here without locks; once a second, or when somebody reads, it moves
// the whole Table out and goes on with an empty one. The reader merges it into a Collector. So no
// table ever has two writers, and a reader never makes the request path wait.
// Entries are found by index, and the touched ones are listed, so recording hashes nothing and
// merging costs as much as changed.
// Thread: not thread-safe; owned by exactly one thread at a time.
#pragma once

#include <memory>
#include <vector>

#include "stats/delta_batch.h"
#include "stats/entry.h"
#include "stats/errors.h"
#include "stats/sample.h"

namespace locust_like::stats {

class Table {
 public:
  Table() : Table(kMaxCapturesOfInterval) {}
  explicit Table(size_t max_captures);
  ~Table();
  Table(Table&&) noexcept;
  Table& operator=(Table&&) noexcept;

  // Counts one finished call. O(1); allocates only for a new name, histogram page, failure text or
  // capture.
  // REQUIRES: sample.name comes from the Collector that will merge this table.
  void record(const Sample& sample);

  // Adds what other processes counted. O(rows and occupied buckets); allocates as record().
  // REQUIRES: the batch has ids of the Collector that will merge this table; no sum of requests in
  // this table passes 32 bits.
  void add(const DeltaBatch& batch);

  // True while nothing was recorded since construction or clear().
  bool empty() const { return touched_.empty(); }
  // Forgets all counts, keeps memory of entries for reuse.
  void clear();

  // Names with something recorded, in order of first record. Views live until the next call of a
  // non-const member.
  const std::vector<NameId>& touched() const { return touched_; }
  // REQUIRES: `name` is in touched().
  const DeltaEntry& entry(NameId name) const { return *entries_[name.value]; }
  const ErrorTable& errors() const { return errors_; }

 private:
  DeltaEntry& touch(NameId name);

  std::vector<std::unique_ptr<DeltaEntry>> entries_;  // by NameId
  std::vector<NameId> touched_;
  ErrorTable errors_;
};

}  // namespace locust_like::stats
