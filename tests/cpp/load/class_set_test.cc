#include "load/class_set.h"

#include <catch2/catch.hpp>

namespace locust_like::load {

TEST_CASE("the next class in both sets is found across words") {
  ClassSet one(200);
  ClassSet other(200);
  for (const size_t i : {0, 5, 63, 64, 127, 199}) one.insert(i);
  for (const size_t i : {0, 6, 63, 64, 128, 199}) other.insert(i);
  CHECK(one.next_in_both(other, 0) == 0);
  CHECK(one.next_in_both(other, 1) == 63);
  CHECK(one.next_in_both(other, 64) == 64);
  CHECK(one.next_in_both(other, 65) == 199);
  CHECK(one.next_in_both(other, 200) == ClassSet::kNone);
  other.erase(199);
  CHECK(one.next_in_both(other, 65) == ClassSet::kNone);
}

TEST_CASE("a set of no classes has no next one") {
  const ClassSet none(0);
  CHECK(none.next_in_both(none, 0) == ClassSet::kNone);
}

}  // namespace locust_like::load
