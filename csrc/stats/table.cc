#include "stats/table.h"

namespace locust_like::stats {

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
