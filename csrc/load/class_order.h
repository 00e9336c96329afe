// ClassOrder: the class of user number i of a fresh run, for any i; what UserSequence::users_at
// counts, one by one.
//
// The KL sequence cannot go back, so what it has said is kept: 2 bytes for each user of the highest
// number asked for.
// Thread: not thread-safe; pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "load/dispatcher.h"

namespace locust_like::load {

class ClassOrder {
 public:
  static constexpr size_t kMaxClasses = UINT16_MAX;

  // REQUIRES: at most kMaxClasses classes.
  explicit ClassOrder(std::vector<UserClass> classes);

  // Sorted by name; the numbers that at() returns are positions here.
  const std::vector<UserClass>& classes() const { return classes_; }
  // How many users may run at all; INT_MAX when a class has a weight.
  int most_users() const { return sequence_.most_users(); }
  // REQUIRES: 0 <= user < most_users(). O(log classes) for each user that is asked for first.
  size_t at(int user);

 private:
  std::vector<UserClass> classes_;
  FreshSequence sequence_;
  std::vector<uint16_t> said_;
};

}  // namespace locust_like::load
