#include "load/placement.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "load/placements.h"

namespace locust_like::load {
namespace {

const std::vector<UserClass> kOneClass = {{"A"}};

std::vector<Worker> on_one_host(int count) {
  std::vector<Worker> workers;
  for (int i = 0; i < count; ++i) workers.push_back({i, "a"});
  return workers;
}

// Goes to `target` user by user and returns the class and worker of each who started or stopped.
std::string one_by_one(Placement& placement, const std::vector<Worker>& workers, int target) {
  std::string found;
  while (!placement.is_settled(target)) {
    const Counts before = counts_of(placement, workers);
    const std::vector<int> changed = placement.step(target, 1);
    REQUIRE(changed.size() == 1);
    for (const std::string& name : placement.class_names()) {
      const auto count = [&](Counts counts) { return counts[changed[0]][name]; };
      if (count(before) == count(counts_of(placement, workers))) continue;
      found += name + std::to_string(changed[0]);
    }
  }
  return found;
}

// The same backwards; every user has two letters.
std::string backwards(const std::string& users) {
  std::string found;
  for (size_t i = users.size(); i > 0; i -= 2) found += users.substr(i - 2, 2);
  return found;
}

struct Vector {
  std::vector<Worker> workers;
  std::vector<UserClass> classes;
  std::string users;
};

// Class and worker of each user, as Locust 2.47.0's dispatcher starts them one by one; it stops
// them in the opposite order.
const std::vector<Vector> kLocust = {
    {{{0, "a"}, {1, "a"}, {2, "b"}, {3, "b"}}, {{"A"}}, "A0A2A1A3A0A2A1A3"},
    {{{0, "a"}, {1, "a"}, {2, "a"}, {3, "b"}, {4, "c"}},
     {{"A", 3}, {"B", 2}, {"C", 1}},
     "A0B3C4A1B2A0A3B4C1A2B0A3A4B1C2A0B3A4A1B2"},
    {{{0, "b"}, {1, "a"}, {2, "a"}}, {{"A", 5}, {"B", 1}}, "A1A0B2A1A0A2A1A0B2A1A0A2A1A0"},
    {{{0, "a"}, {1, "b"}},
     {{"A", 1}, {"B", 1, 3}, {"C", 1, 1}, {"D", 2}},
     "B0C1B0B1D0A1D0D1A0D1D0A1D0D1"},
    {{{0, "a"}, {1, "a"}, {2, "b"}}, {{"A", 1, 4}, {"B", 1, 2}}, "A0B2A1A0B2A1"},
    {{{0, "a"}, {1, "a"}, {2, "b"}, {3, "b"}, {4, "b"}, {5, "c"}, {6, "c"}},
     {{"A", 20}, {"B", 25}},
     "B0A2B5A1B3A6B4A0B2B5A1B3A6B4A0B2A5B1B3A6B4A0B2A5B1A3B6B4A0B2"},
    {{{0, "z"}, {1, "m"}, {2, "m"}, {3, "a"}, {4, "a"}, {5, "a"}},
     {{"A", 7}, {"B", 3}, {"C", 2}, {"D", 1}, {"E", 1, 2}},
     "E3E1A0B4A2C5A3D1B0A4A2C5A3B1A0A4B2A5C3A1D0B4A2A5C3"},
};

}  // namespace

TEST_CASE("with equal workers the order up and down is Locust's, user by user") {
  for (const auto& [workers, classes, users] : kLocust) {
    Placement placement = placement_of(classes, workers);
    const int count = static_cast<int>(users.size()) / 2;
    CHECK(one_by_one(placement, workers, count) == users);
    std::string down = one_by_one(placement, workers, count / 2);
    down += one_by_one(placement, workers, 0);
    CHECK(down == backwards(users));
    CHECK(one_by_one(placement, workers, count) == users);
  }
}

TEST_CASE("the size of the steps does not matter") {
  for (const auto& [workers, classes, users] : kLocust) {
    const int count = static_cast<int>(users.size()) / 2;
    Placement slow = placement_of(classes, workers);
    one_by_one(slow, workers, count);
    Placement fast = placement_of(classes, workers);
    fast.step(count, 1000);
    CHECK(counts_of(slow, workers) == counts_of(fast, workers));
    one_by_one(slow, workers, count / 3);
    fast.step(count / 3, 1000);
    CHECK(counts_of(slow, workers) == counts_of(fast, workers));
  }
}

TEST_CASE("the way down is the way up backwards with workers of different weights, too") {
  const std::vector<Worker> workers = {{0, "a", 2}, {1, "a", 1}, {2, "b", 0.5}, {3, "c", 3}};
  Placement placement = placement_of({{"A", 3}, {"B", 2}, {"C", 1}}, workers);
  const std::string up = one_by_one(placement, workers, 60);
  CHECK(one_by_one(placement, workers, 0) == backwards(up));
}

TEST_CASE("a worker of twice the weight has twice the users") {
  const std::vector<Worker> workers = {{0, "a"}, {1, "a", 2}, {2, "b"}};
  Placement placement = placement_of({{"A", 1}, {"B", 1}}, workers);
  placement.step(400, 1000);
  CHECK(sum(counts_of(placement, workers)[0]) == 100);
  CHECK(sum(counts_of(placement, workers)[1]) == 200);
  CHECK(sum(counts_of(placement, workers)[2]) == 100);
}

TEST_CASE("a worker that joins gets its share, and nobody else is touched") {
  Placement placement = placement_of({{"A", 3}, {"B", 2}, {"C", 1}}, on_one_host(5));
  placement.step(180, 1000);
  const Counts before = counts_of(placement, on_one_host(6));
  REQUIRE(placement.set_workers(on_one_host(6)).ok());
  CHECK(!placement.is_settled(180));
  CHECK(counts_of(placement, on_one_host(6)) == before);
  CHECK(placement.step(180, 5).size() == 6);  // one each gives to the new one
  int steps = 1;
  for (; !placement.is_settled(180); ++steps) placement.step(180, 5);
  CHECK(steps == 6);  // 30 users, 5 at a time
  const Counts after = counts_of(placement, on_one_host(6));
  CHECK(difference(before, after).stops == 30);
  CHECK(after.at(5) == std::map<std::string, int>{{"A", 15}, {"B", 10}, {"C", 5}});
}

TEST_CASE("the classes of users that move are mixed, even one at a time") {
  Placement placement = placement_of({{"A"}, {"B"}}, on_one_host(1));
  placement.step(100, 100);
  REQUIRE(placement.set_workers(on_one_host(2)).ok());
  while (!placement.is_settled(100)) placement.step(100, 1);
  const std::map<std::string, int> half = {{"A", 25}, {"B", 25}};
  CHECK(counts_of(placement, on_one_host(2)) == Counts{{0, half}, {1, half}});
}

TEST_CASE("the classes of users that move are mixed, even when there are many") {
  std::vector<UserClass> classes;
  for (char name = '0'; name < '0' + 60; ++name) classes.push_back({std::string(1, name)});
  Placement placement = placement_of(classes, on_one_host(1));
  placement.step(600, 600);
  REQUIRE(placement.set_workers(on_one_host(2)).ok());
  while (!placement.is_settled(600)) placement.step(600, 1);
  for (const int count : placement.of_worker(1)) CHECK(std::abs(count - 5) <= 1);
}

TEST_CASE("new users go to the worker that has too few before anybody moves") {
  Placement placement = placement_of(kOneClass, on_one_host(2));
  placement.step(20, 100);
  REQUIRE(placement.set_workers(on_one_host(3)).ok());
  const Counts before = counts_of(placement, on_one_host(3));
  placement.step(30, 10);
  const Difference grown = difference(before, counts_of(placement, on_one_host(3)));
  CHECK(grown.starts == 10);
  CHECK(grown.stops == 0);
  CHECK(placement.is_settled(30));
}

TEST_CASE("going down after a worker joined needs no moves") {
  Placement placement = placement_of(kOneClass, on_one_host(1));
  placement.step(50, 100);
  REQUIRE(placement.set_workers(on_one_host(2)).ok());
  placement.step(100, 100);  // the 50 newest are all on the new worker
  for (int target = 99; target >= 50; --target) {
    const Counts before = counts_of(placement, on_one_host(2));
    placement.step(target, 100);
    CHECK(placement.is_settled(target));
    const Difference down = difference(before, counts_of(placement, on_one_host(2)));
    CHECK(down.starts == 0);
    CHECK(down.stops == 1);
  }
  CHECK(sum(counts_of(placement, on_one_host(2))[1]) == 25);
}

TEST_CASE("users of a lost worker start on the others, where nothing else changes") {
  Placement placement = placement_of({{"A", 3}, {"B", 2}, {"C", 1}}, on_one_host(4));
  placement.step(120, 1000);
  const Counts before = counts_of(placement, on_one_host(4));
  const Result<std::vector<WorkerUsers>> gone = placement.set_workers(on_one_host(3));
  REQUIRE(gone.ok());
  REQUIRE(gone.value().size() == 1);
  CHECK(gone.value()[0].worker == 3);
  CHECK(by_name(placement, gone.value()[0].counts) == before.at(3));
  CHECK(placement.placed() == 90);
  CHECK(!placement.is_settled(120));
  placement.step(120, 20);
  CHECK(placement.placed() == 110);
  placement.step(120, 20);
  CHECK(placement.is_settled(120));
  const Counts after = counts_of(placement, on_one_host(3));
  CHECK(difference(before, after).stops == 0);
  CHECK(by_name(placement, placement.counts()) ==
        std::map<std::string, int>{{"A", 60}, {"B", 40}, {"C", 20}});
  CHECK(sum(after.at(0)) == 40);
}

TEST_CASE("fixed users of a lost worker come back before the others") {
  Placement placement = placement_of({{"A", 9}, {"F", 1, 2}}, {{0, "a"}, {1, "b"}});
  placement.step(20, 100);
  REQUIRE(placement.set_workers({{1, "b"}}).ok());
  const int before = by_name(placement, placement.counts())["F"];
  CHECK(before == 1);
  placement.step(20, 1);
  CHECK(by_name(placement, placement.counts())["F"] == 2);
}

TEST_CASE("a smaller target takes lost users into account") {
  Placement placement = placement_of(kOneClass, on_one_host(2));
  placement.step(100, 100);
  REQUIRE(placement.set_workers(on_one_host(1)).ok());
  CHECK(placement.step(40, 1) == std::vector{0});
  CHECK(placement.placed() == 49);
  placement.step(40, 9);
  CHECK(placement.is_settled(40));
}

TEST_CASE("a worker that comes back begins empty") {
  Placement placement = placement_of(kOneClass, on_one_host(2));
  placement.step(10, 100);
  REQUIRE(placement.set_workers({{0, "a"}}).ok());
  REQUIRE(placement.set_workers(on_one_host(2)).ok());
  CHECK(sum(counts_of(placement, on_one_host(2))[1]) == 0);
  placement.step(10, 100);
  CHECK(sum(counts_of(placement, on_one_host(2))[1]) == 5);
}

TEST_CASE("another weight moves users") {
  Placement placement = placement_of(kOneClass, on_one_host(2));
  placement.step(90, 100);
  REQUIRE(placement.set_workers({{0, "a", 1}, {1, "a", 2}}).ok());
  settle(placement, 90);
  CHECK(sum(counts_of(placement, on_one_host(2))[0]) == 30);
}

TEST_CASE("without workers nothing runs, and the users come when a worker does") {
  Placement placement;
  REQUIRE(placement.set_classes(kOneClass).ok());
  CHECK(placement.is_settled(0));
  CHECK(placement.step(5, 10).empty());
  CHECK(!placement.is_settled(5));
  REQUIRE(placement.set_workers(on_one_host(1)).ok());
  CHECK(placement.step(5, 10) == std::vector{0});
  CHECK(placement.is_settled(5));
  REQUIRE(placement.set_workers({}).ok());
  CHECK(placement.placed() == 0);
  CHECK(placement.step(5, 10).empty());
  CHECK(placement.step(0, 0).empty());
  CHECK(placement.is_settled(0));
}

TEST_CASE("changed classes exchange only the difference, a few users a step") {
  Placement placement = placement_of({{"A"}, {"B"}}, on_one_host(3));
  placement.step(90, 100);
  const Counts before = counts_of(placement, on_one_host(3));
  REQUIRE(placement.set_classes({{"B"}, {"C", 0.25}, {"A"}}).ok());
  CHECK(counts_of(placement, on_one_host(3)) == before);
  placement.step(90, 4);
  CHECK(placement.placed() == 90);
  CHECK(by_name(placement, placement.counts())["C"] == 4);
  settle(placement, 90);
  CHECK(difference(before, counts_of(placement, on_one_host(3))).starts == 10);
  CHECK(by_name(placement, placement.counts()) ==
        std::map<std::string, int>{{"A", 40}, {"B", 40}, {"C", 10}});
  for (const auto& [worker, counts] : counts_of(placement, on_one_host(3))) {
    CHECK(sum(counts) == 30);
  }
}

TEST_CASE("a heavy worker exchanges more users than a light one") {
  const std::vector<Worker> workers = {{0, "a", 1}, {1, "a", 4}};
  Placement placement = placement_of({{"A"}}, workers);
  placement.step(100, 100);
  REQUIRE(placement.set_classes({{"A"}, {"B"}}).ok());
  while (!placement.is_settled(100)) placement.step(100, 3);
  CHECK(counts_of(placement, workers) ==
        Counts{{0, {{"A", 10}, {"B", 10}}}, {1, {{"A", 40}, {"B", 40}}}});
}

TEST_CASE("users of a class too many count as new ones when the target grows") {
  Placement placement = placement_of({{"A"}, {"B"}}, on_one_host(2));
  placement.step(20, 100);
  REQUIRE(placement.set_classes({{"A", 1}, {"B", 4}}).ok());  // 6 A too many
  const Counts before = counts_of(placement, on_one_host(2));
  placement.step(40, 20);
  CHECK(placement.placed() == 40);
  settle(placement, 40);
  const Difference found = difference(before, counts_of(placement, on_one_host(2)));
  CHECK(found.starts - found.stops == 20);
  CHECK(found.stops <= 2);
}

TEST_CASE("a class that is taken out ends, and is named until the classes change again") {
  Placement placement = placement_of({{"A"}, {"B"}}, on_one_host(2));
  placement.step(10, 100);
  REQUIRE(placement.set_classes({{"C"}}).ok());
  CHECK(placement.class_names() == std::vector<std::string>{"C", "A", "B"});
  placement.step(10, 100);
  CHECK(placement.is_settled(10));
  CHECK(by_name(placement, placement.counts()) == std::map<std::string, int>{{"C", 10}});
  REQUIRE(placement.set_classes({{"D"}, {"C"}}).ok());
  CHECK(placement.class_names() == std::vector<std::string>{"C", "D"});
}

TEST_CASE("a class that comes back before its users have gone keeps them") {
  Placement placement = placement_of({{"A"}, {"B"}}, on_one_host(2));
  placement.step(10, 100);
  const Counts before = counts_of(placement, on_one_host(2));
  REQUIRE(placement.set_classes({{"A"}}).ok());
  REQUIRE(placement.set_classes({{"A"}, {"B"}}).ok());
  CHECK(placement.is_settled(10));
  CHECK(counts_of(placement, on_one_host(2)) == before);
}

TEST_CASE("fixed counts alone may be less than the target") {
  Placement placement = placement_of({{"A", 1, 3}, {"B", 1, 1}}, on_one_host(2));
  placement.step(10, 100);
  CHECK(placement.placed() == 4);
  CHECK(placement.is_settled(10));
  REQUIRE(placement.set_classes({{"B", 1, 1}}).ok());
  placement.step(10, 2);
  CHECK(placement.placed() == 2);
  settle(placement, 10);
  CHECK(by_name(placement, placement.counts()) == std::map<std::string, int>{{"B", 1}});
  REQUIRE(placement.set_classes({}).ok());
  settle(placement, 10);
  CHECK(placement.placed() == 0);
}

TEST_CASE("a target below zero is zero, and no allowance changes nothing") {
  Placement placement = placement_of(kOneClass, on_one_host(2));
  placement.step(4, 4);
  CHECK(placement.step(8, 0).empty());
  CHECK(placement.step(8, -3).empty());
  CHECK(placement.placed() == 4);
  placement.step(-5, 100);
  CHECK(placement.placed() == 0);
  CHECK(placement.is_settled(-5));
}

TEST_CASE("what cannot be taken is refused and changes nothing") {
  Placement placement = placement_of({{"A"}, {"B"}}, on_one_host(2));
  placement.step(10, 100);
  const Status twice = placement.set_classes({{"C"}, {"C"}});
  CHECK(twice.message() == "class C is there twice");
  CHECK(placement.set_classes(std::vector<UserClass>(ClassOrder::kMaxClasses + 1)).message() ==
        "65536 classes are too many");
  CHECK(!placement.set_workers({{0, "a"}, {0, "b"}}).ok());
  CHECK(placement.is_settled(10));
  CHECK(placement.of_worker(2).empty());
  CHECK(placement.of_worker(1).size() == 2);
}

}  // namespace locust_like::load
