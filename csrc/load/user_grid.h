// UserGrid: how many users of each class are on each worker, with the sums of both.
//
// Rows are seats (see worker_shares.h), columns are classes. Dense, because a look at a row is then
// a look at one stretch of memory: 4 MB at 1,000 workers and 1,000 classes.
// Thread: not thread-safe.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "load/class_set.h"

namespace locust_like::load {

class UserGrid {
 public:
  static constexpr size_t kNew = static_cast<size_t>(-1);

  UserGrid(size_t seats, size_t classes);

  void add(size_t seat, size_t user_class);
  // REQUIRES: at(seat, user_class) > 0.
  void remove(size_t seat, size_t user_class);

  size_t seats() const { return loads_.size(); }
  size_t classes() const { return totals_.size(); }
  int at(size_t seat, size_t user_class) const { return cells_[seat * classes() + user_class]; }
  // Users by class of one seat, and which of them are above 0. Valid until the grid is assigned to.
  std::span<const int> row(size_t seat) const;
  const ClassSet& present(size_t seat) const { return present_[seat]; }
  // Users by seat, users by class, and all.
  const std::vector<int>& loads() const { return loads_; }
  const std::vector<int>& totals() const { return totals_; }
  int users() const { return users_; }

  // A grid whose row (column) i is row (column) from[i] of this one, empty where that is kNew.
  // REQUIRES: no row (column) comes twice.
  UserGrid with_seats(const std::vector<size_t>& from) const;
  UserGrid with_classes(const std::vector<size_t>& from) const;

 private:
  void add_many(size_t seat, size_t user_class, int count);

  std::vector<int> cells_;
  std::vector<ClassSet> present_;
  std::vector<int> loads_;
  std::vector<int> totals_;
  int users_ = 0;
};

}  // namespace locust_like::load
