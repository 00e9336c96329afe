#include "load/worker_shares.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

namespace locust_like::load {
namespace {

WorkerShares shares_of(std::vector<Worker> workers) {
  Result<WorkerShares> made = WorkerShares::of(std::move(workers));
  REQUIRE(made.ok());
  return std::move(made).value();
}

WorkerShares weighted(const std::vector<double>& weights) {
  std::vector<Worker> workers;
  for (size_t i = 0; i < weights.size(); ++i) {
    workers.push_back({static_cast<int>(i), "host", weights[i]});
  }
  return shares_of(std::move(workers));
}

// Who gets the next users, as digits.
std::string turns_of(const WorkerShares& shares, std::vector<int> loads, int count) {
  Turns turns(shares, std::move(loads));
  std::string seats;
  for (int i = 0; i < count; ++i) seats += std::to_string(turns.next());
  return seats;
}

std::vector<int> indices(const WorkerShares& shares) {
  std::vector<int> found;
  for (size_t seat = 0; seat < shares.seats(); ++seat) found.push_back(shares.worker(seat).index);
  return found;
}

std::vector<double> random_weights(std::mt19937& random) {
  const std::vector<double> choices = {0.001, 0.1, 0.5, 1, 1, 1, 2, 2.5, 7, 100, 1000};
  const size_t kinds = 1 + random() % choices.size();
  std::vector<double> weights(1 + random() % 12);
  for (double& weight : weights) weight = choices[random() % kinds];
  return weights;
}

double distance_from_share(const WorkerShares& shares, const std::vector<int>& loads) {
  const int users = std::accumulate(loads.begin(), loads.end(), 0);
  double most = 0;
  for (size_t seat = 0; seat < loads.size(); ++seat) {
    const double share = static_cast<double>(users) * static_cast<double>(shares.units(seat)) /
                         static_cast<double>(shares.all_units());
    most = std::max(most, std::abs(loads[seat] - share));
  }
  return most;
}

}  // namespace

TEST_CASE("workers sit by rounds over the hosts, hosts by name") {
  const WorkerShares shares =
      shares_of({{0, "b"}, {1, "a"}, {2, "b"}, {3, "c"}, {4, "b"}, {5, "a"}});
  CHECK(indices(shares) == std::vector{1, 0, 3, 5, 2, 4});
}

TEST_CASE("equal workers take turns") {
  CHECK(turns_of(weighted({1, 1, 1}), {0, 0, 0}, 7) == "0120120");
  CHECK(turns_of(weighted({2.5, 2.5}), {0, 0}, 4) == "0101");
  CHECK(turns_of(weighted({3}), {0}, 3) == "000");
}

TEST_CASE("a worker of twice the weight comes twice as often, evenly spaced") {
  CHECK(turns_of(weighted({2, 1, 1}), {0, 0, 0}, 8) == "01020102");
  CHECK(turns_of(weighted({1, 2}), {0, 0}, 6) == "101101");
  CHECK(turns_of(weighted({0.5, 1}), {0, 0}, 6) == "101101");
}

TEST_CASE("a worker that is behind gets all users until it has caught up") {
  CHECK(turns_of(weighted({1, 1, 1}), {3, 3, 0}, 8) == "22201201");
  CHECK(turns_of(weighted({1, 1, 2}), {2, 2, 0}, 8) == "22222012");
}

TEST_CASE("one heavy worker among many light ones stays within its share from the start") {
  std::vector<double> weights(1000, 1);
  weights[0] = 100;
  const WorkerShares shares = weighted(weights);
  std::vector<int> loads(weights.size(), 0);
  Turns turns(shares, loads);
  for (int users = 0; users < 3000; ++users) {
    ++loads[turns.next()];
    REQUIRE(distance_from_share(shares, loads) < 1);
  }
}

TEST_CASE("whatever the weights, every worker is within one user of its share at every moment") {
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    const WorkerShares shares = weighted(random_weights(random));
    std::vector<int> loads(shares.seats(), 0);
    Turns turns(shares, loads);
    for (int users = 0; users < 400; ++users) {
      ++loads[turns.next()];
      REQUIRE(distance_from_share(shares, loads) < 1);
    }
  }
}

TEST_CASE("turns depend on the loads only") {
  std::mt19937 random(12);
  for (int round = 0; round < 50; ++round) {
    const WorkerShares shares = weighted(random_weights(random));
    std::vector<int> loads(shares.seats(), 0);
    Turns turns(shares, loads);
    for (int users = 0; users < 100; ++users) {
      const size_t seat = turns.next();
      REQUIRE(Turns(shares, loads).next() == seat);
      ++loads[seat];
    }
  }
}

TEST_CASE("transfers make every worker balanced with the fewest moves") {
  std::mt19937 random(13);
  for (int round = 0; round < 2000; ++round) {
    const WorkerShares shares = weighted(random_weights(random));
    std::vector<int> loads(shares.seats());
    for (int& load : loads) load = static_cast<int>(random() % 30);
    const int users = std::accumulate(loads.begin(), loads.end(), 0);
    int above = 0;
    int below = 0;
    for (size_t seat = 0; seat < loads.size(); ++seat) {
      above += std::max(loads[seat] - shares.most(seat, users), 0);
      below += std::max(shares.least(seat, users) - loads[seat], 0);
    }
    const Transfers found = transfers(shares, loads);
    CHECK(found.moves == std::max(above, below));
    CHECK(std::accumulate(found.takes.begin(), found.takes.end(), 0) == found.moves);
    for (size_t seat = 0; seat < loads.size(); ++seat) {
      loads[seat] += found.takes[seat] - found.gives[seat];
    }
    CHECK(distance_from_share(shares, loads) < 1);
    CHECK(transfers(shares, loads).moves == 0);
  }
}

TEST_CASE("a million users of the most uneven workers do not overflow") {
  const WorkerShares shares = weighted({0.001, 1000});
  CHECK(shares.least(1, 2'000'000'000) == 1'999'998'000);
  CHECK(shares.most(0, 2'000'000'000) == 2000);
  CHECK(turns_of(shares, {2'000'000'000, 0}, 3) == "111");
}

TEST_CASE("what is wrong with workers is said") {
  const auto message = [](std::vector<Worker> workers) {
    const Result<WorkerShares> made = WorkerShares::of(std::move(workers));
    return made.ok() ? "" : made.status().message();
  };
  CHECK(message({}).empty());
  CHECK(message({{1, "a"}, {1, "b"}}) == "worker 1 is there twice");
  for (const double weight : {0.0, -1.0, 0.0009, 1000.1, std::nan(""), HUGE_VAL}) {
    CHECK(message({{7, "a", weight}}) == "worker 7: a weight is 0.001 to 1000");
  }
  std::vector<Worker> many(WorkerShares::kMaxWorkers + 1);
  CHECK(message(many) == "65535 workers are too many");
  many.pop_back();
  for (size_t i = 0; i < many.size(); ++i) many[i] = {static_cast<int>(i), "a", 1000};
  CHECK(message(many).empty());
  many[0].weight = 0.001;
  CHECK(message(many) == "the workers' weights are too far apart");
}

}  // namespace locust_like::load
