// WorkerShares: how many users each worker should have, and whose turn it is.
//
// A worker's *share* of N users is N * weight / sum of weights; it is *balanced* with that number
// rounded down or up. Workers sit in the order in which Locust serves them: by host, then round by
// round the first worker of each host, the second of each ... A *seat* is a position in that order.
//
// Turns hands out users so that after each of them every worker is balanced, provided it was so at
// the start. The j-th user of a worker may not come before its share has passed j-1, and must have
// come when it reaches j; the turn goes to the earliest such deadline among those that may, ties to
// the earlier seat. Between workers of equal weight that is plain round-robin, as in Locust; a
// weight of 2 comes twice as often, evenly spaced. A worker that is behind gets all users until it
// has caught up. Rejected: the divisor methods of apportionment (least users by weight), which give
// a worker of weight 100 among 999 of weight 1 all of the first 100 users.
// Weights count in thousandths; all arithmetic is exact, in 64-bit integers.
// Source: earliest deadline first with the windows of a fair share: Baruah, Cohen, Plaxton and
// Varvel, "Proportionate progress", Algorithmica 15 (1996); feasible on one resource by Liu and
// Layland (1973).
// Thread: not thread-safe; pure, no clock, no randomness.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace locust_like::load {

struct Worker {
  int index = 0;  // the master's number of it
  std::string host;
  double weight = 1;  // kLeastWeight to kMostWeight
};

class WorkerShares {
 public:
  static constexpr double kLeastWeight = 0.001;
  static constexpr double kMostWeight = 1000;
  static constexpr size_t kMaxWorkers = UINT16_MAX - 1;

  // Nobody.
  WorkerShares() = default;
  // kInvalidArgument: an index that comes twice, a weight out of range, more than kMaxWorkers.
  static Result<WorkerShares> of(std::vector<Worker> workers);

  size_t seats() const { return workers_.size(); }
  const Worker& worker(size_t seat) const { return workers_[seat]; }
  // The weight as a small whole number; only the ratio between workers means something.
  int64_t units(size_t seat) const { return units_[seat]; }
  int64_t all_units() const { return all_units_; }

  // The share of `users` users, rounded down and up. REQUIRES: users >= 0.
  int least(size_t seat, int users) const;
  int most(size_t seat, int users) const;

 private:
  std::vector<Worker> workers_;
  std::vector<int64_t> units_;
  int64_t all_units_ = 0;
};

// See above. `shares` must outlive it. O(seats) to make.
class Turns {
 public:
  // REQUIRES: shares.seats() > 0, and a load for each.
  Turns(const WorkerShares& shares, std::vector<int> loads);

  // The seat that gets the next user, who is counted as given. O(log seats).
  size_t next();

 private:
  // A number of users, and a seat in the last bits, which breaks ties.
  using At = uint64_t;
  // When the seat's next user may come, and when it must have come.
  At release(size_t seat) const;
  At deadline(size_t seat) const;

  const WorkerShares& shares_;
  std::vector<int> loads_;
  int users_;
  // Workers of one weight are one group; the next of them is the one with the fewest users. So the
  // heaps of groups are small, because there are few different machines.
  std::vector<size_t> group_of_;        // by seat
  std::vector<std::vector<At>> lines_;  // by group: heap of its seats by load
  std::vector<At> ready_;    // the next seat of each group that may be served: by deadline
  std::vector<At> waiting_;  // of each other group: by release
};

// The fewest moves that make all workers balanced: how many users each seat gives and takes. Both
// sums are equal, and 0 when nothing is to be done.
struct Transfers {
  std::vector<int> gives;
  std::vector<int> takes;
  int moves = 0;
};
// O(seats).
Transfers transfers(const WorkerShares& shares, const std::vector<int>& loads);

}  // namespace locust_like::load
