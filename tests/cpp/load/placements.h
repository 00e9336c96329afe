// What placement tests share: reading the counts by name, and watching steps.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "load/placement.h"

namespace locust_like::load {

// Users by worker and class; zeros are left out.
using Counts = std::map<int, std::map<std::string, int>>;

inline Placement placement_of(std::vector<UserClass> classes, std::vector<Worker> workers) {
  Placement placement;
  REQUIRE(placement.set_classes(std::move(classes)).ok());
  REQUIRE(placement.set_workers(std::move(workers)).ok());
  return placement;
}

inline std::map<std::string, int> by_name(const Placement& placement, std::span<const int> counts) {
  std::map<std::string, int> found;
  for (size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] != 0) found[placement.class_names()[i]] = counts[i];
  }
  return found;
}

inline Counts counts_of(const Placement& placement, const std::vector<Worker>& workers) {
  Counts counts;
  for (const Worker& worker : workers) {
    counts[worker.index] = by_name(placement, placement.of_worker(worker.index));
  }
  return counts;
}

struct Difference {
  int starts = 0;
  int stops = 0;
};

// Users that started and stopped between two moments, on workers that were there at both.
inline Difference difference(const Counts& before, const Counts& after) {
  Difference found;
  for (const auto& [worker, now] : after) {
    const auto then = before.find(worker);
    if (then == before.end()) continue;
    std::map<std::string, int> change = now;
    for (const auto& [name, count] : then->second) change[name] -= count;
    for (const auto& [name, count] : change) (count > 0 ? found.starts : found.stops) += count;
  }
  found.stops = -found.stops;
  return found;
}

inline int sum(const std::map<std::string, int>& counts) {
  int users = 0;
  for (const auto& [name, count] : counts) users += count;
  return users;
}

inline void settle(Placement& placement, int target) {
  for (int steps = 0; !placement.is_settled(target); ++steps) {
    REQUIRE(steps < 10'000);
    placement.step(target, 1000);
  }
}

}  // namespace locust_like::load
