// A clock that tests move by hand.
#pragma once

#include "base/clock.h"

namespace locust_like::testing {

class FakeClock final : public Clock {
 public:
  explicit FakeClock(TimePoint start = TimePoint(std::chrono::hours(1))) : now_(start) {}
  TimePoint now() const override { return now_; }
  void advance(Nanos by) { now_ += by; }
  void set(TimePoint now) { now_ = now; }

 private:
  TimePoint now_;
};

}  // namespace locust_like::testing
