#include "target/deadlines.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <random>
#include <vector>

namespace locust_like::target {
namespace {

TimePoint at(int64_t ns) { return TimePoint(Nanos(ns)); }

class Recorded : public Deadline {
 public:
  explicit Recorded(std::function<void(TimePoint)> fired) : fired_(std::move(fired)) {}

 private:
  void on_deadline(TimePoint due) override { fired_(due); }
  std::function<void(TimePoint)> fired_;
};

TEST_CASE("an empty heap has nothing due") {
  DeadlineHeap heap;
  CHECK_FALSE(heap.next_due());
  CHECK(heap.fire_due(at(100)) == 0);
}

TEST_CASE("entries fire once, in order of due time, and never early") {
  DeadlineHeap heap;
  std::vector<int64_t> fired;
  auto record = [&](TimePoint due) { fired.push_back(to_ns(due)); };
  Recorded late(record), early(record), middle(record);
  heap.arm(late, at(30));
  heap.arm(early, at(10));
  heap.arm(middle, at(20));
  CHECK(heap.next_due() == at(10));
  CHECK(heap.fire_due(at(20)) == 2);
  CHECK(fired == std::vector<int64_t>{10, 20});
  CHECK(late.armed());
  CHECK_FALSE(early.armed());
  CHECK(heap.fire_due(at(29)) == 0);
  CHECK(heap.fire_due(at(30)) == 1);
}

TEST_CASE("arming again moves an entry in both directions") {
  DeadlineHeap heap;
  std::vector<char> fired;
  Recorded a([&](TimePoint) { fired.push_back('a'); });
  Recorded b([&](TimePoint) { fired.push_back('b'); });
  heap.arm(a, at(10));
  heap.arm(b, at(20));
  heap.arm(b, at(5));
  heap.arm(a, at(30));
  CHECK(heap.size() == 2);
  heap.fire_due(at(40));
  CHECK(fired == std::vector<char>{'b', 'a'});
}

TEST_CASE("a cancelled or destroyed entry does not fire") {
  DeadlineHeap heap;
  int fired = 0;
  Recorded kept([&](TimePoint) { ++fired; });
  auto destroyed = std::make_unique<Recorded>([&](TimePoint) { fired += 100; });
  Recorded cancelled([&](TimePoint) { fired += 100; });
  heap.arm(*destroyed, at(1));
  heap.arm(kept, at(2));
  heap.arm(cancelled, at(3));
  destroyed.reset();
  cancelled.cancel();
  cancelled.cancel();
  CHECK(heap.fire_due(at(10)) == 1);
  CHECK(fired == 1);
}

TEST_CASE("a firing entry may destroy another one that is due") {
  DeadlineHeap heap;
  auto victim = std::make_unique<Recorded>([](TimePoint) { FAIL("fired after its destruction"); });
  Recorded first([&](TimePoint) { victim.reset(); });
  heap.arm(first, at(1));
  heap.arm(*victim, at(2));
  CHECK(heap.fire_due(at(5)) == 1);
  CHECK(heap.size() == 0);
}

TEST_CASE("an entry that outlives its heap is disarmed") {
  Recorded entry([](TimePoint) {});
  {
    DeadlineHeap heap;
    heap.arm(entry, at(1));
  }
  CHECK_FALSE(entry.armed());
}

TEST_CASE("random arming, moving and cancelling keeps the order") {
  std::mt19937 random(7);
  DeadlineHeap heap;
  std::vector<int64_t> fired;
  std::vector<std::unique_ptr<Recorded>> entries;
  for (int i = 0; i < 500; ++i) {
    entries.push_back(
        std::make_unique<Recorded>([&](TimePoint due) { fired.push_back(to_ns(due)); }));
  }
  for (int i = 0; i < 5'000; ++i) {
    Recorded& entry = *entries[random() % entries.size()];
    if (random() % 4 == 0) {
      entry.cancel();
    } else {
      heap.arm(entry, at(random() % 1'000));
    }
  }
  size_t armed = heap.size();
  REQUIRE(armed > 100);
  CHECK(heap.fire_due(at(1'000)) == armed);
  CHECK(std::is_sorted(fired.begin(), fired.end()));
}

}  // namespace
}  // namespace locust_like::target
