#include "engine/recorder.h"

#include <utility>

namespace locust_like::engine {
namespace {

constexpr size_t kMaxClosed = 120;  // about two minutes of one thread
constexpr size_t kMaxSpare = 4;

}  // namespace

Recorder::Recorder(int io_threads) : slots_(static_cast<size_t>(io_threads)) {}

void Recorder::close_interval(ThreadId thread, TimePoint interval_start) {
  stats::Table& table = slots_[thread.value].table;
  if (table.empty()) return;
  bool full = false;
  {
    MutexLock lock(mutex_);
    closed_.push_back({std::move(table), interval_start, wall_now_s()});
    if (spare_.empty()) {
      table = stats::Table();
    } else {
      table = std::move(spare_.back());
      spare_.pop_back();
    }
    full = closed_.size() > kMaxClosed;
  }
  if (full) merge_closed();
}

void Recorder::merge_closed() {
  const MutexLock merging(merging_);
  std::vector<Closed> taken;
  {
    MutexLock lock(mutex_);
    taken.swap(closed_);
  }
  for (Closed& closed : taken) {
    collector_.merge(closed.table, closed.interval_start, closed.wall_s);
    closed.table.clear();
  }
  MutexLock lock(mutex_);
  for (Closed& closed : taken) {
    if (spare_.size() >= kMaxSpare) break;
    spare_.push_back(std::move(closed.table));
  }
}

void Recorder::restart() {
  for (Slot& slot : slots_) slot.table.clear();
  reset();
}

void Recorder::reset() {
  const MutexLock merging(merging_);
  {
    MutexLock lock(mutex_);
    closed_.clear();
  }
  collector_.reset();
}

}  // namespace locust_like::engine
