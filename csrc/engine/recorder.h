// Recorder: the statistics of one Environment, with a table of its own in each I/O thread.
//
// Recording: each I/O thread writes only its own slot. Once a second, and whenever somebody
// reads, the thread closes its interval: the table moves to `closed_` and an empty one takes its
// place. Readers merge closed tables into the Collector. If nobody reads for two minutes the I/O
// thread merges by itself, so memory stays bounded.
#pragma once

#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/mutex.h"
#include "stats/capture_choice.h"
#include "stats/collector.h"
#include "stats/table.h"

namespace locust_like::engine {

class Recorder {
 public:
  explicit Recorder(int io_threads);

  // Thread: any; takes a lock, so callers keep the id.
  NameId intern(std::string_view method, std::string_view name) {
    return collector_.intern(method, name);
  }

  // Thread: the I/O thread `thread`, without locks.
  void record(ThreadId thread, const stats::Sample& sample) {
    slots_[thread.value].table.record(sample);
  }
  // Whether to capture a failure that a script has judged, before its sample crosses. Thread: the
  // submitter's.
  bool wants_capture(const stats::Sample& sample, std::string_view failure_text) {
    return stats::is_failure(sample.outcome) &&
           capture_choice_.wants(sample, failure_text, steady_now());
  }
  // Thread: the I/O thread `thread`. Hands over what was recorded since `interval_start`.
  void close_interval(ThreadId thread, TimePoint interval_start);

  // Thread: any. Merges what the threads have handed over so far.
  void merge_closed();
  stats::Collector& collector() { return collector_; }
  // Forgets all counts, also those handed over but not merged. Thread: any.
  void reset();
  // Forgets also what the threads have not handed over. REQUIRES: no thread records; for the child
  // of a fork, where they do not exist.
  void restart();

 private:
  struct Slot {
    stats::Table table;
  };
  struct Closed {
    stats::Table table;
    TimePoint interval_start;
    double wall_s = 0;
  };

  // Held while closed tables become part of the sums, so that who finds none left knows that they
  // are in, and reset() forgets them too. Taken before mutex_.
  Mutex merging_;
  stats::Collector collector_;
  std::vector<Slot> slots_;  // one an I/O thread
  stats::CaptureChoice capture_choice_;
  Mutex mutex_;
  std::vector<Closed> closed_ LL_GUARDED_BY(mutex_);
  std::vector<stats::Table> spare_ LL_GUARDED_BY(mutex_);
};

}  // namespace locust_like::engine
