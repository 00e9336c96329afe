#include "cluster/event.h"

#include <catch2/catch.hpp>

namespace locust_like::cluster {
namespace {

constexpr TimePoint kStart{std::chrono::hours(1)};

}  // namespace

TEST_CASE("events come out in order, once") {
  EventList events;
  events.add({EventKind::kJoined, 1, "a", 0, {}});
  events.add({EventKind::kLost, 1, "b", 0, {}});
  const auto taken = events.take();
  REQUIRE(taken.size() == 2);
  CHECK(taken[0].text == "a");
  CHECK(events.empty());
  CHECK(events.take().empty());
}

TEST_CASE("every kind has a word of its own") {
  CHECK(event_name(EventKind::kJoined) == "joined");
  CHECK(event_name(EventKind::kStaleReport) == "stale-report");
  CHECK(event_name(EventKind::kApplied) == "applied");
  CHECK(event_name(EventKind::kConnected) == "connected");
  CHECK(event_name(EventKind::kDrained) == "drained");
  CHECK(event_name(EventKind::kLog) == "log");
}

TEST_CASE("strangers cause ten events a second, and the rest is counted") {
  EventList events;
  for (int i = 0; i < 1000; ++i) events.add_noisy({EventKind::kRefused, -1, "no", 0, {}}, kStart);
  CHECK(events.take().size() == static_cast<size_t>(kMaxNoisyEvents_per_s));
  events.add_noisy({EventKind::kRefused, -1, "no", 0, {}}, kStart + 1s);
  const auto next = events.take();
  REQUIRE(next.size() == 1);
  CHECK(next[0].text == "no (and 990 more before)");
}

TEST_CASE("of assignments that nobody took only the newest stays") {
  EventList events;
  events.add_newest({EventKind::kAssignment, -1, {}, 1, "old"});
  events.add({EventKind::kOrphaned, -1, {}, 0, {}});
  events.add_newest({EventKind::kAssignment, -1, {}, 2, "new"});
  const auto taken = events.take();
  REQUIRE(taken.size() == 2);
  CHECK(taken[1].document == "new");
}

TEST_CASE("a list that nobody empties says that it is full") {
  EventList events;
  const std::string document(size_t{1} << 20, 'x');
  for (int i = 0; i < 64; ++i) events.add({EventKind::kParcel, 0, {}, 0, document});
  CHECK(events.is_full());
  events.take();
  CHECK_FALSE(events.is_full());
}

}  // namespace locust_like::cluster
