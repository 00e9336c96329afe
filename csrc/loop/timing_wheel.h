// TimingWheel: think times and timeouts, O(1) to arm, move and cancel, no allocation.
//
// Hierarchical wheel (Varghese and Lauck, 1987): 4 levels of 256 slots, tick 250 us, so about 12
// days of range; longer delays are parked at the end of the range and placed again from there.
// A timer never fires early; it fires at most one tick plus the loop's own lateness late. Pure: no
// clock, no file descriptor; Loop drives it.
// Thread: the loop's. A Timer must not move while armed; destroying it cancels it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace locust_like::loop {

class TimingWheel;

// Intrusive entry. Derive from it or make it a member; `on_timer` is called once per arming.
class Timer {
 public:
  Timer() = default;
  virtual ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  bool armed() const { return wheel_ != nullptr; }
  void cancel();  // no-op when not armed

 protected:
  // Thread: the loop's. May arm this or any timer again, and may destroy itself or others.
  virtual void on_timer() = 0;

 private:
  friend class TimingWheel;
  TimingWheel* wheel_ = nullptr;
  Timer** link_ = nullptr;  // the pointer that points to this timer
  Timer* next_ = nullptr;
  uint64_t due_tick_ = 0;
};

class TimingWheel {
 public:
  static constexpr Nanos kTick = std::chrono::microseconds(250);

  // `origin`: the start of tick 0, not later than any time given afterwards.
  explicit TimingWheel(TimePoint origin);
  ~TimingWheel();  // timers still armed are cancelled
  TimingWheel(const TimingWheel&) = delete;
  TimingWheel& operator=(const TimingWheel&) = delete;

  // Arms `timer`, or moves it when armed. A due time in the past fires at the next advance().
  void schedule(Timer& timer, TimePoint due);

  // Fires all timers due at `now`, tick by tick, those of one tick in no particular order. Timers
  // that are armed meanwhile with a due time in the past wait for the next call.
  // REQUIRES: not called from on_timer(). `now` before an earlier `now` does nothing.
  void advance(TimePoint now);

  // When advance() is needed next: never later than the earliest timer is due, perhaps earlier
  // (timers far away move to a finer level first). Empty when no timer is armed.
  std::optional<TimePoint> next_due();
  size_t size() const { return size_; }

 private:
  friend class Timer;
  static constexpr unsigned kLevels = 4;
  static constexpr unsigned kSlotBits = 8;
  static constexpr uint64_t kSlots = 1U << kSlotBits;
  static constexpr unsigned kWords = kSlots / 64;

  struct Level {
    std::array<Timer*, kSlots> heads = {};
    // A set bit may belong to a slot whose timers were all cancelled, until first_occupied() meets
    // it; a clear one never lies.
    std::array<uint64_t, kWords> occupied = {};
  };

  static unsigned slot_of(uint64_t tick, unsigned level);
  static void link(Timer& timer, Timer*& head);
  static void unlink(Timer& timer);
  void place(Timer& timer);
  Timer* detach(unsigned level, unsigned slot);
  std::optional<unsigned> first_occupied(unsigned level, unsigned from);
  std::optional<uint64_t> next_tick();
  void move_to(uint64_t tick);
  void fire_current();
  void fire(Timer*& expired);

  TimePoint origin_;
  uint64_t current_ = 0;  // the first tick that has not been fired
  size_t size_ = 0;
  std::array<Level, kLevels> levels_;
};

}  // namespace locust_like::loop
