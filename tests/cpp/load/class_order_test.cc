#include "load/class_order.h"

#include <catch2/catch.hpp>
#include <climits>

namespace locust_like::load {

TEST_CASE("the classes of the first users are what users_at counts") {
  const std::vector<UserClass> classes = {{"C", 1, 2}, {"A", 3, 0}, {"B", 2, 0}, {"D", 9, 1}};
  const UserSequence sequence(classes);
  ClassOrder order(classes);
  std::vector<int> counts(classes.size(), 0);
  for (int users = 0; users < 50; ++users) {
    CHECK(counts == sequence.users_at(users));
    ++counts[order.at(users)];
  }
  CHECK(order.most_users() == INT_MAX);
}

TEST_CASE("what was said once is said again") {
  ClassOrder order({{"A", 5, 0}, {"B", 1, 0}});
  CHECK(order.at(20) == order.at(20));
  CHECK(order.at(2) == 1);
  CHECK(order.at(0) == 0);
}

TEST_CASE("without weights there are as many users as the fixed counts say") {
  CHECK(ClassOrder({{"A", 0, 2}, {"B", 0, 3}, {"C", 0, -1}}).most_users() == 5);
  CHECK(ClassOrder({}).most_users() == 0);
  CHECK(ClassOrder({{"A", 0, INT_MAX}, {"B", 0, INT_MAX}}).most_users() == INT_MAX);
}

}  // namespace locust_like::load
