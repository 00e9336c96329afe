#include "load/dispatcher.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

namespace locust_like::load {
namespace {

std::vector<double> weights_without_fixed(const std::vector<UserClass>& classes) {
  std::vector<double> weights;
  weights.reserve(classes.size());
  for (const UserClass& user : classes) weights.push_back(user.fixed_count > 0 ? 0 : user.weight);
  return weights;
}

std::vector<UserClass> sorted_by_name(std::vector<UserClass> classes) {
  std::sort(classes.begin(), classes.end(),
            [](const UserClass& a, const UserClass& b) { return a.name < b.name; });
  return classes;
}

}  // namespace

KlSequence::Candidate KlSequence::candidate(double x, double weight, size_t index) {
  return {weight * std::log2(x / (x + 1.0)), x + 1.0, weight, index};
}

KlSequence::KlSequence(const std::vector<double>& weights) {
  for (size_t i = 0; i < weights.size(); ++i) {
    const double weight = weights[i];
    if (weight > 0 && std::isfinite(weight)) heap_.push_back(candidate(weight, weight, i));
  }
  std::make_heap(heap_.begin(), heap_.end(), std::greater<>());
}

size_t KlSequence::next() {
  std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
  const Candidate picked = heap_.back();
  heap_.back() = candidate(picked.next_x, picked.weight, picked.index);
  std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
  return picked.index;
}

UserSequence::UserSequence(std::vector<UserClass> classes)
    : classes_(sorted_by_name(std::move(classes))), weighted_(weights_without_fixed(classes_)) {}

size_t UserSequence::next(const std::vector<int>& current) {
  const size_t fixed = next_fixed(current);
  if (fixed != kNone) return fixed;
  return weighted_.empty() ? kNone : weighted_.next();
}

size_t UserSequence::next_fixed(const std::vector<int>& current) {
  std::vector<double> missing(classes_.size(), 0);
  size_t total = 0;
  for (size_t i = 0; i < classes_.size(); ++i) {
    const int count = classes_[i].fixed_count - current[i];
    if (classes_[i].fixed_count <= 0 || count <= 0) continue;
    missing[i] = count;
    total += static_cast<size_t>(count);
  }
  if (total == 0) {
    fixed_queue_.clear();
    return kNone;
  }
  if (fixed_queue_.size() != total) {
    KlSequence sequence(missing);
    fixed_queue_.clear();
    for (size_t i = 0; i < total; ++i) fixed_queue_.push_back(sequence.next());
    std::reverse(fixed_queue_.begin(), fixed_queue_.end());
  }
  const size_t index = fixed_queue_.back();
  fixed_queue_.pop_back();
  return index;
}

std::vector<int> UserSequence::users_at(int users) const {
  UserSequence fresh(classes_);
  std::vector<int> counts(classes_.size(), 0);
  for (int i = 0; i < users; ++i) {
    const size_t index = fresh.next(counts);
    if (index == kNone) break;
    ++counts[index];
  }
  return counts;
}

}  // namespace locust_like::load
