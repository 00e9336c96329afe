// Collector: the statistics of one Environment: names, sums of the run, and the timeline.
//
// Threads hand their delta Tables over (engine/recorder.h), merge() adds them, readers take
// Snapshots. Thread: any. One lock guards everything; no request path takes it, except a script's
// first use of a name. merge() holds it for about a microsecond for each changed entry.
#pragma once

#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/mutex.h"
#include "stats/accumulator.h"
#include "stats/delta.h"
#include "stats/delta_batch.h"
#include "stats/snapshot.h"
#include "stats/table.h"
#include "stats/timeline.h"

namespace locust_like::stats {

// One moment on both clocks, so that monotonic times can be shown as wall times. Steps of the wall
// clock during a run (NTP) are ignored.
struct ClockPair {
  TimePoint steady;
  double wall_s = 0;

  static ClockPair now() { return {steady_now(), wall_now_s()}; }
  double wall_of(TimePoint time) const {
    return wall_s + std::chrono::duration<double>(time - steady).count();
  }
  TimePoint steady_of(double time_s) const {
    return steady +
           std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(time_s - wall_s));
  }
};

// What another process has counted, by our clocks.
struct Interval {
  TimePoint start;
  Nanos length{0};
  double end_wall_s = 0;
};

class Collector {
 public:
  // Counts from `start` on.
  explicit Collector(ClockPair start = ClockPair::now(),
                     size_t max_name_history_bytes = kDefaultNameHistoryBytes);

  // Dense id of a request name; valid as long as the Collector, also after reset().
  NameId intern(std::string_view method, std::string_view name);

  // Adds what one thread counted since `interval_start`. `wall_s` is the wall clock when the thread
  // closed the interval; it stands for all calls and failures in it. Late and repeated intervals of
  // the same second add up.
  // REQUIRES: names in `delta` come from intern().
  void merge(const Table& delta, TimePoint interval_start, double wall_s);

  // Adds what another process counted. It belongs to the second in which the interval ends, so that
  // a second that is over is complete, or, of one that was late and is long, its first second.
  // Deltas of the same second gather and become part of the sums when somebody reads, so that one
  // of a hundred processes costs no more than its rows. REQUIRES: `names` knows every number of
  // `delta`, by ids of intern().
  void merge(const Delta& delta, const NameDictionary& names, const Interval& interval);

  // The sum since the start or the last reset().
  Snapshot snapshot(TimePoint now = steady_now()) const;
  // Only what was counted in the last whole `seconds` seconds; before so many have passed, all that
  // was counted, and the times of the snapshot say in how long (one second at least). Counts and
  // response times, no phases, bytes on the wire or failure texts, because the timeline has none.
  Snapshot window(std::chrono::seconds seconds, TimePoint now = steady_now()) const;

  // History, oldest first, of intervals that end after `since`.
  std::vector<TimelinePoint> timeline(TimePoint since) const;
  // Empty for an unknown name.
  std::vector<TimelinePoint> timeline(std::string_view method, std::string_view name,
                                      TimePoint since) const;

  // Forgets all counts and history. Names stay; calls in flight are counted afterwards.
  void reset(ClockPair start = ClockPair::now());

 private:
  // Deltas of other processes that belong to the same second.
  struct Gathered {
    int64_t second = 0;
    uint64_t num_requests = 0;
    double wall_s = 0;
    DeltaBatch batch;  // not yet in the table
    Table table{kMaxCaptures};

    void count_batch();
  };

  // The table that takes a delta of so many requests from the second of `time`.
  Gathered& gather(TimePoint time, uint64_t num_requests) LL_REQUIRES(mutex_);
  // Makes what gathered part of the sums. Readers need it first.
  void settle() const LL_REQUIRES(mutex_);

  mutable Mutex mutex_;
  ClockPair start_ LL_GUARDED_BY(mutex_);
  TimePoint counted_until_ LL_GUARDED_BY(mutex_);  // the latest end of an interval
  // Readers settle what gathered, and mark entries as shared, which no caller can see.
  mutable Accumulator sum_ LL_GUARDED_BY(mutex_);
  mutable Timeline timeline_ LL_GUARDED_BY(mutex_);
  mutable std::vector<Gathered> gathered_ LL_GUARDED_BY(mutex_);
  mutable std::vector<Gathered> spare_ LL_GUARDED_BY(mutex_);  // empty ones, for their memory
};

}  // namespace locust_like::stats
