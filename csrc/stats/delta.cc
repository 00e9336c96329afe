#include "stats/delta.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "stats/errors.h"
#include "stats/names.h"
#include "stats/wire.h"

namespace locust_like::stats {
namespace {

constexpr uint64_t kMaxTotalNs = uint64_t{1} << 60;  // 36 years of response time
constexpr uint64_t kMaxTimeNs = INT64_MAX / 2;
constexpr uint32_t kStatusCount = 1000;
constexpr uint64_t kMaxRows = kMaxNamesWithOther + 1;
constexpr uint64_t kPresenceBits = bit_of(DeltaPart::kPhases) * 2 - 1;

bool has(uint64_t presence, DeltaPart part) { return (presence & bit_of(part)) != 0; }

}  // namespace

bool NameDictionary::define(uint32_t number, NameId id) {
  if (number >= ids_.size()) ids_.resize(number + 1);
  if (!ids_[number]) ids_[number] = id;
  return *ids_[number] == id;
}

std::optional<NameId> NameDictionary::find(uint32_t number) const {
  return number < ids_.size() ? ids_[number] : std::nullopt;
}

// Fills a Delta; false = malformed.
class Delta::Reader {
 public:
  Reader(Delta& delta, std::string_view bytes) : delta_(delta), from_(bytes) {}

  bool rows();
  bool failures();
  bool at_end() const { return from_.at_end(); }
  size_t remaining() const { return from_.remaining(); }
  bool version() { return from_.varint() == kDeltaVersion && from_.ok(); }

 private:
  bool row(Row& row);
  void counters(Row& row, uint64_t presence);
  void pairs(Span& span, uint32_t index_count);
  void buckets(Span& span, uint32_t bucket_count);
  void phases(Row& row);
  uint64_t count_of(Span span) const;
  bool is_consistent(const Row& row) const;

  Delta& delta_;
  ByteReader from_;
};

bool Delta::Reader::rows() {
  const uint64_t count = from_.varint(kMaxRows);
  uint64_t next = 0;
  for (uint64_t i = 0; i < count && from_.ok(); ++i) {
    Row& added = delta_.rows_.emplace_back();
    const uint64_t number = next + from_.varint(kMaxRows);
    if (number >= kMaxRows || !row(added)) return false;
    added.number = static_cast<uint32_t>(number);
    delta_.num_requests_ += added.counters.num_requests;
    next = number + 1;
  }
  return from_.ok();
}

bool Delta::Reader::row(Row& row) {
  const uint64_t presence = from_.varint(kPresenceBits);
  counters(row, presence);
  if (has(presence, DeltaPart::kFailureCodes)) pairs(row.failure_codes, kCodeCount);
  if (has(presence, DeltaPart::kStatuses)) pairs(row.statuses, kStatusCount);
  if (has(presence, DeltaPart::kTimes)) {
    buckets(row.times, TimeBuckets::kCount);
    row.range.total_ns = from_.varint(kMaxTotalNs);
    const uint64_t min_ns = from_.varint(kMaxTimeNs);
    row.range.min_ns = static_cast<int64_t>(min_ns);
    row.range.max_ns = static_cast<int64_t>(min_ns + from_.varint(kMaxTimeNs));
  }
  if (has(presence, DeltaPart::kIntended)) buckets(row.from_intended, TimeBuckets::kCount);
  if (has(presence, DeltaPart::kPhases)) phases(row);
  return from_.ok() && is_consistent(row);
}

void Delta::Reader::counters(Row& row, uint64_t presence) {
  for (size_t i = 0; i < kCounters.size(); ++i) {
    if ((presence & (uint64_t{1} << i)) != 0) row.counters.*kCounters[i] = from_.varint(kMaxCount);
  }
}

void Delta::Reader::pairs(Span& span, uint32_t index_count) {
  span.begin = static_cast<uint32_t>(delta_.buckets_.size());
  const uint64_t count = from_.varint(index_count);
  for (uint64_t i = 0; i < count && from_.ok(); ++i) {
    const auto index = static_cast<uint32_t>(from_.varint(index_count - 1));
    delta_.buckets_.push_back({index, static_cast<uint32_t>(from_.varint(kMaxDeltaCount))});
  }
  span.end = static_cast<uint32_t>(delta_.buckets_.size());
}

void Delta::Reader::buckets(Span& span, uint32_t bucket_count) {
  span.begin = static_cast<uint32_t>(delta_.buckets_.size());
  const uint64_t count = from_.varint(bucket_count);
  uint64_t next = 0;
  for (uint64_t i = 0; i < count && from_.ok(); ++i) {
    const uint64_t head = from_.varint(uint64_t{bucket_count} * 2);
    const uint64_t index = next + (head >> 1);
    const uint64_t many = (head & 1) == 0 ? 1 : 2 + from_.varint(kMaxDeltaCount - 2);
    if (index >= bucket_count) return from_.fail();
    delta_.buckets_.push_back({static_cast<uint32_t>(index), static_cast<uint32_t>(many)});
    next = index + 1;
  }
  span.end = static_cast<uint32_t>(delta_.buckets_.size());
}

void Delta::Reader::phases(Row& row) {
  row.phase_calls = from_.varint(kMaxDeltaCount);
  const uint64_t present = from_.varint((uint64_t{1} << kPhaseCount) - 1);
  for (size_t i = 0; i < row.phases.size(); ++i) {
    if ((present & (uint64_t{1} << i)) == 0) continue;
    row.phase_total_ns[i] = from_.varint(kMaxTotalNs);
    buckets(row.phases[i], Buckets<kPhaseSubBits>::kCount);
  }
}

uint64_t Delta::Reader::count_of(Span span) const {
  return std::accumulate(delta_.begin(span), delta_.end(span), uint64_t{0},
                         [](uint64_t sum, const Bucket& bucket) { return sum + bucket.count; });
}

// Counts that belong together agree. Failures may exceed requests: a late one follows its request,
// perhaps into the next interval.
bool Delta::Reader::is_consistent(const Row& row) const {
  const Counters& counters = row.counters;
  const bool is_empty =
      counters.num_requests == 0 && counters.num_cancelled == 0 && counters.num_failures == 0;
  return !is_empty && counters.num_requests <= kMaxDeltaCount &&
         counters.num_without_time <= counters.num_requests &&
         count_of(row.times) == counters.num_requests - counters.num_without_time &&
         count_of(row.from_intended) <= counters.num_requests &&
         row.phase_calls <= counters.num_requests &&
         std::all_of(row.phases.begin(), row.phases.end(),
                     [&](Span phase) { return count_of(phase) <= row.phase_calls; });
}

bool Delta::Reader::failures() {
  const uint64_t count = from_.varint(kMaxErrorRows + kMaxRows * kCodeCount);
  for (uint64_t i = 0; i < count && from_.ok(); ++i) {
    Failure& failure = delta_.failures_.emplace_back();
    failure.row = static_cast<uint32_t>(from_.varint(kMaxRows));
    failure.code = static_cast<Code>(from_.varint(kCodeCount - 1));
    failure.status = static_cast<uint16_t>(from_.varint(UINT16_MAX));
    failure.text = from_.text(kMaxErrorTextBytes);
    failure.occurrences = static_cast<uint32_t>(from_.varint(kMaxDeltaCount));
    if (failure.row >= delta_.rows_.size() || failure.occurrences == 0) return false;
  }
  return from_.ok();
}

Status Delta::decode(std::string_view bytes) {
  rows_.clear();
  failures_.clear();
  buckets_.clear();
  num_requests_ = 0;
  Reader reader(*this, bytes);
  const auto malformed = [&](const char* what) {
    return Status(Code::kProtocol, std::string("decode delta: bad ") + what + ", " +
                                       std::to_string(reader.remaining()) + " bytes left");
  };
  if (!reader.version()) return malformed("version");
  if (!reader.rows()) return malformed("row");
  if (!reader.failures()) return malformed("failure");
  if (!reader.at_end()) return malformed("end");
  return {};
}

}  // namespace locust_like::stats
