// How the levels work: the level of a timer is the highest base-256 digit in which its tick differs
// from the current one. So every timer of a lower level is due before every timer of a higher one,
// slots never wrap, and the slot of the current digit on levels 1 to 3 is always empty: its timers
// were moved down when the wheel entered it.
#include "loop/timing_wheel.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace locust_like::loop {

Timer::~Timer() { cancel(); }

void Timer::cancel() {
  if (wheel_ == nullptr) return;
  TimingWheel::unlink(*this);
  --wheel_->size_;
  wheel_ = nullptr;
}

TimingWheel::TimingWheel(TimePoint origin) : origin_(origin) {}

TimingWheel::~TimingWheel() {
  for (Level& level : levels_) {
    for (Timer*& head : level.heads) {
      while (head != nullptr) head->cancel();
    }
  }
}

unsigned TimingWheel::slot_of(uint64_t tick, unsigned level) {
  return static_cast<unsigned>((tick >> (level * kSlotBits)) & (kSlots - 1));
}

void TimingWheel::link(Timer& timer, Timer*& head) {
  timer.link_ = &head;
  timer.next_ = head;
  if (head != nullptr) head->link_ = &timer.next_;
  head = &timer;
}

void TimingWheel::unlink(Timer& timer) {
  *timer.link_ = timer.next_;
  if (timer.next_ != nullptr) timer.next_->link_ = timer.link_;
}

void TimingWheel::schedule(Timer& timer, TimePoint due) {
  timer.cancel();
  const Nanos delay = std::max(due - origin_, Nanos::zero());
  // Rounded up: a timer may be late by a part of a tick, but never early.
  timer.due_tick_ = static_cast<uint64_t>((delay.count() + kTick.count() - 1) / kTick.count());
  timer.wheel_ = this;
  ++size_;
  place(timer);
}

void TimingWheel::place(Timer& timer) {
  constexpr uint64_t kRange = (uint64_t{1} << (kLevels * kSlotBits)) - 1;
  const uint64_t tick = std::clamp(timer.due_tick_, current_, current_ | kRange);
  const uint64_t difference = (tick ^ current_) | 1;
  const unsigned level = (63U - static_cast<unsigned>(std::countl_zero(difference))) / kSlotBits;
  const unsigned slot = slot_of(tick, level);
  link(timer, levels_[level].heads[slot]);
  levels_[level].occupied[slot / 64] |= uint64_t{1} << (slot % 64);
}

// Takes the list of a slot; its first link still points into the slot and is set by the caller.
Timer* TimingWheel::detach(unsigned level, unsigned slot) {
  levels_[level].occupied[slot / 64] &= ~(uint64_t{1} << (slot % 64));
  return std::exchange(levels_[level].heads[slot], nullptr);
}

std::optional<unsigned> TimingWheel::first_occupied(unsigned level, unsigned from) {
  auto& [heads, occupied] = levels_[level];
  for (unsigned word = from / 64; word < kWords; ++word) {
    uint64_t bits = occupied[word];
    if (word == from / 64) bits &= ~uint64_t{0} << (from % 64);
    for (; bits != 0; bits &= bits - 1) {
      const auto bit = static_cast<unsigned>(std::countr_zero(bits));
      if (heads[word * 64 + bit] != nullptr) return word * 64 + bit;
      occupied[word] &= ~(uint64_t{1} << bit);
    }
  }
  return std::nullopt;
}

std::optional<uint64_t> TimingWheel::next_tick() {
  if (size_ == 0) return std::nullopt;
  for (unsigned level = 0; level < kLevels; ++level) {
    const unsigned shift = level * kSlotBits;
    if (const auto slot = first_occupied(level, slot_of(current_, level))) {
      const uint64_t block = current_ >> (shift + kSlotBits) << (shift + kSlotBits);
      return std::max(current_, block | (uint64_t{*slot} << shift));
    }
  }
  return current_;
}

std::optional<TimePoint> TimingWheel::next_due() {
  const auto tick = next_tick();
  if (!tick) return std::nullopt;
  return origin_ + static_cast<int64_t>(*tick) * kTick;
}

void TimingWheel::move_to(uint64_t tick) {
  current_ = tick;
  for (unsigned level = kLevels - 1; level > 0; --level) {
    Timer* timer = detach(level, slot_of(tick, level));
    while (timer != nullptr) {
      Timer* const next = timer->next_;
      place(*timer);
      timer = next;
    }
  }
}

void TimingWheel::fire_current() {
  Timer* expired = detach(0, slot_of(current_, 0));
  if (expired != nullptr) expired->link_ = &expired;
  // The wheel is past this tick before anything fires, so what is armed meanwhile lands in a later
  // one, and a timer from beyond the range is placed anew relative to there.
  move_to(current_ + 1);
  fire(expired);
}

void TimingWheel::fire(Timer*& expired) {
  while (expired != nullptr) {
    Timer& timer = *expired;
    unlink(timer);
    if (timer.due_tick_ >= current_) {
      place(timer);
      continue;
    }
    timer.wheel_ = nullptr;
    --size_;
    timer.on_timer();
  }
}

void TimingWheel::advance(TimePoint now) {
  if (now < origin_) return;
  const auto last = static_cast<uint64_t>((now - origin_) / kTick);
  while (current_ <= last) {
    const auto tick = next_tick();
    if (!tick || *tick > last) {
      move_to(last + 1);
      return;
    }
    if (*tick != current_) move_to(*tick);
    fire_current();
  }
}

}  // namespace locust_like::loop
