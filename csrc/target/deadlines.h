// Deadlines: what must happen at an exact moment, as an indexed binary heap.
//
// The loop's timing wheel rounds to ticks of 250 us, too coarse for a server whose delays others
// are measured against; a heap keeps due times in full and costs O(log n). Entries are intrusive,
// so arming allocates nothing in steady state, and an entry that dies takes itself out. Pure: no
// clock, no file descriptor; the server drives it. Thread: the loop's.
#pragma once

#include <optional>
#include <vector>

#include "base/clock.h"

namespace locust_like::target {

class DeadlineHeap;

// One entry. Must not move; must not outlive its heap while armed.
class Deadline {
 public:
  Deadline() = default;
  virtual ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  bool armed() const { return heap_ != nullptr; }
  void cancel();  // no-op when not armed

 protected:
  // Called once per arming, when no longer armed. May arm, cancel or destroy any entry.
  virtual void on_deadline(TimePoint due) = 0;

 private:
  friend class DeadlineHeap;
  DeadlineHeap* heap_ = nullptr;
  size_t index_ = 0;
  TimePoint due_;
};

class DeadlineHeap {
 public:
  DeadlineHeap() = default;
  ~DeadlineHeap();  // disarms what is left
  DeadlineHeap(const DeadlineHeap&) = delete;
  DeadlineHeap& operator=(const DeadlineHeap&) = delete;

  // Arms `entry`, or moves it when it is armed here. O(log n).
  void arm(Deadline& entry, TimePoint due);
  // Fires everything due at or before `now`, earliest first, and returns how many. An entry that is
  // armed again for at most `now` meanwhile fires again, so callers that mean "soon" arm later than
  // `now`.
  size_t fire_due(TimePoint now);
  std::optional<TimePoint> next_due() const;
  size_t size() const { return entries_.size(); }

 private:
  friend class Deadline;
  void remove(Deadline& entry);
  void place(size_t index, Deadline* entry);
  void sift_up(size_t index);
  void sift_down(size_t index);

  std::vector<Deadline*> entries_;
};

}  // namespace locust_like::target
