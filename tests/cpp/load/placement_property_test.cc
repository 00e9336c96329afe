// What must hold after any sequence of changes, held against random ones with fixed seeds.
#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>
#include <random>

#include "load/placement.h"
#include "load/placements.h"

namespace locust_like::load {
namespace {

struct Limits {
  int users;
  int workers;
  int classes;
  bool equal_weights;
};

// A placement that changes at random, and a plain account of what it was told.
class Story {
 public:
  Story(unsigned seed, const Limits& limits) : random_(seed), limits_(limits) {}

  void change() {
    switch (random_() % 6) {
      case 0:
        return change_workers();
      case 1:
        return change_classes();
      case 2:
        target_ = pick(limits_.users + 1);
        return;
      default:
        return step(pick(2) == 0 ? pick(5) : pick(limits_.users));
    }
  }

  void change_workers() {
    std::vector<Worker> workers = workers_;
    std::erase_if(workers, [&](const Worker&) { return pick(4) == 0; });
    const int joining = pick(3);
    for (int i = 0; i < joining; ++i) workers.push_back(new_worker());
    if (static_cast<int>(workers.size()) > limits_.workers) {
      workers.resize(static_cast<size_t>(limits_.workers));
    }
    set_workers(std::move(workers));
  }

  void change_classes() {
    std::vector<UserClass> classes;
    for (int i = 0; i < limits_.classes; ++i) {
      if (pick(3) == 0) continue;
      const int fixed = pick(5) == 0 ? 1 + pick(7) : 0;
      classes.push_back({"U" + std::to_string(i), static_cast<double>(pick(9)) / 2, fixed});
    }
    set_classes(classes);
  }

  void set_classes(const std::vector<UserClass>& classes) {
    classes_ = classes;
    const Counts before = now();
    REQUIRE(placement_.set_classes(classes_).ok());
    REQUIRE(now() == before);
  }

  // Steps until nothing is left to do, which must come, and be right. Returns the users who started
  // and stopped in all these steps.
  Difference settle() {
    so_far_ = {};
    if (workers_.empty()) return so_far_;
    const int most = 1 + pick(limits_.users);
    // Every step uses up `most`, but for the last of each kind of work: users who stop, start, make
    // way or move, none of whom does so twice.
    for (int left = 4 * limits_.users / most + 5; !placement_.is_settled(target_); --left) {
      REQUIRE(left > 0);
      step(most);
    }
    check_settled();
    return so_far_;
  }

  // The same when it was settled before: then every step starts and stops users in their order.
  Difference ramp(int target) {
    so_far_ = {};
    target_ = target;
    const int most = 1 + pick(20);
    while (!placement_.is_settled(target_)) {
      step(most);
      check_classes();
    }
    check_settled();
    return so_far_;
  }

  // The most users by which a worker is away from its share of a class.
  double unevenness() const {
    double weights = 0;
    for (const Worker& worker : workers_) weights += worker.weight;
    double most = 0;
    for (const Worker& worker : workers_) {
      const std::span<const int> counts = placement_.of_worker(worker.index);
      for (size_t i = 0; i < counts.size(); ++i) {
        const double share = placement_.counts()[i] * worker.weight / weights;
        most = std::max(most, std::abs(counts[i] - share));
      }
    }
    return most;
  }

  Counts now() const { return counts_of(placement_, workers_); }
  const std::vector<Worker>& workers() const { return workers_; }
  std::mt19937& random() { return random_; }
  int target() const { return target_; }

  void set_target(int target) { target_ = target; }

  void set_workers(std::vector<Worker> workers) {
    before_ = now();
    workers_ = std::move(workers);
    std::shuffle(workers_.begin(), workers_.end(), random_);
    Result<std::vector<WorkerUsers>> gone = placement_.set_workers(workers_);
    REQUIRE(gone.ok());
    // Those that are gone had what they had, all others have it still.
    Counts found = now();
    for (const auto& [worker, counts] : found) {
      if (!before_.contains(worker)) REQUIRE(counts.empty());
    }
    std::erase_if(found, [&](const auto& entry) { return !before_.contains(entry.first); });
    for (const WorkerUsers& users : gone.value()) {
      found[users.worker] = by_name(placement_, users.counts);
    }
    REQUIRE(found == before_);
  }

  Worker new_worker() {
    const std::vector<double> weights = {1, 1, 0.5, 2, 3, 10};
    const double weight = limits_.equal_weights ? 1 : weights[random_() % weights.size()];
    return {next_index_++, std::string(1, static_cast<char>('a' + pick(4))), weight};
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

  void step(int most) {
    const Counts earlier = now();
    const std::vector<int> changed = placement_.step(target_, most);
    const Counts later = now();
    const Difference found = difference(earlier, later);
    REQUIRE(found.starts <= most);
    REQUIRE(found.stops <= most);
    so_far_.starts += found.starts;
    so_far_.stops += found.stops;
    for (const auto& [worker, counts] : later) {
      const bool told = std::find(changed.begin(), changed.end(), worker) != changed.end();
      if (!told) REQUIRE(counts == earlier.at(worker));
    }
    check_sums(later);
  }

  void check_sums(const Counts& counts) const {
    std::map<std::string, int> of_class;
    int users = 0;
    for (const auto& [worker, by_class] : counts) {
      for (const auto& [name, count] : by_class) {
        REQUIRE(count > 0);
        of_class[name] += count;
        users += count;
      }
    }
    REQUIRE(users == placement_.placed());
    REQUIRE(of_class == by_name(placement_, placement_.counts()));
  }

  // As many users as there are, of the classes that so many should be of.
  void check_classes() const {
    const UserSequence sequence(classes_);
    const std::vector<int> wanted = sequence.users_at(placement_.placed());
    std::map<std::string, int> expected;
    for (size_t i = 0; i < wanted.size(); ++i) {
      if (wanted[i] > 0) expected[sequence.classes()[i].name] = wanted[i];
    }
    REQUIRE(by_name(placement_, placement_.counts()) == expected);
  }

  void check_settled() {
    const std::vector<int> wanted = UserSequence(classes_).users_at(target_);
    REQUIRE(placement_.placed() == std::accumulate(wanted.begin(), wanted.end(), 0));
    check_classes();
    double weights = 0;
    for (const Worker& worker : workers_) weights += worker.weight;
    for (const Worker& worker : workers_) {
      const double share = placement_.placed() * worker.weight / weights;
      const double users = sum(by_name(placement_, placement_.of_worker(worker.index)));
      REQUIRE(std::abs(users - share) < 1);
    }
    REQUIRE(placement_.step(target_, limits_.users).empty());
  }

  std::mt19937 random_;
  Limits limits_;
  Placement placement_;
  std::vector<UserClass> classes_;
  std::vector<Worker> workers_;
  Counts before_;
  Difference so_far_;
  int target_ = 0;
  int next_index_ = 0;
};

void tell_stories(const Limits& limits, int stories, int changes) {
  for (int seed = 0; seed < stories; ++seed) {
    CAPTURE(seed);
    Story story(static_cast<unsigned>(seed), limits);
    for (int i = 0; i < changes; ++i) {
      story.change();
      if (i % 7 == 6) story.settle();
    }
    story.settle();
  }
}

// The fewest users that have to move so that equal workers are within one of their share.
int fewest_moves(const Counts& counts) {
  int users = 0;
  for (const auto& [worker, by_class] : counts) users += sum(by_class);
  const int workers = static_cast<int>(counts.size());
  int above = 0;
  int below = 0;
  for (const auto& [worker, by_class] : counts) {
    above += std::max(sum(by_class) - (users + workers - 1) / workers, 0);
    below += std::max(users / workers - sum(by_class), 0);
  }
  return std::max(above, below);
}

}  // namespace

TEST_CASE("any sequence of changes keeps its limits and settles where it should") {
  tell_stories({60, 7, 6, false}, 300, 60);
}

TEST_CASE("the same with many users on few workers") { tell_stories({900, 3, 4, false}, 20, 40); }

TEST_CASE("the same with more classes than are compared, and than users") {
  tell_stories({150, 12, 90, false}, 25, 40);
}

TEST_CASE("the same with equal workers") { tell_stories({60, 12, 6, true}, 150, 60); }

TEST_CASE("workers that join cost the fewest moves, whatever was before") {
  for (unsigned seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    Story story(seed, {80, 9, 5, true});
    for (int i = 0; i < 30; ++i) story.change();
    story.settle();
    if (story.workers().empty()) continue;
    std::vector<Worker> workers = story.workers();
    for (unsigned i = 0; i < 1 + seed % 4; ++i) workers.push_back(story.new_worker());
    story.set_workers(workers);
    const Counts before = story.now();
    const Difference moved = story.settle();
    CHECK(moved.stops == fewest_moves(before));
    CHECK(moved.starts == moved.stops);
  }
}

TEST_CASE("when workers leave, no user of the others stops") {
  for (unsigned seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    Story story(seed, {80, 9, 5, seed % 2 == 0});
    for (int i = 0; i < 30; ++i) story.change();
    story.settle();
    std::vector<Worker> workers = story.workers();
    if (workers.size() < 2) continue;
    workers.resize(1 + story.random()() % (workers.size() - 1));
    story.set_workers(workers);
    CHECK(story.settle().stops == 0);
  }
}

// Five workers and classes that are wanted 3 : 2 : 1 start evenly; with four, round-robin would
// give some of them all users of a class. Lost users of a class that is also no longer wanted
// cannot be made even without moving more users than the difference, so one change comes after the
// other.
TEST_CASE("joins, losses and other classes leave an even mix on each worker") {
  std::mt19937 random(17);
  for (unsigned seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    Story story(seed, {900, 8, 3, true});
    story.set_classes({{"A", 3}, {"B", 2}, {"C", 1}});
    story.set_workers({{100, "a"}, {101, "b"}, {102, "c"}, {103, "d"}, {104, "e"}});
    story.set_target(900);
    story.settle();
    for (int i = 0; i < 20; ++i) {
      const auto weight = [&] { return static_cast<double>(1 + random() % 4); };
      if (random() % 2 == 0) {
        story.set_classes({{"A", weight()}, {"B", weight()}, {"C", weight()}});
      } else {
        story.change_workers();
        if (story.workers().empty()) story.set_workers({story.new_worker()});
      }
      story.settle();
      CHECK(story.unevenness() < 3);
    }
  }
}

// Going down, a user moves only where no worker that can spare one has a user of the newest class.
TEST_CASE("going up moves nobody, and going down hardly anybody") {
  int stops = 0;
  int moves = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    Story story(seed, {120, 9, 5, true});
    for (int i = 0; i < 30; ++i) story.change();
    story.settle();
    if (story.workers().empty()) continue;
    for (const int target : {30, 100, 10, 120}) {
      const Difference found = story.ramp(target);
      if (found.starts >= found.stops) {
        CHECK(found.stops == 0);
      } else {
        stops += found.stops;
        moves += found.starts;
      }
    }
  }
  CHECK(stops > 10'000);
  CHECK(moves * 500 < stops);
}

}  // namespace locust_like::load
