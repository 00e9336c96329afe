#include "stats/timeline_record.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <utility>

namespace locust_like::stats {
namespace {

std::vector<BucketCount> merge_buckets(const std::vector<BucketCount>& a,
                                       const std::vector<BucketCount>& b) {
  std::vector<BucketCount> merged;
  merged.reserve(a.size() + b.size());
  std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(merged),
             [](const BucketCount& x, const BucketCount& y) { return x.index < y.index; });
  size_t kept = 0;
  for (size_t i = 1; i < merged.size(); ++i) {
    if (merged[i].index == merged[kept].index) {
      merged[kept].count += merged[i].count;
    } else {
      merged[++kept] = merged[i];
    }
  }
  if (!merged.empty()) merged.resize(kept + 1);
  return merged;
}

}  // namespace

TimelineRecord TimelineRecord::of(const DeltaEntry& entry) {
  const Counters& counters = entry.counters;
  return {counters.num_requests,  counters.num_failures,       counters.num_cancelled,
          counters.content_bytes, entry.range.total_ns / 1000, entry.times.occupied()};
}

void TimelineRecord::merge(const TimelineRecord& other) {
  num_requests += other.num_requests;
  num_failures += other.num_failures;
  num_cancelled += other.num_cancelled;
  content_bytes += other.content_bytes;
  total_time_us += other.total_time_us;
  times = times.empty() ? other.times : merge_buckets(times, other.times);
}

uint64_t TimelineRecord::timed_requests() const {
  uint64_t count = 0;
  for (const BucketCount& bucket : times) count += bucket.count;
  return count;
}

std::optional<double> TimelineRecord::percentile_ms(double share) const {
  if (times.empty()) return std::nullopt;
  const uint64_t rank = rank_of(share, timed_requests());
  uint64_t seen = 0;
  const auto found = std::find_if(times.begin(), times.end(), [&](const BucketCount& bucket) {
    seen += bucket.count;
    return seen > rank;
  });
  return TimeBuckets::middle_us(found->index) / 1000;
}

std::vector<BucketCount> TimelineRecord::heat() const {
  std::vector<BucketCount> bands;
  for (const BucketCount& bucket : times) {
    const uint64_t us = std::max<uint64_t>(TimeBuckets::lower_us(bucket.index), 1);
    const auto octave = static_cast<uint32_t>(std::bit_width(us) - 1);
    const auto quarter = static_cast<uint32_t>(((us - (uint64_t{1} << octave)) * 4) >> octave);
    const uint32_t band = octave * 4 + quarter;
    if (bands.empty() || bands.back().index != band) bands.push_back({band, 0});
    bands.back().count += bucket.count;
  }
  return bands;
}

Entry TimelineRecord::to_entry() const {
  Entry entry;
  entry.counters.num_requests = num_requests;
  entry.counters.num_failures = num_failures;
  entry.counters.num_cancelled = num_cancelled;
  entry.counters.content_bytes = content_bytes;
  for (const BucketCount& bucket : times) entry.times.add(bucket.index, bucket.count);
  entry.counters.num_without_time = num_requests - std::min(num_requests, entry.times.count());
  if (times.empty()) return entry;
  entry.range.total_ns = total_time_us * 1000;
  entry.range.min_ns = static_cast<int64_t>(TimeBuckets::lower_us(times.front().index)) * 1000;
  entry.range.max_ns = static_cast<int64_t>(TimeBuckets::upper_us(times.back().index)) * 1000;
  return entry;
}

std::string TimelineRecord::encode() const {
  ByteWriter writer;
  writer.varint(num_requests);
  writer.varint(num_failures);
  writer.varint(num_cancelled);
  writer.varint(content_bytes);
  writer.varint(total_time_us);
  writer.buckets(times);
  return writer.take();
}

TimelineRecord TimelineRecord::decode(std::string_view bytes) {
  ByteReader reader(bytes);
  TimelineRecord record;
  record.num_requests = reader.varint();
  record.num_failures = reader.varint();
  record.num_cancelled = reader.varint();
  record.content_bytes = reader.varint();
  record.total_time_us = reader.varint();
  record.times = reader.buckets(TimeBuckets::kCount);
  return record;
}

bool NamedRecordReader::next() {
  if (reader_.at_end()) return false;
  name_ = NameId{static_cast<uint32_t>(reader_.varint(UINT32_MAX))};
  bytes_ = reader_.text(SIZE_MAX);
  return reader_.ok();
}

void append_named_record(ByteWriter& writer, NameId name, std::string_view record) {
  writer.varint(name.value);
  writer.text(record);
}

std::string merge_named_records(std::string_view a, std::string_view b) {
  NamedRecordReader left(a);
  NamedRecordReader right(b);
  bool has_left = left.next();
  bool has_right = right.next();
  ByteWriter writer;
  while (has_left || has_right) {
    if (has_left && has_right && left.name() == right.name()) {
      TimelineRecord sum = left.record();
      sum.merge(right.record());
      append_named_record(writer, left.name(), sum.encode());
      has_left = left.next();
      has_right = right.next();
    } else if (has_left && (!has_right || left.name() < right.name())) {
      append_named_record(writer, left.name(), left.record_bytes());
      has_left = left.next();
    } else {
      append_named_record(writer, right.name(), right.record_bytes());
      has_right = right.next();
    }
  }
  std::string merged = writer.take();
  merged.shrink_to_fit();
  return merged;
}

}  // namespace locust_like::stats
