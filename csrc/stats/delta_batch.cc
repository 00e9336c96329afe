#include "stats/delta_batch.h"

#include <algorithm>

namespace locust_like::stats {

void DeltaBatch::add(const Delta& delta, const NameDictionary& names) {
  const auto base = static_cast<uint32_t>(bytes_.size());
  failures_.push_back({base + delta.failures_at(), static_cast<uint32_t>(rows_.size()),
                       static_cast<uint32_t>(delta.rows().size())});
  bytes_.append(delta.bytes());
  for (const Delta::Row& row : delta.rows()) {
    rows_.push_back({*names.find(row.number), base + row.offset});
  }
}

void DeltaBatch::clear() {
  bytes_.clear();
  rows_.clear();
  failures_.clear();
}

// By counting, because ids are small numbers.
void DeltaBatch::sort_by_name(std::vector<Row>& sorted) const {
  std::vector<uint32_t> starts(1);
  for (const Row& row : rows_) {
    if (row.id.value + 2 > starts.size()) starts.resize(row.id.value + 2);
    ++starts[row.id.value + 1];
  }
  for (size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
  sorted.resize(rows_.size());
  for (const Row& row : rows_) sorted[starts[row.id.value]++] = row;
}

}  // namespace locust_like::stats
