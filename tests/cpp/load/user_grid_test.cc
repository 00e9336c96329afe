#include "load/user_grid.h"

#include <catch2/catch.hpp>

namespace locust_like::load {
namespace {

std::vector<int> row(const UserGrid& grid, size_t seat) {
  return {grid.row(seat).begin(), grid.row(seat).end()};
}

// Seat 0 has 2 users of class 0 and 1 of class 1, seat 1 has 3 of class 2.
UserGrid example() {
  UserGrid grid(2, 3);
  grid.add(0, 0);
  grid.add(0, 0);
  grid.add(0, 1);
  for (int i = 0; i < 3; ++i) grid.add(1, 2);
  return grid;
}

}  // namespace

TEST_CASE("users are counted by seat, by class and together") {
  UserGrid grid = example();
  CHECK(grid.loads() == std::vector{3, 3});
  CHECK(grid.totals() == std::vector{2, 1, 3});
  CHECK(grid.users() == 6);
  grid.remove(0, 1);
  CHECK(row(grid, 0) == std::vector{2, 0, 0});
  CHECK(grid.users() == 5);
  CHECK(grid.present(0).next_in_both(grid.present(0), 1) == ClassSet::kNone);
}

TEST_CASE("seats can be reordered, added and left out") {
  const UserGrid grid = example().with_seats({UserGrid::kNew, 1});
  CHECK(row(grid, 0) == std::vector{0, 0, 0});
  CHECK(row(grid, 1) == std::vector{0, 0, 3});
  CHECK(grid.loads() == std::vector{0, 3});
  CHECK(grid.totals() == std::vector{0, 0, 3});
  CHECK(grid.users() == 3);
  CHECK(grid.present(1).next_in_both(grid.present(1), 0) == 2);
  CHECK(example().with_seats({}).users() == 0);
}

TEST_CASE("classes can be reordered, added and left out") {
  const UserGrid grid = example().with_classes({2, UserGrid::kNew, 0, 1});
  CHECK(row(grid, 0) == std::vector{0, 0, 2, 1});
  CHECK(row(grid, 1) == std::vector{3, 0, 0, 0});
  CHECK(grid.totals() == std::vector{3, 0, 2, 1});
  CHECK(grid.users() == 6);
  CHECK(example().with_classes({0}).loads() == std::vector{2, 0});
}

}  // namespace locust_like::load
