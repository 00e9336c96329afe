#include "cluster/clock_skew.h"

#include <algorithm>

namespace locust_like::cluster {

void ClockSkew::add(TimePoint sent, Nanos held, double worker_wall_s, TimePoint now,
                    double our_wall_s) {
  const double round_trip_s = std::chrono::duration<double>(now - sent - held).count();
  // Not from our clock, or of a worker that cannot count.
  if (round_trip_s < 0 || held < Nanos(0)) return;
  samples_[count_++ % kWindow] = {round_trip_s, worker_wall_s + round_trip_s / 2 - our_wall_s};
}

const ClockSkew::Sample* ClockSkew::best() const {
  const size_t known = std::min(count_, kWindow);
  if (known == 0) return nullptr;
  return std::min_element(
      samples_.begin(), samples_.begin() + static_cast<ptrdiff_t>(known),
      [](const Sample& a, const Sample& b) { return a.round_trip_s < b.round_trip_s; });
}

std::optional<double> ClockSkew::skew_s() const {
  const Sample* sample = best();
  if (sample == nullptr) return std::nullopt;
  return sample->skew_s;
}

std::optional<double> ClockSkew::round_trip_s() const {
  const Sample* sample = best();
  if (sample == nullptr) return std::nullopt;
  return sample->round_trip_s;
}

}  // namespace locust_like::cluster
