#include "stats/delta.h"

#include <algorithm>
#include <array>
#include <string>

#include "stats/delta_walk.h"

namespace locust_like::stats {
namespace {

// Sums up a histogram's counts.
class Sum {
 public:
  static constexpr bool kCountsOnly = true;
  explicit Sum(uint64_t& to) : to_(to) {}
  ~Sum() { to_ += sum_; }
  Sum(const Sum& other) = default;
  Sum& operator=(const Sum&) = delete;
  void occupied(uint64_t buckets) { sum_ += buckets; }
  void more(uint32_t /*position*/, uint64_t count) { sum_ += count; }

 private:
  uint64_t& to_;
  uint64_t sum_ = 0;
};

// Notes what has to agree within a row.
class Checker {
 public:
  explicit Checker(std::vector<Delta::Row>& rows) : rows_(rows) {}

  uint64_t num_requests() const { return num_requests_; }
  size_t failures_at() const { return failures_at_; }

  bool begin_row(uint32_t number, size_t offset) {
    rows_.push_back({number, static_cast<uint32_t>(offset)});
    counters_ = {};
    times_ = intended_ = phase_calls_ = 0;
    phases_.fill(0);
    return true;
  }
  void counter(size_t i, uint64_t value) { counters_.*kCounters[i] = value; }
  void failure_code(uint32_t /*code*/, uint64_t /*count*/) {}
  void status(uint32_t /*status*/, uint64_t /*count*/) {}
  void range(uint64_t /*total_ns*/, int64_t /*min_ns*/, int64_t /*max_ns*/) {}
  void phase_calls(uint64_t count) { phase_calls_ = count; }
  void phase_total(size_t /*phase*/, uint64_t /*ns*/) {}
  Sum times() { return Sum(times_); }
  Sum intended() { return Sum(intended_); }
  Sum phase(size_t i) { return Sum(phases_[i]); }
  void begin_failures(size_t offset) { failures_at_ = offset; }
  void failure(uint32_t /*row*/, Code /*code*/, uint16_t /*status*/, std::string_view /*text*/,
               uint64_t /*occurrences*/) {}
  bool capture(std::string_view bytes) { return decode_capture(bytes) != nullptr; }
  void end_failure() {}

  // Counts that belong together agree. Failures may exceed requests: a late one follows its
  // request, perhaps into the next interval.
  bool end_row() {
    const uint64_t requests = counters_.num_requests;
    num_requests_ += requests;
    const bool is_empty =
        requests == 0 && counters_.num_cancelled == 0 && counters_.num_failures == 0;
    return !is_empty && requests <= kMaxDeltaCount && with_protocol(counters_) <= requests &&
           counters_.num_without_time <= requests &&
           times_ == requests - counters_.num_without_time && intended_ <= requests &&
           phase_calls_ <= requests &&
           std::all_of(phases_.begin(), phases_.end(),
                       [&](uint64_t count) { return count <= phase_calls_; });
  }

 private:
  std::vector<Delta::Row>& rows_;
  size_t failures_at_ = 0;
  uint64_t num_requests_ = 0;
  Counters counters_;
  uint64_t times_ = 0;
  uint64_t intended_ = 0;
  uint64_t phase_calls_ = 0;
  std::array<uint64_t, kPhaseCount> phases_{};
};

}  // namespace

bool NameDictionary::define(uint32_t number, NameId id) {
  if (number >= ids_.size()) ids_.resize(number + 1);
  if (!ids_[number]) ids_[number] = id;
  return *ids_[number] == id;
}

Status Delta::decode(std::string_view bytes) {
  bytes_ = bytes;
  rows_.clear();
  Checker checker(rows_);
  const bool is_good = bytes.size() <= UINT32_MAX && DeltaWalk(bytes).run(checker);
  failures_at_ = static_cast<uint32_t>(checker.failures_at());
  num_requests_ = checker.num_requests();
  if (is_good) return {};
  return {Code::kProtocol, "decode delta: malformed in row " + std::to_string(rows_.size()) +
                               " of " + std::to_string(bytes.size()) + " bytes"};
}

}  // namespace locust_like::stats
