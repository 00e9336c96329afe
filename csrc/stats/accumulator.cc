#include "stats/accumulator.h"

#include <utility>

namespace locust_like::stats {

Entry& Accumulator::Slot::writable() {
  if (!entry) {
    entry = std::make_shared<Entry>();
  } else if (is_shared) {
    entry = std::make_shared<Entry>(*entry);
  }
  is_shared = false;
  return *entry;
}

Accumulator::Accumulator() = default;

Accumulator::Slot& Accumulator::slot(NameId id) {
  if (id.value >= slots_.size()) slots_.resize(id.value + 1);
  return slots_[id.value];
}

void Accumulator::add(NameId id, const Entry& entry) {
  slot(id).writable().merge(entry);
  total_.writable().merge(entry);
}

void Accumulator::add(const Table& delta, double wall_s) {
  for (const NameId id : delta.touched()) {
    Entry& sum = slot(id).writable();
    sum.merge(delta.entry(id));
    Entry& total = total_.writable();
    total.merge(delta.entry(id));
    sum.last_recorded_wall_s = std::max(sum.last_recorded_wall_s, wall_s);
    total.last_recorded_wall_s = std::max(total.last_recorded_wall_s, wall_s);
  }
  for (const ErrorRow& row : delta.errors().rows()) {
    ErrorRow dated = row;
    dated.first_seen_wall_s = wall_s;
    dated.last_seen_wall_s = wall_s;
    add_error(dated);
  }
}

void Accumulator::add_error(const ErrorRow& row) {
  errors_.merge(row);
  failures_.reset();
}

Snapshot Accumulator::snapshot(const SnapshotTimes& times) {
  std::vector<Snapshot::Row> rows;
  rows.reserve(slots_.size());
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (!slots_[i].entry) continue;
    slots_[i].is_shared = true;
    rows.push_back({names_.at(NameId{static_cast<uint32_t>(i)}), slots_[i].entry});
  }
  if (!failures_) {
    auto failures = std::make_shared<std::vector<Snapshot::Failure>>();
    failures->reserve(errors_.rows().size());
    for (const ErrorRow& row : errors_.rows()) failures->push_back({names_.at(row.name), row});
    failures_ = std::move(failures);
  }
  if (!total_.entry) total_.writable();
  total_.is_shared = true;
  return {times, std::move(rows), total_.entry, failures_};
}

void Accumulator::clear() {
  slots_.clear();
  total_ = Slot{};
  errors_.clear();
  failures_.reset();
}

}  // namespace locust_like::stats
