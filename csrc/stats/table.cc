#include "stats/table.h"

#include <array>

#include "stats/delta_walk.h"

namespace locust_like::stats {
namespace {

// Counts buckets into a histogram.
template <typename Histogram>
class BucketAdder {
 public:
  static constexpr bool kCountsOnly = false;
  explicit BucketAdder(Histogram& to) : add_(to) {}

  void bucket(uint32_t position, uint32_t index) {
    indices_[position] = static_cast<uint16_t>(index);
    add_(index, 1);
  }
  void occupied(uint64_t /*buckets*/) {}
  void more(uint32_t position, uint64_t count) { add_(indices_[position], count); }

 private:
  typename Histogram::Adder add_;
  std::array<uint16_t, Histogram::Layout::kCount>
      indices_;  // by position; no more is set than used
};

// Counts rows, which were checked, into an entry.
class RowAdder {
 public:
  explicit RowAdder(DeltaEntry& entry) : entry_(entry) {}

  void counter(size_t i, uint64_t value) { entry_.counters.*kCounters[i] += value; }
  void failure_code(uint32_t code, uint64_t count) { entry_.failure_codes[code] += count; }
  void status(uint32_t status, uint64_t count) {
    entry_.status_codes.add(static_cast<uint16_t>(status), count);
  }
  void range(uint64_t total_ns, int64_t min_ns, int64_t max_ns) {
    entry_.range.merge({total_ns, min_ns, max_ns});
  }
  void phase_calls(uint64_t count) { entry_.phase_calls += count; }
  void phase_total(size_t phase, uint64_t ns) { entry_.phase_total_ns[phase] += ns; }
  auto times() { return BucketAdder(entry_.times); }
  auto intended() { return BucketAdder(entry_.from_intended); }
  auto phase(size_t i) { return BucketAdder(entry_.phases[i]); }

 private:
  DeltaEntry& entry_;
};

// Counts the failures of a delta, whose first row is `rows`.
class FailureAdder {
 public:
  FailureAdder(ErrorTable& errors, const DeltaBatch::Row* rows) : errors_(errors), rows_(rows) {}

  void failure(uint32_t row, Code code, uint16_t status, std::string_view text,
               uint64_t occurrences) {
    error_.name = rows_[row].id;
    error_.code = code;
    error_.status = status;
    error_.text = text;
    error_.occurrences = occurrences;
    error_.captures.clear();
  }
  bool capture(std::string_view bytes) {
    error_.captures.push_back(decode_capture(bytes));
    return true;
  }
  void end_failure() { errors_.merge(error_); }

 private:
  ErrorRow error_;
  ErrorTable& errors_;
  const DeltaBatch::Row* rows_;
};

}  // namespace

Table::Table(size_t max_captures) : errors_(kMaxErrorRows, max_captures) {}
Table::~Table() = default;
Table::Table(Table&&) noexcept = default;
Table& Table::operator=(Table&&) noexcept = default;

void Table::record(const Sample& sample) {
  const size_t index = sample.name.value;
  DeltaEntry* entry = index < entries_.size() ? entries_[index].get() : nullptr;
  if (entry == nullptr || entry->empty()) entry = &touch(sample.name);
  entry->record(sample);
  if (!is_failure(sample.outcome)) return;
  ErrorRow& error =
      errors_.record(sample.name, failure_class(sample), sample.status, sample.failure_text);
  if (sample.source != nullptr && errors_.wants_capture(error)) {
    errors_.add_capture(error, sample.source->capture());
  }
}

void Table::add(const DeltaBatch& batch) {
  std::vector<DeltaBatch::Row> rows;
  batch.sort_by_name(rows);
  for (const DeltaBatch::Row& row : rows) {
    const size_t index = row.id.value;
    DeltaEntry* entry = index < entries_.size() ? entries_[index].get() : nullptr;
    if (entry == nullptr || entry->empty()) entry = &touch(row.id);
    RowAdder adder(*entry);
    DeltaWalk(batch.bytes(), row.offset).row(adder);
  }
  for (const DeltaBatch::Failures& failures : batch.failures()) {
    FailureAdder adder(errors_, batch.rows().data() + failures.first_row);
    DeltaWalk(batch.bytes(), failures.offset).failures(adder, failures.row_count);
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
