#include "load/class_order.h"

#include <utility>

namespace locust_like::load {

ClassOrder::ClassOrder(std::vector<UserClass> classes)
    : classes_(sorted_by_name(std::move(classes))), sequence_(classes_) {}

size_t ClassOrder::at(int user) {
  while (said_.size() <= static_cast<size_t>(user)) {
    said_.push_back(static_cast<uint16_t>(sequence_.next()));
  }
  return said_[static_cast<size_t>(user)];
}

}  // namespace locust_like::load
