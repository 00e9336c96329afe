#include "stats/snapshot.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "stats/accumulator.h"

namespace locust_like::stats {
namespace {

void add_all(Accumulator& sum, const Snapshot& snapshot) {
  for (const Snapshot::Row& row : snapshot.rows()) {
    sum.add(sum.intern(row.name->method, row.name->name), *row.entry);
  }
  for (const Snapshot::Failure& failure : snapshot.failures()) {
    ErrorRow error = failure.error;
    error.name = sum.intern(failure.name->method, failure.name->name);
    sum.add_error(error);
  }
}

using FailureKey = std::tuple<std::string_view, std::string_view, Code, uint16_t, std::string_view>;

FailureKey key_of(const Snapshot::Failure& failure) {
  return {failure.name->method, failure.name->name, failure.error.code, failure.error.status,
          failure.error.text};
}

template <typename T>
void remove_first(std::vector<T>& items, size_t count) {
  items.erase(items.begin(), items.begin() + static_cast<ptrdiff_t>(std::min(count, items.size())));
}

}  // namespace

Snapshot::Snapshot()
    : Snapshot(SnapshotTimes{}, {}, std::make_shared<const Entry>(),
               std::make_shared<const std::vector<Failure>>()) {}

Snapshot::Snapshot(SnapshotTimes times, std::vector<Row> rows, std::shared_ptr<const Entry> total,
                   std::shared_ptr<const std::vector<Failure>> failures)
    : times_(times),
      rows_(std::move(rows)),
      total_(std::move(total)),
      failures_(std::move(failures)) {}

const Snapshot::Row* Snapshot::find(std::string_view method, std::string_view name) const {
  const auto found = std::find_if(rows_.begin(), rows_.end(), [&](const Row& row) {
    return row.name->name == name && row.name->method == method;
  });
  return found == rows_.end() ? nullptr : &*found;
}

const Snapshot::Row* Snapshot::find_from(size_t& next, const Name& name) const {
  if (next >= rows_.size() || rows_[next].name->name != name.name ||
      rows_[next].name->method != name.method) {
    return find(name.method, name.name);
  }
  return &rows_[next++];
}

uint64_t Snapshot::dropped_names() const {
  uint64_t calls = 0;
  for (const Row& row : rows_) {
    if (row.name->name != kOther) continue;
    calls += row.entry->counters.num_requests + row.entry->counters.num_cancelled;
  }
  return calls;
}

Snapshot Snapshot::merge(const Snapshot& other) const {
  Accumulator sum;
  add_all(sum, *this);
  add_all(sum, other);
  SnapshotTimes times = times_;
  times.taken = std::max(times.taken, other.times_.taken);
  times.taken_wall_s = std::max(times.taken_wall_s, other.times_.taken_wall_s);
  times.start_wall_s = std::min(times.start_wall_s, other.times_.start_wall_s);
  return sum.snapshot(times);
}

Snapshot Snapshot::subtract(const Snapshot& earlier) const {
  if (times_.start_wall_s > earlier.times_.taken_wall_s) return *this;
  Accumulator rest;
  size_t next = 0;
  for (const Row& row : rows_) {
    const Row* before = earlier.find_from(next, *row.name);
    if (before != nullptr && before->entry == row.entry) continue;
    Entry entry = *row.entry;
    if (before != nullptr) entry.subtract(*before->entry);
    if (!entry.empty()) rest.add(rest.intern(row.name->method, row.name->name), entry);
  }
  std::map<FailureKey, const ErrorRow*> seen;
  for (const Failure& failure : earlier.failures()) seen[key_of(failure)] = &failure.error;
  for (const Failure& failure : failures()) {
    const auto before = seen.find(key_of(failure));
    const uint64_t known = before == seen.end() ? 0 : before->second->occurrences;
    if (failure.error.occurrences <= known) continue;
    ErrorRow error = failure.error;
    error.occurrences -= known;
    if (before != seen.end()) remove_first(error.captures, before->second->captures.size());
    error.name = rest.intern(failure.name->method, failure.name->name);
    rest.add_error(error);
  }
  SnapshotTimes times = times_;
  times.start_wall_s = std::min(earlier.times_.taken_wall_s, times.taken_wall_s);
  return rest.snapshot(times);
}

}  // namespace locust_like::stats
