// TimelineRecord: what the timeline keeps of one interval, and its bytes.
//
// A stream of NamedRecords is a sequence of (name, size of record, record) in ascending order of
// name, so that readers skip what they do not want and two streams merge in one pass.
// Thread: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "stats/entry.h"
#include "stats/histogram.h"
#include "stats/wire.h"

namespace locust_like::stats {

struct TimelineRecord {
  uint64_t num_requests = 0;
  uint64_t num_failures = 0;
  uint64_t num_cancelled = 0;
  uint64_t content_bytes = 0;
  uint64_t total_time_us = 0;
  std::vector<BucketCount> times;  // of TimeBuckets, ascending

  static TimelineRecord of(const DeltaEntry& entry);
  void merge(const TimelineRecord& other);
  uint64_t timed_requests() const;
  // As Entry::percentile_ms, but without an exact minimum and maximum to clamp to.
  std::optional<double> percentile_ms(double share) const;
  // Requests by quarter octave, as pairs of a heat map: band b holds times from
  // 2^(b/4) * (1 + (b%4)/4) us on (whole-number division). Ascending, at most 128 pairs.
  std::vector<BucketCount> heat() const;
  // An entry with these counts; minimum and maximum are bounds of buckets.
  Entry to_entry() const;

  std::string encode() const;
  static TimelineRecord decode(std::string_view bytes);
};

// Reads a stream of NamedRecords. `bytes` must outlive the reader.
class NamedRecordReader {
 public:
  explicit NamedRecordReader(std::string_view bytes) : reader_(bytes) {}
  // Moves on to the next record; false at the end.
  bool next();
  // REQUIRES: next() was true.
  NameId name() const { return name_; }
  std::string_view record_bytes() const { return bytes_; }
  TimelineRecord record() const { return TimelineRecord::decode(bytes_); }

 private:
  ByteReader reader_;
  NameId name_;
  std::string_view bytes_;
};

void append_named_record(ByteWriter& writer, NameId name, std::string_view record);

// The stream that holds the sums of both.
std::string merge_named_records(std::string_view a, std::string_view b);

}  // namespace locust_like::stats
