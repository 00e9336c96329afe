#include "loop/pacer.h"

#include <cassert>
#include <utility>

namespace locust_like::loop {
namespace {

// Not ISO C++, but in every compiler for 64-bit targets.
__extension__ typedef unsigned __int128 Wide;  // NOLINT(modernize-use-using)

constexpr Nanos kTick = std::chrono::microseconds(150);
constexpr uint64_t kMostWakeupsPerSecond = 5000;

uint64_t divide_up(Wide dividend, uint64_t divisor) {
  return static_cast<uint64_t>((dividend + divisor - 1) / divisor);
}

uint64_t count_of(Nanos duration) { return static_cast<uint64_t>(duration.count()); }

}  // namespace

PaceSchedule::PaceSchedule(TimePoint origin, Rate rate)
    : origin_(origin),
      rate_(rate),
      ticks_(Wide{rate.starts} * count_of(std::chrono::seconds(1)) >
             Wide{kMostWakeupsPerSecond} * count_of(rate.per)) {
  assert(rate.starts > 0 && rate.per > Nanos::zero());
}

TimePoint PaceSchedule::due(uint64_t index) const {
  return origin_ +
         Nanos(static_cast<int64_t>(divide_up(Wide{index} * count_of(rate_.per), rate_.starts)));
}

uint64_t PaceSchedule::due_count(TimePoint now) const {
  if (now < origin_) return 0;
  const Wide elapsed = count_of(now - origin_);
  return static_cast<uint64_t>(elapsed * rate_.starts / count_of(rate_.per)) + 1;
}

TimePoint PaceSchedule::wake_for(uint64_t index) const {
  const TimePoint exact = due(index);
  if (!ticks_) return exact;
  const uint64_t tick = divide_up(count_of(exact - origin_), count_of(kTick));
  return origin_ + static_cast<int64_t>(tick) * kTick;
}

Pacer::Pacer(Loop& loop, const PaceSchedule& schedule, Due due)
    : schedule_(schedule), due_(std::move(due)), timer_(loop, [this] { wake(); }) {
  timer_.arm(schedule_.wake_for(0));
}

void Pacer::stop() {
  stopped_ = true;
  timer_.disarm();
}

void Pacer::wake() {
  const uint64_t end = schedule_.due_count(steady_now());
  if (end > next_) due_(std::exchange(next_, end), end);
  if (!stopped_) timer_.arm(schedule_.wake_for(next_));
}

}  // namespace locust_like::loop
