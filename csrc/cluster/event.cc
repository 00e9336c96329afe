#include "cluster/event.h"

#include <algorithm>
#include <array>
#include <utility>

namespace locust_like::cluster {
namespace {

constexpr std::array<std::string_view, static_cast<size_t>(EventKind::kLog) + 1> kEventNames = {
    "joined",  "rejoined",  "lost",     "left",         "parcel",     "finished", "stale-report",
    "applied", "connected", "admitted", "disconnected", "assignment", "order",    "orphaned",
    "gave-up", "drained",   "goodbye",  "refused",      "log",
};

size_t bytes_of(const Event& event) {
  return sizeof event + event.text.size() + event.document.size();
}

}  // namespace

std::string_view event_name(EventKind kind) { return kEventNames.at(static_cast<size_t>(kind)); }

void EventList::add(Event event) {
  bytes_ += bytes_of(event);
  events_.push_back(std::move(event));
}

void EventList::add_noisy(Event event, TimePoint now) {
  if (now - second_start_ >= 1s) {
    second_start_ = now;
    noisy_in_second_ = 0;
  }
  if (++noisy_in_second_ > kMaxNoisyEvents_per_s) {
    ++suppressed_;
    return;
  }
  if (suppressed_ > 0) {
    event.text += " (and " + std::to_string(std::exchange(suppressed_, 0)) + " more before)";
  }
  add(std::move(event));
}

void EventList::add_newest(Event event) {
  const auto old = std::find_if(events_.begin(), events_.end(),
                                [&](const Event& other) { return other.kind == event.kind; });
  if (old != events_.end()) {
    bytes_ -= bytes_of(*old);
    events_.erase(old);
  }
  add(std::move(event));
}

std::vector<Event> EventList::take() {
  bytes_ = 0;
  return std::exchange(events_, {});
}

}  // namespace locust_like::cluster
