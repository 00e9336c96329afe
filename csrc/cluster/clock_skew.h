// ClockSkew: how far a worker's wall clock is ahead of ours, from pulses and their echoes.
//
// An answer that took long tells little, so of the last kWindow round trips the shortest counts;
// the error is at most half of that one. Source: NTP's clock filter, RFC 5905 section 10. Thread:
// values.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "base/clock.h"

namespace locust_like::cluster {

class ClockSkew {
 public:
  // `sent`: our stamp that came back now; `held`: how long the worker kept it; `worker_wall_s`: its
  // clock when it answered; `our_wall_s`: ours at `now`.
  void add(TimePoint sent, Nanos held, double worker_wall_s, TimePoint now, double our_wall_s);

  // Nothing until the first echo.
  std::optional<double> skew_s() const;
  std::optional<double> round_trip_s() const;

 private:
  struct Sample {
    double round_trip_s = 0;
    double skew_s = 0;
  };
  static constexpr size_t kWindow = 8;

  const Sample* best() const;

  std::array<Sample, kWindow> samples_{};
  size_t count_ = 0;
};

}  // namespace locust_like::cluster
