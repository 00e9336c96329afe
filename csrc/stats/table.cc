#include "stats/table.h"

namespace locust_like::stats {
namespace {

template <typename Histogram>
void add_buckets(Histogram& to, const Delta& delta, Delta::Span span) {
  const Delta::Bucket* const end = delta.end(span);
  for (const Delta::Bucket* b = delta.begin(span); b != end; ++b) to.add(b->index, b->count);
}

void add_row(DeltaEntry& entry, const Delta& delta, const Delta::Row& row) {
  entry.counters.merge(row.counters);
  for (const auto* b = delta.begin(row.failure_codes); b != delta.end(row.failure_codes); ++b) {
    entry.failure_codes[b->index] += b->count;
  }
  for (const auto* b = delta.begin(row.statuses); b != delta.end(row.statuses); ++b) {
    entry.status_codes.add(static_cast<uint16_t>(b->index), b->count);
  }
  entry.range.merge(row.range);
  add_buckets(entry.times, delta, row.times);
  add_buckets(entry.from_intended, delta, row.from_intended);
  entry.phase_calls += row.phase_calls;
  for (size_t i = 0; i < row.phases.size(); ++i) {
    entry.phase_total_ns[i] += row.phase_total_ns[i];
    add_buckets(entry.phases[i], delta, row.phases[i]);
  }
}

}  // namespace

Table::Table() = default;
Table::~Table() = default;
Table::Table(Table&&) noexcept = default;
Table& Table::operator=(Table&&) noexcept = default;

void Table::record(const Sample& sample) {
  const size_t index = sample.name.value;
  DeltaEntry* entry = index < entries_.size() ? entries_[index].get() : nullptr;
  if (entry == nullptr || entry->empty()) entry = &touch(sample.name);
  entry->record(sample);
  if (is_failure(sample.outcome)) {
    errors_.record(sample.name, failure_class(sample), sample.status, sample.failure_text);
  }
}

void Table::add(const Delta& delta, const NameDictionary& names) {
  for (const Delta::Row& row : delta.rows()) {
    const NameId id = *names.find(row.number);
    DeltaEntry* entry = id.value < entries_.size() ? entries_[id.value].get() : nullptr;
    if (entry == nullptr || entry->empty()) entry = &touch(id);
    add_row(*entry, delta, row);
  }
  for (const Delta::Failure& failure : delta.failures()) {
    ErrorRow error;
    error.name = *names.find(delta.rows()[failure.row].number);
    error.code = failure.code;
    error.status = failure.status;
    error.text = failure.text;
    error.occurrences = failure.occurrences;
    errors_.merge(error);
  }
}

DeltaEntry& Table::touch(NameId name) {
  if (name.value >= entries_.size()) entries_.resize(name.value + 1);
  auto& slot = entries_[name.value];
  if (!slot) slot = std::make_unique<DeltaEntry>();
  touched_.push_back(name);
  return *slot;
}

void Table::clear() {
  for (const NameId name : touched_) entries_[name.value]->clear();
  touched_.clear();
  errors_.clear();
}

}  // namespace locust_like::stats
