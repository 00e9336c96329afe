#include "stats/timeline.h"

#include <algorithm>
#include <utility>

namespace locust_like::stats {
namespace {

// Rounds down to a multiple of `width`, also below zero.
int64_t floor_to(int64_t value, int64_t width) {
  const int64_t rest = value % width;
  return value - (rest < 0 ? rest + width : rest);
}

}  // namespace

int64_t Timeline::second_of(TimePoint time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

TimelinePoint Timeline::point_of(int64_t start_s, int64_t width_s, TimelineRecord counts) {
  return {TimePoint(std::chrono::seconds(start_s)), 0, std::chrono::seconds(width_s),
          std::move(counts)};
}

Timeline::Slice& Timeline::slice_at(std::deque<Slice>& tier, int64_t start_s) {
  // Nearly always the last one or a new one after it.
  auto at = tier.end();
  while (at != tier.begin() && std::prev(at)->start_s >= start_s) --at;
  if (at != tier.end() && at->start_s == start_s) return *at;
  Slice slice;
  slice.start_s = start_s;
  return *tier.insert(at, std::move(slice));
}

void Timeline::merge(const Table& delta, TimePoint interval_start) {
  if (delta.empty()) return;
  std::vector<NameId> ids = delta.touched();
  std::sort(ids.begin(), ids.end());
  Slice added;
  TimelineRecord total;
  TimeHistogram<uint64_t> times;  // adds up faster than lists of buckets do
  ByteWriter names;
  for (const NameId id : ids) {
    TimelineRecord record = TimelineRecord::of(delta.entry(id));
    append_named_record(names, id, record.encode());
    record.times.clear();
    total.merge(record);
    times.merge(delta.entry(id).times);
  }
  total.times = times.occupied();
  added.total = total.encode();
  added.names = names.take();

  const int64_t second = second_of(interval_start);
  const bool is_recent = fine_.empty() || second > fine_.back().start_s - kFineSlices;
  if (is_recent) {
    fold(added, slice_at(fine_, second));
    move_old_seconds();
  } else {
    fold(added, slice_at(coarse_, floor_to(second, coarse_width_s_)));
  }
  drop_oldest_names();
}

void Timeline::set_names(Slice& slice, std::string names) {
  name_bytes_ -= slice.names.size();
  slice.names = std::move(names);
  name_bytes_ += slice.names.size();
}

void Timeline::fold(const Slice& from, Slice& to) {
  TimelineRecord total = TimelineRecord::decode(from.total);
  if (!to.total.empty()) total.merge(TimelineRecord::decode(to.total));
  to.total = total.encode();
  set_names(to, merge_named_records(to.names, from.names));
}

void Timeline::move_old_seconds() {
  while (fine_.front().start_s <= fine_.back().start_s - kFineSlices) {
    Slice& oldest = fine_.front();
    fold(oldest, slice_at(coarse_, floor_to(oldest.start_s, coarse_width_s_)));
    set_names(oldest, {});
    fine_.pop_front();
  }
  if (coarse_.size() > kMaxCoarseSlices) widen_coarse_tier();
}

void Timeline::widen_coarse_tier() {
  coarse_width_s_ *= 2;
  std::deque<Slice> narrow;
  narrow.swap(coarse_);
  for (Slice& slice : narrow) {
    fold(slice, slice_at(coarse_, floor_to(slice.start_s, coarse_width_s_)));
    set_names(slice, {});
  }
}

void Timeline::drop_oldest_names() {
  for (std::deque<Slice>* tier : {&coarse_, &fine_}) {
    for (Slice& slice : *tier) {
      if (name_bytes_ <= max_name_bytes_) return;
      set_names(slice, {});
    }
  }
}

std::vector<TimelinePoint> Timeline::totals(TimePoint since) const {
  std::vector<TimelinePoint> points;
  const auto add = [&](const Slice& slice, int64_t width_s) {
    if (TimePoint(std::chrono::seconds(slice.start_s + width_s)) <= since) return;
    points.push_back(point_of(slice.start_s, width_s, TimelineRecord::decode(slice.total)));
  };
  for (const Slice& slice : coarse_) add(slice, coarse_width_s_);
  for (const Slice& slice : fine_) add(slice, 1);
  return points;
}

std::vector<TimelinePoint> Timeline::of_name(NameId name, TimePoint since) const {
  std::vector<TimelinePoint> points;
  const auto add = [&](const Slice& slice, int64_t width_s) {
    if (TimePoint(std::chrono::seconds(slice.start_s + width_s)) <= since) return;
    NamedRecordReader reader(slice.names);
    while (reader.next()) {
      if (reader.name() == name) {
        points.push_back(point_of(slice.start_s, width_s, reader.record()));
        return;
      }
    }
  };
  for (const Slice& slice : coarse_) add(slice, coarse_width_s_);
  for (const Slice& slice : fine_) add(slice, 1);
  return points;
}

std::vector<std::pair<NameId, TimelineRecord>> Timeline::records_between(TimePoint from,
                                                                         TimePoint until) const {
  const int64_t first_s = second_of(from);
  const int64_t end_s = second_of(until);
  std::vector<std::pair<NameId, TimelineRecord>> records;
  for (const Slice& slice : fine_) {
    if (slice.start_s < first_s || slice.start_s >= end_s) continue;
    NamedRecordReader reader(slice.names);
    while (reader.next()) records.emplace_back(reader.name(), reader.record());
  }
  return records;
}

void Timeline::clear() {
  name_bytes_ = 0;
  coarse_width_s_ = kFirstCoarseWidth_s;
  coarse_.clear();
  fine_.clear();
}

}  // namespace locust_like::stats
