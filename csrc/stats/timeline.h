// Timeline: the history of a run, the one owner of it.
//
// Two tiers: one slice a second for the last 15 minutes, then one for ten seconds (wider when a run
// lasts more than a day). A slice holds totals and, per name, counts and the sparse response-time
// histogram, all as encoded bytes: a name that answered once a second costs about 11 bytes, where
// objects would cost hundreds. Seconds without any call have no slice.
// Memory is bounded: kMaxFineSlices + kMaxCoarseSlices totals of at most a few KB each, and at most
// `max_name_bytes` of per-name history; beyond that the oldest slices lose their names, never their
// totals.
// Thread: not thread-safe (Collector guards it). Errors: none.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "stats/histogram.h"
#include "stats/table.h"
#include "stats/timeline_record.h"

namespace locust_like::stats {

inline constexpr size_t kDefaultNameHistoryBytes = size_t{16} << 20;

// One interval of the run. `times` are buckets of TimeBuckets.
struct TimelinePoint {
  TimePoint start;
  double wall_s = 0;  // the same moment on the wall clock; filled in by Collector
  std::chrono::seconds length{1};
  TimelineRecord counts;
};

class Timeline {
 public:
  static constexpr int64_t kFineSlices = 900;
  static constexpr int64_t kFirstCoarseWidth_s = 10;
  static constexpr size_t kMaxCoarseSlices = 8640;  // a day at ten seconds

  explicit Timeline(size_t max_name_bytes = kDefaultNameHistoryBytes)
      : max_name_bytes_(max_name_bytes) {}

  // Adds what a thread counted from `interval_start` on to the second that it falls in. O(names in
  // that second).
  void merge(const Table& delta, TimePoint interval_start);

  // Oldest first; intervals that end after `since`.
  std::vector<TimelinePoint> totals(TimePoint since) const;
  // The same for one name; intervals without a call of it, or whose names were dropped, are absent.
  std::vector<TimelinePoint> of_name(NameId name, TimePoint since) const;

  // The record of every name in every second of [from, until), oldest first. Seconds older than the
  // fine tier are left out.
  std::vector<std::pair<NameId, TimelineRecord>> records_between(TimePoint from,
                                                                 TimePoint until) const;

  size_t name_bytes() const { return name_bytes_; }
  void clear();

 private:
  struct Slice {
    int64_t start_s = 0;  // of the steady clock
    std::string total;    // one TimelineRecord
    std::string names;    // NamedRecords, ascending by name
  };

  static int64_t second_of(TimePoint time);
  static TimelinePoint point_of(int64_t start_s, int64_t width_s, TimelineRecord counts);
  static Slice& slice_at(std::deque<Slice>& tier, int64_t start_s);

  // Merges the content of `from` into `to`, keeping name_bytes_ up to date.
  void fold(const Slice& from, Slice& to);
  void set_names(Slice& slice, std::string names);
  void move_old_seconds();
  void widen_coarse_tier();
  void drop_oldest_names();

  const size_t max_name_bytes_;
  size_t name_bytes_ = 0;
  int64_t coarse_width_s_ = kFirstCoarseWidth_s;
  std::deque<Slice> coarse_;  // both tiers ascending by start_s
  std::deque<Slice> fine_;
};

}  // namespace locust_like::stats
